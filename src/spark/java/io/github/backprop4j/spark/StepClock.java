package io.github.backprop4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** How the time of a training's steps was spent, and how much they sent; of several, medians tell, as the first take long. */
public final class StepClock {

    /**
     * A step.
     *
     * @param seconds from its beginning to that of the next, so with what the driver does between the two
     * @param passing seconds that its slowest task took to pass its slices forward and backward
     * @param inSpark the other seconds until the driver had the result: sending, waiting and receiving
     * @param bytesToEach of numbers that went to each executor
     * @param bytesBack of numbers that came back to the driver
     */
    public record Step(double seconds, double passing, double inSpark, double bytesToEach, double bytesBack) {}

    private final List<Step> steps = new ArrayList<>();
    private Optional<Step> last = Optional.empty();
    private long begun;

    void begin() {
        long now = System.nanoTime();
        double seconds = (now - begun) * 1e-9;
        last.ifPresent(step -> steps.add(
                new Step(seconds, step.passing, step.inSpark, step.bytesToEach, step.bytesBack)));
        last = Optional.empty();
        begun = now;
    }

    /**
     * @param passing seconds that the slowest task of the step took
     * @param bytesToEach of numbers that went to each executor
     * @param bytesBack of numbers that came back
     */
    void end(double passing, long bytesToEach, long bytesBack) {
        double seconds = (System.nanoTime() - begun) * 1e-9;
        last = Optional.of(new Step(seconds, passing, seconds - passing, bytesToEach, bytesBack));
    }

    /** Returns the median of each of a step's numbers, over all steps but the last; empty if there was no other. */
    public Optional<Step> median() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(new Step(median(Step::seconds), median(Step::passing),
                median(Step::inSpark), median(Step::bytesToEach), median(Step::bytesBack)));
    }

    private double median(ToDoubleFunction<Step> number) {
        return steps.stream().mapToDouble(number).sorted().skip((steps.size() - 1) / 2).findFirst().orElseThrow();
    }
}
