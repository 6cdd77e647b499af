package io.github.backprop4j.training;

import io.github.backprop4j.files.Ranges;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * {@code rate · (1 + cos(π·step/steps)) / 2}: from a rate down to 0 along half a cosine (Loshchilov and Hutter, SGDR:
 * Stochastic Gradient Descent with Warm Restarts, 2017, without restarts). ND4J has none.
 *
 * @param rate at step 0, finite and at least 0
 * @param steps after which it is 0, at least 1
 */
public record CosineSchedule(double rate, int steps) implements ISchedule {

    /** @throws io.github.backprop4j.files.InvalidInputException if one is out of range */
    public CosineSchedule {
        Ranges.requireNotNegative("learning rate", rate);
        Ranges.requireAtLeast(1, "steps", steps);
    }

    @Override
    public double valueAt(int step, int epoch) {
        return rate * (1 + Math.cos(Math.PI * Math.min(step, steps) / steps)) / 2;
    }

    @Override
    public ISchedule clone() {
        return new CosineSchedule(rate, steps);
    }
}
