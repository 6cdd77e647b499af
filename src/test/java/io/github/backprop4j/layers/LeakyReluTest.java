package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.apart;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LeakyReluTest {

    @Test
    void isTheWorkedExample() {
        INDArray x = Nd4j.createFromArray(-8.0, -0.0, 0, 3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
                Double.NaN);
        LeakyRelu.Forward forward = LeakyRelu.forward(x, 0.25);
        assertArrayEquals(new double[] {-2, -0.0, 0, 3, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN},
                forward.out().toDoubleVector());
        assertArrayEquals(new double[] {1, 1, 1, 4, 4, 1, 1},
                LeakyRelu.backward(Nd4j.valueArrayOf(new long[] {7}, 4, DataType.DOUBLE), forward.cache())
                        .toDoubleVector());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 1.0 / 3, 0.9})
    void whatIsPositiveStaysToTheBit(double slope) {
        INDArray x = Samples.floats(gaussian(new Random(1), 100));
        assertClose("out", Nd4j.math().max(x, x.mul(slope)), LeakyRelu.forward(x, slope).out(), 0);
    }

    @Test
    void withoutSlopeItIsRelu() {
        INDArray x = Nd4j.concat(0, gaussian(new Random(1), 20),
                Nd4j.createFromArray(Double.NaN, Double.NEGATIVE_INFINITY));
        assertClose("out", Relu.forward(x).out(), LeakyRelu.forward(x, 0).out(), 0);
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void gradientMatchesDifferences(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        long[] shape = {1 + random.nextInt(4), 1 + random.nextInt(4), 1 + random.nextInt(4)};
        double slope = random.nextDouble();
        INDArray x = apart(random, shape);
        INDArray dOut = gaussian(random, shape);
        Differences.assertMatches("dx", moved -> LeakyRelu.forward(moved, slope).out(), x, dOut,
                LeakyRelu.backward(dOut, LeakyRelu.forward(x, slope).cache()));
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        INDArray x = Samples.floats(gaussian(new Random(1), 3, 4)).transpose();
        INDArray dOut = Samples.floats(gaussian(new Random(2), 3, 4)).transpose();
        INDArray[] before = {x.dup(), dOut.dup()};
        LeakyRelu.Forward view = LeakyRelu.forward(x, 0.1);
        LeakyRelu.Forward copy = LeakyRelu.forward(x.dup('c'), 0.1);
        assertEquals(DataType.FLOAT, view.out().dataType());
        assertClose("out", copy.out(), view.out(), 0);
        assertClose("dx", LeakyRelu.backward(dOut.dup('c'), copy.cache()), LeakyRelu.backward(dOut, view.cache()), 0);
        assertEquals(before[0], x);
        assertEquals(before[1], dOut);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(2, 3);
        assertError("leaky ReLU: slope 1.0, expected at least 0 and less than 1", () -> LeakyRelu.forward(x, 1));
        assertError("leaky ReLU: slope -0.1, expected at least 0 and less than 1", () -> LeakyRelu.forward(x, -0.1));
        assertError("leaky ReLU: slope NaN, expected at least 0 and less than 1",
                () -> LeakyRelu.forward(x, Double.NaN));
        assertError("leaky ReLU: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> LeakyRelu.forward(x.castTo(DataType.INT32), 0.1));
        LeakyRelu.Cache cache = LeakyRelu.forward(x, 0.1).cache();
        assertError("leaky ReLU: dOut has shape (3), expected (2, 3)",
                () -> LeakyRelu.backward(Nd4j.zeros(3), cache));
        assertError("leaky ReLU: dOut is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> LeakyRelu.backward(Nd4j.zeros(DataType.DOUBLE, 2, 3), cache));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
