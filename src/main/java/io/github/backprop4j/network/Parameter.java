package io.github.backprop4j.network;

import java.util.Arrays;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One array of a layer: what it is for, its shape and how it begins.
 *
 * @param name within its layer, like {@code weights}
 * @param kind what its numbers are, which decides whether it is trained
 * @param start what its numbers are before the first step
 * @param fanIn how many inputs each output of weights adds up, which decides their start; 0 for other kinds
 * @param shape its sizes
 */
public record Parameter(String name, Kind kind, Start start, long fanIn, long... shape) {

    /** What the numbers of a parameter are. */
    public enum Kind {
        /** Trained, and the only kind with an L2 penalty. */
        WEIGHTS,
        /** Trained: the bias of a layer with weights. */
        OFFSET,
        /** Trained: what normalization adds. */
        SHIFT,
        /** Trained: what normalization multiplies by. */
        SCALE,
        /** Followed while training, not trained. */
        RUNNING_MEAN,
        /** Followed while training, not trained. */
        RUNNING_VARIANCE,
        /** Neither trained nor followed: set once, when the network begins ({@link Layer#initialize}). */
        FIXED;

        boolean isTrained() {
            return this == WEIGHTS || this == OFFSET || this == SHIFT || this == SCALE;
        }

        boolean isFollowed() {
            return this == RUNNING_MEAN || this == RUNNING_VARIANCE;
        }
    }

    /** What the numbers of a parameter are before the first step. */
    public enum Start {
        /** All 0. */
        ZERO {
            @Override
            void fill(INDArray array, Parameter parameter, Random random) {
                array.assign(0.0);
            }
        },

        /** All 1. */
        ONE {
            @Override
            void fill(INDArray array, Parameter parameter, Random random) {
                array.assign(1.0);
            }
        },

        /**
         * Normal numbers with mean 0 and variance {@code 2 / fan-in} (He et al., Delving Deep into Rectifiers, ICCV 2015).
         */
        HE {
            @Override
            void fill(INDArray array, Parameter parameter, Random random) {
                assign(array, normal(2.0 / parameter.fanIn, parameter, random));
            }
        },

        /**
         * Of filters (F, C, K, K), the first min(F, C) begin as the identity, 1 at the centre of the kernel of their own
         * channel and 0 elsewhere (Zagoruyko and Komodakis, DiracNets, 2017), so that they pass their channels on. The
         * others are normal numbers with mean 0 and variance {@code 1 / (3 · fan-in)}, PyTorch's.
         */
        DIRAC {
            @Override
            void fill(INDArray array, Parameter parameter, Random random) {
                long channels = parameter.shape[1];
                long kernelSize = parameter.shape[2];
                double[] numbers = normal(1.0 / (3 * parameter.fanIn), parameter, random);
                int filter = Math.toIntExact(channels * kernelSize * kernelSize);
                int plane = Math.toIntExact(kernelSize * kernelSize);
                for (int f = 0; f < Math.min(parameter.shape[0], channels); f++) {
                    Arrays.fill(numbers, f * filter, (f + 1) * filter, 0);
                    numbers[f * filter + f * plane + plane / 2] = 1;
                }
                assign(array, numbers);
            }
        };

        /** Overwrites an array of the parameter's shape with its start. */
        abstract void fill(INDArray array, Parameter parameter, Random random);

        private static double[] normal(double variance, Parameter parameter, Random random) {
            double deviation = Math.sqrt(variance);
            return random.doubles(parameter.length()).map(ignored -> deviation * random.nextGaussian()).toArray();
        }

        private static void assign(INDArray array, double[] numbers) {
            array.assign(Nd4j.create(numbers, array.shape(), 'c'));
        }
    }

    /**
     * Weights, which begin as {@link Start#HE} has it.
     *
     * @param fanIn how many inputs each output adds up, at least 1
     */
    public static Parameter weights(String name, long fanIn, long... shape) {
        return new Parameter(name, Kind.WEIGHTS, Start.HE, fanIn, shape);
    }

    /**
     * Filters (F, C, K, K) that begin as {@link Start#DIRAC} has it.
     *
     * @param fanIn how many inputs each output adds up, at least 1
     */
    public static Parameter diracFilters(String name, long fanIn, long... shape) {
        return new Parameter(name, Kind.WEIGHTS, Start.DIRAC, fanIn, shape);
    }

    /** Numbers that a layer with weights adds, a bias; they begin at 0. */
    public static Parameter offset(String name, long... shape) {
        return new Parameter(name, Kind.OFFSET, Start.ZERO, 0, shape);
    }

    /** Numbers that normalization adds; they begin at 0. */
    public static Parameter shift(String name, long... shape) {
        return new Parameter(name, Kind.SHIFT, Start.ZERO, 0, shape);
    }

    /** Numbers that multiply; they begin at 1. */
    public static Parameter scale(String name, long... shape) {
        return new Parameter(name, Kind.SCALE, Start.ONE, 0, shape);
    }

    /** Running means, which begin at 0. */
    public static Parameter runningMean(String name, long... shape) {
        return new Parameter(name, Kind.RUNNING_MEAN, Start.ZERO, 0, shape);
    }

    /** Running variances, which begin at 1. */
    public static Parameter runningVariance(String name, long... shape) {
        return new Parameter(name, Kind.RUNNING_VARIANCE, Start.ONE, 0, shape);
    }

    /** Numbers that training leaves as they are; 0 until {@link Layer#initialize} sets them. */
    public static Parameter fixed(String name, long... shape) {
        return new Parameter(name, Kind.FIXED, Start.ZERO, 0, shape);
    }

    /** @throws IllegalArgumentException if they are more than a long counts */
    long length() {
        return Shapes.length(shape);
    }

    /** Returns the same under the name that it has where its layer is one of several. */
    Parameter in(String layer) {
        return new Parameter(layer + "." + name, kind, start, fanIn, shape);
    }
}
