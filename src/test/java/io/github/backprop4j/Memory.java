package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The memory of a process.
 *
 * @param heap bytes of the Java objects in use
 * @param resident bytes of the process in memory, native ones included
 */
record Memory(long heap, long resident) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Bytes that may be freed between two looks while the heap still counts as settled. */
    private static final long SETTLED = 1 << 15;

    /** Whether the system tells of this process's memory. */
    static boolean isTold() {
        return Files.isReadable(STATUS);
    }

    /** Returns this process's memory once garbage is collected and ND4J's threads have freed the native memory behind it. */
    static Memory now() {
        try {
            long heap = Long.MAX_VALUE;
            for (int steady = 0, looks = 0; steady < 2 && looks < 50; looks++) {
                System.gc();
                Thread.sleep(20);
                long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
                steady = used > heap - SETTLED ? steady + 1 : 0;
                heap = Math.min(heap, used);
            }
            return new Memory(heap, residentNow());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns how many bytes of this process are in memory now. */
    static long residentNow() throws IOException {
        return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElseThrow();
    }

    /** Reads the line that a child process printed. */
    static Memory parse(String line) {
        String[] numbers = line.split(" ");
        return new Memory(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    @Override
    public String toString() {
        return heap + " " + resident;
    }

    /**
     * Asserts that the memory does not grow from look to look. The median of the increments counts: what is made once,
     * at whatever moment, is in one of them, and a leak is in each.
     *
     * @param history after the warm-up, in equal distances
     * @param heapLimit bytes that the heap may grow by from one look to the next
     * @param residentLimit bytes that the process may grow by from one look to the next
     */
    static void assertSteady(List<Memory> history, long heapLimit, long residentLimit) {
        assertTrue(history.size() >= 7, () -> "too few looks: " + history);
        assertTrue(medianIncrement(history, Memory::heap) < heapLimit, () -> "the heap grows: " + history);
        assertTrue(medianIncrement(history, Memory::resident) < residentLimit, () -> "the process grows: " + history);
    }

    private static long medianIncrement(List<Memory> history, ToLongFunction<Memory> bytes) {
        long[] increments = IntStream.range(0, history.size() - 1)
                .mapToLong(i -> bytes.applyAsLong(history.get(i + 1)) - bytes.applyAsLong(history.get(i))).sorted()
                .toArray();
        return increments[(increments.length - 1) / 2];
    }
}
