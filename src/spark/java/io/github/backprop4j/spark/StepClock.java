package io.github.backprop4j.spark;

/** How the time of a training's steps was spent: with the slices of a mini-batch, or otherwise. */
public final class StepClock {

    private long steps;
    private long first;
    private double passing;
    private double waiting;
    private long sent;
    private long received;
    private long begun;

    void begin() {
        begun = System.nanoTime();
        if (steps == 0) {
            first = begun;
        }
    }

    /**
     * @param seconds that the slowest task of the step took
     * @param toEach bytes of numbers that went to each executor
     * @param back bytes of numbers that came back to the driver
     */
    void end(double seconds, long toEach, long back) {
        sent += toEach;
        received += back;
        passing += seconds;
        waiting += (System.nanoTime() - begun) * 1e-9;
        steps++;
    }

    /** Returns the steps so far. */
    public long steps() {
        return steps;
    }

    /** Returns the mean time that a step's slowest task takes to pass its slices forward and backward, in seconds. */
    public double passingSeconds() {
        return passing / steps;
    }

    /** Returns the mean time of a step that is spent on Spark: on sending, waiting and receiving; in seconds. */
    public double sparkSeconds() {
        return (waiting - passing) / steps;
    }

    /** Returns the mean number of bytes that a step sends to each executor. */
    public double bytesToEach() {
        return (double) sent / steps;
    }

    /** Returns the mean number of bytes that come back to the driver from a step. */
    public double bytesBack() {
        return (double) received / steps;
    }

    /** Returns the mean time of a step so far, with what the driver does between two of them, in seconds. */
    public double stepSeconds() {
        return (System.nanoTime() - first) * 1e-9 / steps;
    }
}
