package io.github.backprop4j.network;

/**
 * One array of a layer: what it is for, its shape and how it begins.
 *
 * @param name within its layer, like {@code weights}
 * @param kind decides how it begins and whether it is trained
 * @param fanIn how many inputs each output of weights adds up, which decides their start; 0 for other kinds
 * @param shape its sizes
 */
public record Parameter(String name, Kind kind, long fanIn, long... shape) {

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

        /** Returns the number that all elements begin with, but for weights. */
        double start() {
            return this == SCALE || this == RUNNING_VARIANCE ? 1 : 0;
        }
    }

    /**
     * Weights, which begin as normal numbers with mean 0 and variance {@code 2 / fanIn} (He et al., Delving Deep into
     * Rectifiers, ICCV 2015).
     *
     * @param fanIn how many inputs each output adds up, at least 1
     */
    public static Parameter weights(String name, long fanIn, long... shape) {
        return new Parameter(name, Kind.WEIGHTS, fanIn, shape);
    }

    /** Numbers that are added, like a bias; they begin at 0. */
    public static Parameter offset(String name, long... shape) {
        return new Parameter(name, Kind.OFFSET, 0, shape);
    }

    /** Numbers that multiply; they begin at 1. */
    public static Parameter scale(String name, long... shape) {
        return new Parameter(name, Kind.SCALE, 0, shape);
    }

    /** Running means, which begin at 0. */
    public static Parameter runningMean(String name, long... shape) {
        return new Parameter(name, Kind.RUNNING_MEAN, 0, shape);
    }

    /** Running variances, which begin at 1. */
    public static Parameter runningVariance(String name, long... shape) {
        return new Parameter(name, Kind.RUNNING_VARIANCE, 0, shape);
    }

    /** @throws IllegalArgumentException if they are more than a long counts */
    long length() {
        return Shapes.length(shape);
    }

    /** Returns the same under the name that it has where its layer is one of several. */
    Parameter in(String layer) {
        return new Parameter(layer + "." + name, kind, fanIn, shape);
    }
}
