package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GeluTest {

    private static final double[] X = {-30, -6, -3, -1, -0.1, 0, 1e-20, 0.5, 1, 2.5, 6, 30};

    // python3: P = lambda x: math.erfc(-x / math.sqrt(2)) / 2; [x * P(x) for x in X]
    private static final double[] OUT = {-1.4720141781446293e-196, -5.919525870226207e-09, -0.004049694094890287,
        -0.15865525393145707, -0.0460172162722971, 0, 5e-21, 0.34573123063700656, 0.8413447460685429,
        2.4844758366855597, 5.999999994080474, 30};

    // python3: [P(x) + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in X]
    private static final double[] DERIVATIVE = {-4.416031690708494e-195, -3.5468709453902015e-08,
        -0.011945647204183927, -0.08331547058768629, 0.4204769079752698, 0.5, 0.5, 0.8674951246561629,
        1.0833154705876864, 1.037611085908145, 1.0000000354687093, 1};

    /** Relative to each number, so that the left tail counts too; the argument's rounding costs it a factor of x². */
    @Test
    void isPythonsInFloat64() {
        INDArray x = Nd4j.createFromArray(X);
        Gelu.Forward forward = Gelu.forward(x);
        double[] out = forward.out().toDoubleVector();
        double[] derivative = Gelu.backward(Nd4j.onesLike(x), forward.cache()).toDoubleVector();
        for (int i = 0; i < X.length; i++) {
            double tolerance = 1e-15 * Math.max(1, X[i] * X[i]);
            assertEquals(1, OUT[i] == out[i] ? 1 : out[i] / OUT[i], tolerance, "out of " + X[i]);
            assertEquals(1, derivative[i] / DERIVATIVE[i], tolerance, "derivative at " + X[i]);
        }
    }

    /** In float32 nothing is left of 1e-196. */
    @Test
    void isPythonsInFloat32() {
        INDArray x = Samples.floats(Nd4j.createFromArray(X));
        Gelu.Forward forward = Gelu.forward(x);
        INDArray dx = Gelu.backward(Nd4j.onesLike(x), forward.cache());
        assertEquals(DataType.FLOAT, forward.out().dataType());
        assertEquals(DataType.FLOAT, dx.dataType());
        double[] out = forward.out().toDoubleVector();
        double[] derivative = dx.toDoubleVector();
        for (int i = 0; i < X.length; i++) {
            assertEquals(OUT[i], out[i], 1e-7 * Math.max(1, Math.abs(X[i])), "out of " + X[i]);
            assertEquals(DERIVATIVE[i], derivative[i], 2e-7, "derivative at " + X[i]);
        }
        assertEquals(1, out[1] / OUT[1], 1e-5, "the left tail");
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "DOUBLE"})
    void whatIsLargeStaysFiniteAndNanShows(DataType type) {
        double large = type == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        INDArray x = Nd4j.createFromArray(-large, -1e30, -1e5, 1e5, 1e30, large, Double.NaN).castTo(type);
        Gelu.Forward forward = Gelu.forward(x);
        INDArray expected = Nd4j.createFromArray(0, 0, 0, 1e5, 1e30, large, Double.NaN).castTo(type);
        // + 0 makes 0 of -0
        assertClose("out", expected, forward.out().add(0), 0);
        assertClose("dx", Nd4j.createFromArray(0, 0, 0, 3, 3, 3, Double.NaN).castTo(type),
                Gelu.backward(Nd4j.onesLike(x).muli(3), forward.cache()).add(0), 0);
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void gradientMatchesDifferences(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        long[] shape = {1 + random.nextInt(4), 1 + random.nextInt(4), 1 + random.nextInt(4)};
        INDArray x = gaussian(random, shape).muli(2);
        INDArray dOut = gaussian(random, shape);
        Differences.assertMatches("dx", moved -> Gelu.forward(moved).out(), x, dOut,
                Gelu.backward(dOut, Gelu.forward(x).cache()));
    }

    /** {@code Φ(x) + Φ(-x) = 1}, hence {@code out(x) - out(-x) = x}. */
    @Test
    void theOutputsOfOppositeNumbersDifferByTheNumber() {
        INDArray x = gaussian(new Random(1), 1000).muli(3);
        assertClose("difference", x, Gelu.forward(x).out().sub(Gelu.forward(x.neg()).out()), 1e-15);
    }

    @Test
    void takesViewsAndChangesNothing() {
        INDArray x = gaussian(new Random(1), 3, 4).transpose();
        INDArray dOut = gaussian(new Random(2), 3, 4).transpose();
        INDArray[] before = {x.dup(), dOut.dup()};
        Gelu.Forward view = Gelu.forward(x);
        INDArray dx = Gelu.backward(dOut, view.cache());
        Gelu.Forward copy = Gelu.forward(x.dup('c'));
        assertClose("out", copy.out(), view.out(), 0);
        assertClose("dx", Gelu.backward(dOut.dup('c'), copy.cache()), dx, 0);
        assertEquals(before[0], x);
        assertEquals(before[1], dOut);
        assertArrayEquals(dx.toDoubleMatrix(), Gelu.backward(dOut, view.cache()).toDoubleMatrix());
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(2, 3);
        assertError("GELU: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> Gelu.forward(x.castTo(DataType.INT32)));
        Gelu.Cache cache = Gelu.forward(x).cache();
        assertError("GELU: dOut has shape (3), expected (2, 3)", () -> Gelu.backward(Nd4j.zeros(3), cache));
        assertError("GELU: dOut is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> Gelu.backward(Nd4j.zeros(DataType.DOUBLE, 2, 3), cache));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
