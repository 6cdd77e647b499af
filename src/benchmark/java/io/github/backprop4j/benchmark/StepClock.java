package io.github.backprop4j.benchmark;

import java.util.function.LongSupplier;

/**
 * Times the steps of a training: those that end in the warm-up do not count, and then at least one does.
 *
 * <p>May be asked from another thread than the one that trains.
 */
public final class StepClock {

    private static final double SECOND = 1e9;

    private final LongSupplier nanoTime;
    private final double window;
    private final long warm;

    private boolean measuring;
    private long begin;
    private long end;
    private long steps;

    /**
     * Starts the warm-up.
     *
     * @param warmUp in seconds
     * @param window how long to measure, in seconds; the last step may end later
     */
    public StepClock(double warmUp, double window) {
        this(warmUp, window, System::nanoTime);
    }

    StepClock(double warmUp, double window, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.window = window * SECOND;
        warm = nanoTime.getAsLong() + (long) (warmUp * SECOND);
    }

    /** Whether another step is wanted. */
    public synchronized boolean isRunning() {
        return steps == 0 || nanoTime.getAsLong() - begin < window;
    }

    /** To be told after each step, as soon as its results are there. */
    public synchronized void stepDone() {
        long now = nanoTime.getAsLong();
        if (measuring) {
            steps++;
            end = now;
        } else if (now >= warm) {
            measuring = true;
            begin = now;
        }
    }

    /**
     * The mean over the steps that count.
     *
     * @throws IllegalStateException if none has
     */
    public synchronized double secondsPerStep() {
        if (steps == 0) {
            throw new IllegalStateException("step clock: no step since the warm-up; go on while isRunning()");
        }
        return (end - begin) / SECOND / steps;
    }
}
