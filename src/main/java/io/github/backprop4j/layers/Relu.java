package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rectified linear unit: {@code out = x · (x > 0)}, element by element.
 *
 * <p>The product is meant: as in NumPy, NaN stays NaN and -∞ becomes NaN, so that a diverged network shows it.
 */
public final class Relu {

    /** What {@link #backward} needs: 1 where x is positive, else 0. */
    public record Cache(INDArray derivative) {}

    /** The output, of x's shape, and what the backward needs. */
    public record Forward(INDArray out, Cache cache) {}

    private Relu() {}

    /** @param x of any shape, float32 or float64 */
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

    /** {@code x > 0} as 1 or 0, in x's shape and data type; 0 at 0 and at NaN. The same for ReLU's output as for its input. */
    public static INDArray derivative(INDArray x) {
        INDArray derivative = Nd4j.createUninitialized(x.dataType(), x.shape(), x.ordering());
        return Nd4j.getExecutioner().exec(new Step(x, derivative, 0.0));
    }
}
