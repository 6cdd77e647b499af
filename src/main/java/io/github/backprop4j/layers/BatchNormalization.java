package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireFloating;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;
import static io.github.backprop4j.layers.Arguments.shape;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch normalization: from each channel its mean is subtracted, the rest is divided by the standard deviation, and the
 * result is scaled and shifted (Ioffe and Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing
 * Internal Covariate Shift, 2015).
 *
 * <p>In images (N, C, H, W) the statistics of a channel are taken over its N·H·W pixels. In examples (N, D) each
 * feature is a channel, and its statistics are taken over the N examples. Training uses the statistics of the batch at
 * hand, {@link #predict} those that the caller has kept.
 */
public final class BatchNormalization {

    /**
     * What {@link #backward} needs.
     *
     * @param centred x less the mean, row by row
     * @param scale of forward, not copied: leave it unchanged until backward
     */
    public record Cache(INDArray centred, INDArray variance, INDArray scale, double epsilon) {}

    /**
     * The output, of x's shape, what {@link #backward} needs, and the batch's statistics.
     *
     * @param mean of each channel, (C)
     * @param variance of each channel, (C), the biased one by which out was normalized: Σ(x - mean)² / m over m
     *     elements. For running statistics the paper takes the unbiased one, this times m / (m - 1)
     */
    public record Forward(INDArray out, Cache cache, INDArray mean, INDArray variance) {}

    /** The gradients, each in the shape of its array; those of scale and shift are summed over the examples. */
    public record Gradients(INDArray dx, INDArray dScale, INDArray dShift) {}

    private BatchNormalization() {}

    /**
     * {@code out = scale·(x - mean) / √(variance + epsilon) + shift} with the batch's own statistics (algorithm 1 of
     * the paper, where scale is γ and shift β). The variance is computed from the centred x, so that a large mean costs
     * it no digits.
     *
     * @param x images (N, C, H, W) or examples (N, D)
     * @param scale one for each channel, (C) or (D)
     * @param shift one for each channel, (C) or (D)
     * @param epsilon keeps the divisor from 0: more than 0, commonly 1e-5
     * @throws IllegalArgumentException if shapes or data types disagree or epsilon is not more than 0
     */
    public static Forward forward(INDArray x, INDArray scale, INDArray shift, double epsilon) {
        requireOperands(x, scale, shift, epsilon);
        INDArray centred = copy(x);
        Channels channels = Channels.of(centred);
        Channels ones = channels.ones();
        INDArray mean = mean(channels, ones, x.dataType());
        subtract(channels, mean, ones);
        INDArray variance = mean(channels, channels, x.dataType());

        Cache cache = new Cache(centred, variance, scale, epsilon);
        INDArray out = copy(centred);
        scaleAndShift(Channels.of(out), scale, shift, variance, epsilon, ones);
        return new Forward(out, cache, mean, variance);
    }

    /**
     * {@code out = scale·(x - mean) / √(variance + epsilon) + shift} with the statistics that the caller gives. With
     * those of the batch itself the output is forward's to the bit.
     *
     * @param x images (N, C, H, W) or examples (N, D)
     * @param scale one for each channel, (C) or (D), as are shift, mean and variance
     * @param variance each at least 0
     * @param epsilon forward's
     * @return of x's shape
     * @throws IllegalArgumentException if shapes or data types disagree or epsilon is not more than 0
     */
    public static INDArray predict(
            INDArray x, INDArray scale, INDArray shift, INDArray mean, INDArray variance, double epsilon) {
        requireOperands(x, scale, shift, epsilon);
        requireStatistics(x, mean, variance);
        INDArray out = copy(x);
        Channels channels = Channels.of(out);
        Channels ones = channels.ones();
        subtract(channels, mean, ones);
        scaleAndShift(channels, scale, shift, variance, epsilon, ones);
        return out;
    }

    /**
     * Computes the gradients. With {@code x̂ = (x - mean) / √(variance + epsilon)} and sums over the m elements of a
     * channel, {@code dShift = Σ dOut}, {@code dScale = Σ dOut·x̂},
     * {@code dx = scale / √(variance + epsilon) · (dOut - dShift / m - x̂·dScale / m)}.
     *
     * @param dOut gradient of the output, of its shape
     * @param cache from the forward of the same batch
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static Gradients backward(INDArray dOut, Cache cache) {
        requireShape("batch normalization", "dOut", dOut, cache.centred.shape());
        requireSameType("batch normalization", "dOut", dOut, cache.centred);
        INDArray dx = copy(dOut);
        Channels error = Channels.of(dx);
        Channels centred = Channels.of(cache.centred);
        Channels ones = error.ones();

        double[] dShift = error.dot(ones);
        double[] dScale = error.dot(centred);
        double[] factors = new double[dScale.length];
        double[] slopes = new double[dScale.length];
        double[] constants = new double[dScale.length];
        for (int c = 0; c < factors.length; c++) {
            double inverse = 1 / Math.sqrt(cache.variance.getDouble(c) + cache.epsilon);
            dScale[c] *= inverse;
            factors[c] = cache.scale.getDouble(c) * inverse;
            slopes[c] = -factors[c] * inverse * dScale[c] / error.elements();
            constants[c] = -factors[c] * dShift[c] / error.elements();
        }
        error.scale(factors);
        error.add(slopes, centred);
        error.add(constants, ones);
        return new Gradients(
                dx, Channels.vector(dScale, dOut.dataType()), Channels.vector(dShift, dOut.dataType()));
    }

    /** Returns {@code Σ a·b / m} of each channel, which has m elements. */
    private static INDArray mean(Channels a, Channels b, DataType type) {
        double[] means = a.dot(b);
        for (int c = 0; c < means.length; c++) {
            means[c] /= a.elements();
        }
        return Channels.vector(means, type);
    }

    private static void subtract(Channels channels, INDArray mean, Channels ones) {
        double[] negative = new double[channels.channels()];
        for (int c = 0; c < negative.length; c++) {
            negative[c] = -mean.getDouble(c);
        }
        channels.add(negative, ones);
    }

    private static void scaleAndShift(
            Channels channels, INDArray scale, INDArray shift, INDArray variance, double epsilon, Channels ones) {
        double[] factors = new double[channels.channels()];
        double[] shifts = new double[channels.channels()];
        for (int c = 0; c < factors.length; c++) {
            factors[c] = scale.getDouble(c) / Math.sqrt(variance.getDouble(c) + epsilon);
            shifts[c] = shift.getDouble(c);
        }
        channels.scale(factors);
        channels.add(shifts, ones);
    }

    /** Returns a copy to be worked on in place, whose elements lie row by row without gaps. */
    private static INDArray copy(INDArray array) {
        return Nd4j.createUninitialized(array.dataType(), array.shape(), 'c').assign(array);
    }

    /**
     * Checks the arguments of a forward.
     *
     * @throws IllegalArgumentException if shapes or data types disagree or epsilon is not more than 0
     */
    public static void requireOperands(INDArray x, INDArray scale, INDArray shift, double epsilon) {
        if (x.rank() != 2 && x.rank() != 4) {
            throw error("batch normalization", "x has shape %s, expected 4 dimensions (N, C, H, W) or 2 (N, D)",
                    shape(x));
        }
        requireFloating("batch normalization", "x", x);
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw error("batch normalization", "epsilon %s, expected a finite number more than 0", epsilon);
        }
        requireVector("scale", scale, x);
        requireVector("shift", shift, x);
    }

    /**
     * Checks the statistics for a prediction.
     *
     * @throws IllegalArgumentException if their shapes or data types are not those of x's channels
     */
    public static void requireStatistics(INDArray x, INDArray mean, INDArray variance) {
        requireVector("mean", mean, x);
        requireVector("variance", variance, x);
    }

    private static void requireVector(String name, INDArray vector, INDArray x) {
        requireShape("batch normalization", name, vector, x.size(1));
        requireSameType("batch normalization", name, vector, x);
    }
}
