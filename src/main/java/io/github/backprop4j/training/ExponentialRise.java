package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * {@code lowest · (highest/lowest)^(step/(steps - 1))}: a learning rate that grows by the same factor from step to step, as
 * {@link LearningRateFinder} tries them.
 *
 * @param lowest rate, at step 0; above 0
 * @param highest rate, at the last step and after it; above the lowest and finite
 * @param steps at least 10, so that there is a curve
 */
public record ExponentialRise(double lowest, double highest, int steps) implements ISchedule {

    static final int LEAST_STEPS = 10;

    private static final int STEPS = 100;
    private static final double SPAN = 1000;

    /** @throws InvalidInputException if one is out of range */
    public ExponentialRise {
        if (!(lowest > 0 && lowest < highest)) {
            throw new InvalidInputException("lowest: " + lowest + ", expected above 0 and below the highest rate, "
                    + highest);
        }
        if (!Double.isFinite(highest / lowest)) {
            throw new InvalidInputException("highest: " + highest + ", expected a finite multiple of the lowest rate, "
                    + lowest);
        }
        Ranges.requireAtLeast(LEAST_STEPS, "steps", steps);
    }

    /**
     * Returns rates from clearly too low to clearly too high, in 100 steps: from a thousandth of the rate that an optimizer
     * usually has to a thousand times that.
     */
    public static ExponentialRise around(Optimizer optimizer) {
        return new ExponentialRise(optimizer.learningRate() / SPAN, optimizer.learningRate() * SPAN, STEPS);
    }

    @Override
    public double valueAt(int step, int epoch) {
        return lowest * Math.pow(highest / lowest, Math.min(1, step / (steps - 1.0)));
    }

    @Override
    public ISchedule clone() {
        return new ExponentialRise(lowest, highest, steps);
    }
}
