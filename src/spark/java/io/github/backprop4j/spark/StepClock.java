package io.github.backprop4j.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** How the time of a training's steps was spent, and how much they sent: medians, as the first steps take long. */
public final class StepClock {

    private static final int KEPT = 1000;

    /**
     * Bytes of numbers that a step sends.
     *
     * @param toEach to each executor
     * @param toDriver back to the driver, from all of them
     * @param between from executors to others
     */
    public record Bytes(double toEach, double toDriver, double between) {}

    /**
     * A step.
     *
     * @param seconds from its beginning to that of the next, so with what the driver does between the two
     * @param passing seconds that its slowest task took to pass its slices forward and backward
     * @param inSpark the other seconds until the driver had the result: for sending, waiting, receiving and adding
     */
    public record Step(double seconds, double passing, double inSpark, Bytes bytes) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private Optional<Step> last = Optional.empty();
    private long begun;

    void begin() {
        long now = System.nanoTime();
        double seconds = (now - begun) * 1e-9;
        last.ifPresent(step -> steps.add(new Step(seconds, step.passing, step.inSpark, step.bytes)));
        if (steps.size() > KEPT) {
            steps.remove();
        }
        last = Optional.empty();
        begun = now;
    }

    /** @param passing seconds that the slowest task of the step took */
    void end(double passing, Bytes bytes) {
        last = Optional.of(new Step(0, passing, (System.nanoTime() - begun) * 1e-9 - passing, bytes));
    }

    /** Returns the median of each number of a step; empty if there were not two. */
    public Optional<Step> median() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(new Step(median(Step::seconds), median(Step::passing),
                median(Step::inSpark), new Bytes(median(step -> step.bytes.toEach), median(step -> step.bytes.toDriver),
                        median(step -> step.bytes.between))));
    }

    private double median(ToDoubleFunction<Step> number) {
        return steps.stream().mapToDouble(number).sorted().skip((steps.size() - 1) / 2).findFirst().orElseThrow();
    }
}
