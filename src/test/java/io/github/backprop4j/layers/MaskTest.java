package io.github.backprop4j.layers;

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

class MaskTest {

    @Test
    void keepsWhatIsBelowTheProbability() {
        INDArray uniform = Nd4j.createFromArray(0.0, 0.2499, 0.25, 0.9);
        assertArrayEquals(new double[] {4, 4, 0, 0}, Mask.of(uniform, 0.25).toDoubleVector());
        assertArrayEquals(new double[] {1, 1, 1, 1}, Mask.of(uniform, 1).toDoubleVector());
        assertEquals(DataType.FLOAT, Mask.of(uniform.castTo(DataType.FLOAT), 0.3).dataType());
    }

    @RepeatedTest(value = 10, name = "seed {currentRepetition}")
    void gradientMatchesDifferences(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        long[] shape = {1 + random.nextInt(5), 1 + random.nextInt(5)};
        INDArray x = gaussian(random, shape);
        INDArray dOut = gaussian(random, shape);
        INDArray mask = Mask.of(Nd4j.create(random.doubles(x.length()).toArray(), shape, 'c'), 0.6);
        Differences.assertMatches(
                "dx", moved -> Mask.forward(moved, mask), x, dOut, Mask.backward(dOut, mask));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void refusesOtherProbabilities(double p) {
        assertEquals("mask: keep probability " + p + ", expected more than 0 and at most 1",
                assertThrows(IllegalArgumentException.class, () -> Mask.of(Nd4j.zeros(2), p)).getMessage());
    }
}
