package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a report was measured on.
 *
 * @param cpu the processor's name
 * @param cores processors that Java sees
 * @param memoryBytes of the machine
 * @param os operating system and architecture
 * @param java version and maker of the runtime
 * @param blasKernels what OpenBLAS calls the processor it computes for, or null if it has no choice of kernels
 * @param sgemmPeakGflops the highest speed of a large float32 matrix product, in GFLOP/s, or null if unmeasured
 */
public record Machine(
        String cpu, int cores, long memoryBytes, String os, String java, String blasKernels, Double sgemmPeakGflops) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final int LOAD_MILLISECONDS = 300;

    /** @throws IllegalArgumentException if a component is missing that may not be null */
    public Machine {
        if (cpu == null || os == null || java == null) {
            throw new IllegalArgumentException(
                    "machine: cpu " + cpu + ", os " + os + ", java " + java + ", expected all of them");
        }
    }

    /** This one. */
    public static Machine here(String blasKernels, Double sgemmPeakGflops) {
        Runtime runtime = Runtime.getRuntime();
        long memory = ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system ? system.getTotalMemorySize() : 0;
        return new Machine(cpuName(), runtime.availableProcessors(), memory,
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.version") + " " + System.getProperty("java.vendor"),
                blasKernels, sgemmPeakGflops);
    }

    /** In a sentence. */
    String text() {
        String kernels = blasKernels == null ? "" : "; OpenBLAS with its " + blasKernels + " kernels";
        return "Measured on " + cpu + ", " + cores + " cores, " + os + ", Java " + java + kernels + ".";
    }

    /**
     * How busy the processors are now, measured for a moment in which this thread sleeps.
     *
     * @return from 0 to 1, which is all of them; negative if the system does not tell
     */
    static double load() throws InterruptedException {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system) {
            // each call tells of the time since the one before
            system.getCpuLoad();
            Thread.sleep(LOAD_MILLISECONDS);
            return system.getCpuLoad();
        }
        return -1;
    }

    private static String cpuName() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown");
        } catch (IOException e) {
            // other systems have no such file, and Java does not tell more
            return System.getProperty("os.arch");
        }
    }
}
