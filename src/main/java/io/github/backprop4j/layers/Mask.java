package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A random mask that keeps an element with probability p and then divides it by p, so that its expected value stays the
 * same.
 *
 * <p>On weights it is DropConnect (Wan et al., Regularization of Neural Networks using DropConnect, 2013), on
 * activations dropout (Srivastava et al., Dropout, 2014). The random numbers are the caller's.
 */
public final class Mask {

    private Mask() {}

    /**
     * {@code (uniform < p) / p}: 1/p or 0.
     *
     * @param uniform random numbers from [0, 1), of the shape that the mask is for
     * @param keepProbability p, in (0, 1]
     * @throws IllegalArgumentException if p is outside (0, 1]
     */
    public static INDArray of(INDArray uniform, double keepProbability) {
        if (!(keepProbability > 0 && keepProbability <= 1)) {
            throw error("mask", "keep probability %s, expected more than 0 and at most 1", keepProbability);
        }
        return uniform.lt(keepProbability).castTo(uniform.dataType()).divi(keepProbability);
    }

    /** {@code out = x · mask}, element by element. */
    public static INDArray forward(INDArray x, INDArray mask) {
        return product("x", x, mask);
    }

    /** {@code dx = dOut · mask}. */
    public static INDArray backward(INDArray dOut, INDArray mask) {
        return product("dOut", dOut, mask);
    }

    private static INDArray product(String name, INDArray array, INDArray mask) {
        requireShape("mask", name, array, mask.shape());
        requireSameType("mask", name, array, mask);
        return array.mul(mask);
    }
}
