package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.apart;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.Golden;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ReluTest {

    @ParameterizedTest
    @ValueSource(strings = {"s0", "s1", "s2", "s3"})
    void matchesTheNotebook(String example) {
        Golden golden = Golden.load("activations");
        INDArray z = golden.get(example + "_z");
        assertClose("relu", golden.get(example + "_relu"), Relu.forward(z).out(), 0);
        assertClose("drelu", golden.get(example + "_drelu"), Relu.derivative(z), 0);
    }

    @Test
    void whatIsNoNumberShows() {
        INDArray x = Nd4j.createFromArray(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 2);
        assertArrayEquals(new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NaN, -0.0, 2},
                Relu.forward(x).out().toDoubleVector());
        assertArrayEquals(new double[] {0, 1, 0, 0, 1}, Relu.derivative(x).toDoubleVector());
    }

    @RepeatedTest(value = 10, name = "seed {currentRepetition}")
    void gradientMatchesDifferences(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        long[] shape = {1 + random.nextInt(4), 1 + random.nextInt(4), 1 + random.nextInt(4)};
        INDArray x = apart(random, shape);
        INDArray dOut = gaussian(random, shape);
        Differences.assertMatches("dx", moved -> Relu.forward(moved).out(), x, dOut,
                Relu.backward(dOut, Relu.forward(x).cache()));
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        INDArray x = Samples.floats(gaussian(new Random(1), 3, 4)).transpose();
        INDArray before = x.dup();
        Relu.Forward forward = Relu.forward(x);
        assertEquals(DataType.FLOAT, forward.out().dataType());
        assertClose("out", Relu.forward(x.dup('c')).out(), forward.out(), 0);
        assertClose("dx", Relu.derivative(x), Relu.backward(Nd4j.ones(4, 3), forward.cache()), 0);
        assertEquals(before, x);
    }

    @Test
    void saysWhatDoesNotFit() {
        Relu.Cache cache = Relu.forward(Nd4j.zeros(2, 3)).cache();
        assertEquals("ReLU: dOut has shape (3), expected (2, 3)", assertThrows(IllegalArgumentException.class,
                () -> Relu.backward(Nd4j.zeros(3), cache)).getMessage());
    }
}
