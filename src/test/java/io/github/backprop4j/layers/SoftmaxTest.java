package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.Golden;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class SoftmaxTest {

    @ParameterizedTest
    @ValueSource(strings = {"s0", "s1", "s2", "s3"})
    void matchesTheNotebook(String example) {
        Golden golden = Golden.load("activations");
        INDArray z = golden.get(example + "_z");
        INDArray before = z.dup();
        assertClose("softmax", golden.get(example + "_softmax"), Softmax.forwardWithBatchMaximum(z), 1e-15);
        assertClose("dsoftmax", golden.get(example + "_dsoftmax_rows"), Softmax.diagonalDerivative(z), 1e-15);
        assertEquals(before, z);
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void gradientsMatchDifferences(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int n = 1 + random.nextInt(4);
        int k = 2 + random.nextInt(6);
        INDArray logits = gaussian(random, n, k).muli(2);
        INDArray labels = Softmax.forward(gaussian(random, n, k));
        INDArray dOut = gaussian(random, n, k);
        INDArray probabilities = Softmax.forward(logits);

        Differences.assertMatches("softmax", Softmax::forward, logits, dOut, Softmax.backward(dOut, probabilities));
        Differences.assertMatches("cross-entropy", moved -> Softmax.crossEntropy(moved, labels), logits,
                Nd4j.ones(logits.dataType(), n), Softmax.crossEntropyBackward(probabilities, labels));
        for (int c = 0; c < k; c++) {
            INDArray one = Nd4j.zeros(logits.dataType(), n, k);
            one.getColumn(c).addi(1);
            assertClose("diagonal " + c, Softmax.backward(one, probabilities).getColumn(c),
                    Softmax.diagonalDerivative(logits).getColumn(c), 1e-13);
        }
    }

    @Test
    void probabilitiesAddUpToOneAndIgnoreAShift() {
        INDArray logits = gaussian(new Random(1), 5, 7);
        INDArray probabilities = Softmax.forward(logits);
        assertClose("sums", Nd4j.ones(logits.dataType(), 5), probabilities.sum(1), 1e-15);
        assertClose("shifted", probabilities, Softmax.forward(logits.add(800)), 1e-12);
        assertClose("by the batch's maximum", probabilities, Softmax.forwardWithBatchMaximum(logits), 1e-15);
    }

    @Test
    void crossEntropyIsTheLogarithmOfTheProbability() {
        INDArray logits = gaussian(new Random(2), 3, 4);
        INDArray labels = Nd4j.createFromArray(new double[][] {{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}});
        assertClose("loss", Transforms.log(Softmax.forward(logits)).mul(labels).sum(1).neg(),
                Softmax.crossEntropy(logits, labels), 1e-14);
    }

    @Test
    void largeLogitsDoNotOverflow() {
        INDArray logits = Nd4j.createFromArray(new double[][] {{1e300, 0}, {-1e300, 0}, {3000, 2999}});
        INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {1, 0}, {0, 1}});
        double e = Math.exp(-1);
        assertClose("softmax", Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}, {1 / (1 + e), e / (1 + e)}}),
                Softmax.forward(logits), 1e-15);
        assertClose("loss", Nd4j.createFromArray(0, 1e300, 1 + Math.log1p(e)), Softmax.crossEntropy(logits, labels),
                1e-15);
    }

    /** As in the notebook, a row far below the batch's maximum is 0/0, and one NaN makes all NaN. */
    @Test
    void theBatchMaximumUnderflowsWhereTheNotebooksDoes() {
        double nan = Double.NaN;
        assertClose("underflow", Nd4j.createFromArray(new double[][] {{0.5, 0.5}, {nan, nan}}),
                Softmax.forwardWithBatchMaximum(Nd4j.createFromArray(new double[][] {{800, 800}, {0, 0}})), 0);
        assertClose("NaN", Nd4j.createFromArray(new double[][] {{nan, nan}, {nan, nan}}),
                Softmax.forwardWithBatchMaximum(Nd4j.createFromArray(new double[][] {{1, nan}, {0, 0}})), 0);
        assertClose("infinity", Nd4j.createFromArray(new double[][] {{nan, nan}, {nan, nan}}),
                Softmax.forwardWithBatchMaximum(
                        Nd4j.createFromArray(new double[][] {{1, Double.POSITIVE_INFINITY}, {0, 0}})), 0);
        assertClose("NaN by row", Nd4j.createFromArray(new double[][] {{nan, nan}, {0.5, 0.5}}),
                Softmax.forward(Nd4j.createFromArray(new double[][] {{1, nan}, {0, 0}})), 0);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray logits = Nd4j.zeros(2, 3);
        assertEquals("softmax: labels has shape (3, 2), expected (2, 3)", assertThrows(IllegalArgumentException.class,
                () -> Softmax.crossEntropy(logits, Nd4j.zeros(3, 2))).getMessage());
        assertEquals("softmax: logits has shape (3), expected 2 dimensions (N, K)",
                assertThrows(IllegalArgumentException.class, () -> Softmax.forward(Nd4j.zeros(3))).getMessage());
    }
}
