package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireFloating;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Leaky rectified linear unit: {@code out = x} where x is positive, else {@code slope·x}, element by element (Maas,
 * Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013).
 *
 * <p>NaN stays NaN. With slope 0 it is {@link Relu}.
 */
public final class LeakyRelu {

    /** What {@link #backward} needs: 1 where x is positive, else the slope. */
    public record Cache(INDArray derivative) {}

    /** The output, of x's shape, and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private LeakyRelu() {}

    /**
     * {@code out = x · (x > 0 ? 1 : slope)}.
     *
     * @param x of any shape, float32 or float64
     * @param slope at least 0 and less than 1, commonly 0.01
     * @throws IllegalArgumentException if slope is outside [0, 1) or x is neither float32 nor float64
     */
    public static Forward forward(INDArray x, double slope) {
        requireFloating("leaky ReLU", "x", x);
        requireSlope(slope);
        INDArray positive = Relu.derivative(x);
        // in place: 1 and 0 become 1 and the slope, and nobody else has seen them
        INDArray derivative = Nd4j.getExecutioner().exec(new ScalarMax(positive, null, positive, slope));
        return new Forward(x.mul(derivative), new Cache(derivative));
    }

    /** @throws IllegalArgumentException if slope is outside [0, 1) */
    public static void requireSlope(double slope) {
        if (!(slope >= 0 && slope < 1)) {
            throw error("leaky ReLU", "slope %s, expected at least 0 and less than 1", slope);
        }
    }

    /**
     * {@code dx = dOut · (x > 0 ? 1 : slope)}.
     *
     * @param dOut gradient of the output, of its shape
     * @param cache from the forward of the same array
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        requireShape("leaky ReLU", "dOut", dOut, cache.derivative.shape());
        requireSameType("leaky ReLU", "dOut", dOut, cache.derivative);
        return dOut.mul(cache.derivative);
    }
}
