package io.github.backprop4j.fuzzing;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The most memory that the process had at once, since a start, more than at that start: Linux remembers the peak, and
 * forgets it if told. It can be told apart from the heap only where the whole heap is in memory from the beginning,
 * by {@code -Xms} as large as {@code -Xmx} and {@code -XX:+AlwaysPreTouch}; elsewhere it counts as 0.
 */
final class NativeMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FORGET = Path.of("/proc/self/clear_refs");
    private static final byte[] PEAK = "5".getBytes(StandardCharsets.US_ASCII);

    private final boolean known;
    private long before;

    NativeMemory() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        boolean touched = Boolean.parseBoolean(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("AlwaysPreTouch").getValue());
        known = touched && heap.getCommitted() == heap.getMax() && Files.isWritable(FORGET) && Files.isReadable(STATUS);
    }

    void start() {
        if (known) {
            try {
                Files.write(FORGET, PEAK);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            before = bytes("VmRSS:");
        }
    }

    long growth() {
        return known ? Math.max(0, bytes("VmHWM:") - before) : 0;
    }

    private static long bytes(String name) {
        try {
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith(name))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
