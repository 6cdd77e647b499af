package io.github.backprop4j.network;

import java.util.Arrays;

/**
 * One array of a layer: what it is for and its shape.
 *
 * @param name within its layer, like {@code weights}
 * @param kind decides how it begins and whether it is trained
 * @param shape its sizes
 */
public record Parameter(String name, Kind kind, long... shape) {

    /** What the numbers of a parameter are. */
    public enum Kind {
        /** Trained, and the only kind with an L2 penalty. Begins as He et al. propose. */
        WEIGHTS,
        /** Trained; begins at 0. */
        OFFSET,
        /** Trained; begins at 1. */
        SCALE,
        /** Followed while training, not trained; begins at 0. */
        RUNNING_MEAN,
        /** Followed while training, not trained; begins at 1. */
        RUNNING_VARIANCE;

        boolean isTrained() {
            return this == WEIGHTS || this == OFFSET || this == SCALE;
        }

        /** The number that all elements begin with, but for weights. */
        double start() {
            return this == SCALE || this == RUNNING_VARIANCE ? 1 : 0;
        }
    }

    /** @throws ArithmeticException if they are more than a long counts */
    long length() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** How many inputs each output of these weights adds up: of (F, C, KH, KW) or (D, M). */
    long fanIn() {
        return shape.length == 4 ? shape[1] * shape[2] * shape[3] : shape[0];
    }

    Parameter named(String fullName) {
        return new Parameter(fullName, kind, shape);
    }
}
