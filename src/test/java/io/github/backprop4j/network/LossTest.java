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

    /** Each row's part of sum and gradient, times its weight; a weight of 1 changes no bit. */
    @Test
    void weighsEachExample() {
        Random random = new Random(7);
        INDArray logits = Nd4j.create(random.doubles(15, -5, 5).toArray(), new long[] {5, 3}, 'c');
        INDArray labels = Softmax.forward(Nd4j.create(random.doubles(15, -3, 3).toArray(), new long[] {5, 3}, 'c'));
        float[] weights = {0, 1, 2.5f, 0.125f, 7};

        Loss loss = Loss.of(logits, labels, weights);

        double sum = 0;
        for (int i = 0; i < 5; i++) {
            INDArray row = logits.getRow(i, true);
            INDArray label = labels.getRow(i, true);
            sum += weights[i] * Softmax.crossEntropy(row, label).getDouble(0);
            assertClose("row " + i, Softmax.crossEntropyBackward(Softmax.forward(row), label).mul(weights[i]),
                    loss.dLogits().getRow(i, true), 1e-14);
        }
        assertEquals(sum, loss.sum(), 1e-13);
        assertEquals(Loss.of(logits, labels).correct(), loss.correct());
    }

    /** The layer's functions with labels that are smoothed by hand; which are correct, the labels as they are tell. */
    @Test
    void smoothsTheLabels() {
        Random random = new Random(11);
        INDArray logits = Nd4j.create(random.doubles(20, -5, 5).toArray(), new long[] {5, 4}, 'c');
        INDArray labels = Nd4j.create(new double[][] {
            {1, 0, 0, 0}, {0, 0, 1, 0}, {0.4, 0.3, 0.2, 0.1}, {0, 0, 0, 1}, {0, 1, 0, 0}});
        float[] weights = {1, 0.5f, 2, 0, 3};
        INDArray smoothed = labels.dup();
        for (int n = 0; n < 5; n++) {
            for (int k = 0; k < 4; k++) {
                smoothed.putScalar(n, k, 0.7 * labels.getDouble(n, k) + 0.3 / 4);
            }
        }
        Loss loss = Loss.of(logits, labels, weights, 0.3);
        double sum = 0;
        for (int n = 0; n < 5; n++) {
            INDArray row = logits.getRow(n, true);
            sum += weights[n] * Softmax.crossEntropy(row, smoothed.getRow(n, true)).getDouble(0);
            assertClose("row " + n, Softmax.crossEntropyBackward(Softmax.forward(row), smoothed.getRow(n, true))
                    .mul(weights[n]), loss.dLogits().getRow(n, true), 1e-14);
        }
        assertEquals(sum, loss.sum(), 1e-13);
        assertEquals(Loss.of(logits, labels).correct(), loss.correct());
        assertEquals(Loss.of(logits, labels, weights).sum(), Loss.of(logits, labels, weights, 0).sum());
        assertEquals(Loss.of(logits, labels, weights).dLogits(), Loss.of(logits, labels, weights, 0).dLogits());
    }

    @Test
    void aWeightOf1ChangesNoBit() {
        INDArray logits = Nd4j.createFromArray(new double[][] {{0.1, -0.7, 3}, {1 / 3.0, 2, 5}});
        INDArray labels = Nd4j.createFromArray(new double[][] {{0.2, 0.7, 0.1}, {0, 1, 0}});
        Loss loss = Loss.of(logits, labels, new float[] {1, 1});
        double sum = 0;
        for (int i = 0; i < 2; i++) {
            double[] z = logits.getRow(i).toDoubleVector();
            double exponentials = 0;
            double max = Math.max(z[0], Math.max(z[1], z[2]));
            for (int k = 0; k < 3; k++) {
                sum -= labels.getDouble(i, k) * (z[k] - max);
                exponentials += Math.exp(z[k] - max);
            }
            sum += Math.log(exponentials);
            for (int k = 0; k < 3; k++) {
                assertEquals(Math.exp(z[k] - max) / exponentials - labels.getDouble(i, k), loss.dLogits().getDouble(i, k));
            }
        }
        assertEquals(sum, loss.sum());
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
