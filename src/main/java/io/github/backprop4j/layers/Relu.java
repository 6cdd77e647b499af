package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rectified linear unit: {@code out = x · (x > 0)}, element by element.
 *
 * <p>It is computed as this product, as in the notebook: NaN stays NaN and -∞ becomes NaN, so that a diverged network
 * shows it.
 */
public final class Relu {

    /** What {@link #backward} needs: 1 where x is positive, else 0. */
    public record Cache(INDArray derivative) {}

    /** The output, of x's shape, and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private Relu() {}

    /**
     * {@code out = x · (x > 0)}.
     *
     * @param x of any shape, float32 or float64
     */
    public static Forward forward(INDArray x) {
        INDArray derivative = derivative(x);
        return new Forward(x.mul(derivative), new Cache(derivative));
    }

    /**
     * {@code dx = dOut · (x > 0)}.
     *
     * @param dOut gradient of the output, of its shape
     * @param cache from the forward of the same array
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        requireShape("ReLU", "dOut", dOut, cache.derivative.shape());
        requireSameType("ReLU", "dOut", dOut, cache.derivative);
        return dOut.mul(cache.derivative);
    }

    /**
     * Returns 1 where x is positive and 0 elsewhere, also at NaN, in x's shape and data type.
     *
     * @param x the input of ReLU, or its output, which gives the same
     */
    public static INDArray derivative(INDArray x) {
        INDArray derivative = Nd4j.createUninitialized(x.dataType(), x.shape(), x.ordering());
        return Nd4j.getExecutioner().exec(new Step(x, derivative, 0.0));
    }
}
