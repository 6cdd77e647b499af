package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Times an operation by the processor's time that this process's Java threads take: what another process does on the same
 * processor then lengthens it only by what it does to caches. Not in it are what the operation waits for, the garbage
 * collector's thread, and threads that have ended.
 */
final class OperationClock {

    private static final double SECOND = 1e9;
    /** Operations are timed together until they take so long: reading the clock takes some ten microseconds. */
    private static final double LEAST_SAMPLE = 0.003;
    /** Of a window, however long the operation is. */
    private static final int LEAST_SAMPLES = 7;
    private static final int MAX_SAMPLES = 10_000;
    /** Several times as many as Java compiles after, with the options of {@code scripts/benchmark worker}. */
    private static final int WARM_RUNS = 100;
    /** In seconds, for an operation so long that its time is not Java's. */
    private static final double MAX_WARM_UP = 0.25;
    private static final int MAX_OPERATIONS = 100_000;

    private final DuetBenchmark.Operation operation;
    private final LongSupplier processorNanos;
    private final LongSupplier threadNanos;
    private final int operations;

    /**
     * Repeats the operation until it is warm, and finds how many make a sample.
     *
     * @param warmUp in seconds of the processor's time
     */
    OperationClock(DuetBenchmark.Operation operation, double warmUp) throws IOException {
        this(operation, warmUp, OperationClock::ofJavaThreads,
                ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
    }

    OperationClock(DuetBenchmark.Operation operation, double warmUp, LongSupplier processorNanos, LongSupplier threadNanos)
            throws IOException {
        this.operation = operation;
        this.processorNanos = processorNanos;
        this.threadNanos = threadNanos;
        long least = Long.MAX_VALUE;
        long begin = processorNanos.getAsLong();
        long last = begin;
        for (int runs = 0; last - begin < warmUp * SECOND
                || runs < WARM_RUNS && last - begin < MAX_WARM_UP * SECOND; runs++) {
            operation.run();
            long now = processorNanos.getAsLong();
            least = Math.max(1, Math.min(least, now - last));
            last = now;
        }
        operations = (int) Math.ceil(Math.max(1, Math.min(MAX_OPERATIONS, LEAST_SAMPLE * SECOND / least)));
    }

    /**
     * Repeats it for some time.
     *
     * @param window in seconds of the processor's time; the last sample may end later
     * @param slowdown busy work that follows each sample, as a share of its time: what a version would look like that is
     *     slower by it
     * @return seconds of an operation with that work: the median of the samples
     */
    double measure(double window, double slowdown) throws IOException {
        double[] samples = new double[MAX_SAMPLES];
        int count = 0;
        long begin = processorNanos.getAsLong();
        long last = begin;
        // busy work that is still to be done; reading the clock makes it a little more, and then the next a little less
        double owed = 0;
        while (count < LEAST_SAMPLES || last - begin < window * SECOND && count < MAX_SAMPLES) {
            for (int i = 0; i < operations; i++) {
                operation.run();
            }
            long end = processorNanos.getAsLong();
            if (slowdown > 0) {
                owed += (end - last) * slowdown;
                owed -= spin(owed);
                end = processorNanos.getAsLong();
            }
            samples[count] = (end - last) / SECOND / operations;
            count++;
            last = end;
        }
        return new Median().evaluate(Arrays.copyOf(samples, count));
    }

    /** Is busy for some nanoseconds, without garbage that would slow down what follows; returns how many it were. */
    private long spin(double nanoseconds) {
        long begin = threadNanos.getAsLong();
        long now = begin;
        while (now - begin < nanoseconds) {
            now = threadNanos.getAsLong();
        }
        return now - begin;
    }

    private static long ofJavaThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            // negative of one that has ended meanwhile
            sum += Math.max(0, threads.getThreadCpuTime(id));
        }
        return sum;
    }
}
