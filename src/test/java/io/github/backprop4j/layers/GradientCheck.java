package io.github.backprop4j.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Holds gradients against central differences, in float64. */
final class GradientCheck {

    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    private GradientCheck() {}

    /**
     * Asserts that {@code gradient} is that of {@code Σ dOut·forward(x)} with respect to x.
     *
     * @param forward of the array under test, all else held; not near a kink at x
     */
    static void assertMatches(
            String what, UnaryOperator<INDArray> forward, INDArray x, INDArray dOut, INDArray gradient) {
        assertArrayEquals(x.shape(), gradient.shape(), what + ": shape");
        INDArray moved = x.dup('c');
        INDArray flat = moved.reshape(moved.length());
        INDArray flatGradient = gradient.dup('c').reshape(gradient.length());
        for (long i = 0; i < flat.length(); i++) {
            double value = flat.getDouble(i);
            flat.putScalar(i, value + STEP);
            double above = dot(forward.apply(moved), dOut);
            flat.putScalar(i, value - STEP);
            double below = dot(forward.apply(moved), dOut);
            flat.putScalar(i, value);
            double numeric = (above - below) / (2 * STEP);
            double analytic = flatGradient.getDouble(i);
            double scale = Math.max(Math.max(Math.abs(numeric), Math.abs(analytic)), 1e-3);
            assertTrue(Math.abs(numeric - analytic) <= TOLERANCE * scale, String.format(
                    "%s: element %d has gradient %s, by differences of %s and %s it is %s", what, i, analytic, above,
                    below, numeric));
        }
    }

    static double dot(INDArray a, INDArray b) {
        return a.mul(b).sumNumber().doubleValue();
    }
}
