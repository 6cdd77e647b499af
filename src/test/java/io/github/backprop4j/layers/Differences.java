package io.github.backprop4j.layers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.network.GradientCheck;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Holds the gradients of pure functions against differences, as {@link GradientCheck} does. */
final class Differences {

    private Differences() {}

    /**
     * Asserts that {@code gradient} is that of {@code Σ dOut·forward(x)} with respect to x.
     *
     * @param forward of the array under test, all else held
     */
    static void assertMatches(
            String what, UnaryOperator<INDArray> forward, INDArray x, INDArray dOut, INDArray gradient) {
        INDArray moved = x.dup('c');
        GradientCheck.Difference worst =
                GradientCheck.compare(what, moved, gradient, () -> dot(forward.apply(moved), dOut));
        assertTrue(worst.error() <= 1e-8, worst::toString);
    }

    static double dot(INDArray a, INDArray b) {
        return a.mul(b).sumNumber().doubleValue();
    }
}
