package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.layers.Softmax;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LossTest {

    /** The layer's functions, one equation each, are the oracle. */
    @RepeatedTest(20)
    void isWhatTheLayersFunctionsGive(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int n = 1 + random.nextInt(40);
        int k = 2 + random.nextInt(12);
        INDArray logits = Nd4j.create(random.doubles((long) n * k, -20, 20).toArray(), new long[] {n, k}, 'c');
        INDArray labels = Softmax.forward(
                Nd4j.create(random.doubles((long) n * k, -9, 9).toArray(), new long[] {n, k}, 'c'));

        Loss loss = Loss.of(logits, labels);

        INDArray probabilities = Softmax.forward(logits);
        assertClose("probabilities", probabilities, loss.probabilities(), 1e-14);
        assertEquals(Softmax.crossEntropy(logits, labels).sumNumber().doubleValue(), loss.sum(), 1e-11);
        assertClose("dLogits", Softmax.crossEntropyBackward(probabilities, labels), loss.dLogits(), 1e-14);
        int[] predicted = logits.argMax(1).toIntVector();
        int[] right = labels.argMax(1).toIntVector();
        int correct = 0;
        for (int i = 0; i < n; i++) {
            correct += predicted[i] == right[i] ? 1 : 0;
        }
        assertEquals(correct, loss.correct());
    }

    @Test
    void staysInFloat32AndFiniteForLargeLogits() {
        INDArray logits = Nd4j.createFromArray(new float[][] {{3e38f, -3e38f}, {0, 0}});
        Loss loss = Loss.of(logits, Nd4j.createFromArray(new float[][] {{1, 0}, {1, 0}}));
        assertEquals(DataType.FLOAT, loss.dLogits().dataType());
        assertEquals(Math.log(2), loss.sum(), 1e-12);
        assertEquals(2, loss.correct());
    }

    @Test
    void aNaNShowsInTheSum() {
        Loss loss = Loss.of(Nd4j.createFromArray(new float[][] {{0, Float.NaN}, {0, 1}}),
                Nd4j.createFromArray(new float[][] {{1, 0}, {1, 0}}));
        assertTrue(Double.isNaN(loss.sum()));
    }
}
