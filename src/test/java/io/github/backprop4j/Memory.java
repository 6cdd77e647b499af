package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The memory of a process.
 *
 * @param heap bytes of the Java objects in use
 * @param resident bytes of the process in memory, native ones included
 */
record Memory(long heap, long resident) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** Bytes; less that is freed in 20 ms is no news. */
    private static final long SETTLED = 1 << 15;

    /** Whether the system tells of this process's memory. */
    static boolean isTold() {
        return Files.isReadable(STATUS);
    }

    /** Of this process, once garbage is collected and ND4J has freed the native memory behind it, on its own threads. */
    static Memory now() {
        try {
            long heap = Long.MAX_VALUE;
            for (int steady = 0, looks = 0; steady < 3 && looks < 50; looks++) {
                System.gc();
                Thread.sleep(20);
                long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
                steady = used > heap - SETTLED ? steady + 1 : 0;
                heap = Math.min(heap, used);
            }
            long resident = Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElseThrow();
            return new Memory(heap, resident);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a child process prints it. */
    static Memory parse(String line) {
        String[] numbers = line.split(" ");
        return new Memory(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    @Override
    public String toString() {
        return heap + " " + resident;
    }

    /**
     * Asserts that the last third of a course needed no more than the second; the first is the warm-up. The least of each
     * third counts, which has the least of garbage in it.
     *
     * @param course in equal distances
     * @param heapSlack bytes that the heap may have grown by
     * @param residentSlack bytes that the process may have grown by
     */
    static void assertFlat(List<Memory> course, long heapSlack, long residentSlack) {
        List<Memory> second = course.subList(course.size() / 3, 2 * course.size() / 3);
        List<Memory> last = course.subList(2 * course.size() / 3, course.size());
        assertTrue(least(last, Memory::heap) - least(second, Memory::heap) < heapSlack,
                () -> "the heap grew: " + course);
        assertTrue(least(last, Memory::resident) - least(second, Memory::resident) < residentSlack,
                () -> "the process grew: " + course);
    }

    private static long least(List<Memory> course, ToLongFunction<Memory> bytes) {
        return course.stream().mapToLong(bytes).min().orElseThrow();
    }
}
