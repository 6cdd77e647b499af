package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FullyConnectedTest {

    @Test
    void isTheWorkedExample() {
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        INDArray weights = Nd4j.createFromArray(new double[][] {{1, 0, -1}, {2, 1, 0}});
        INDArray bias = Nd4j.createFromArray(10.0, 20, 30);
        INDArray dOut = Nd4j.createFromArray(new double[][] {{1, 1, 0}, {0, 2, 1}});

        FullyConnected.Forward forward = FullyConnected.forward(x, weights, bias);
        FullyConnected.Gradients gradients = FullyConnected.backward(dOut, forward.cache());

        assertClose("out", Nd4j.createFromArray(new double[][] {{15, 22, 29}, {21, 24, 27}}), forward.out(), 0);
        assertClose("dx", Nd4j.createFromArray(new double[][] {{1, 3}, {-1, 2}}), gradients.dx(), 0);
        assertClose("dWeights", Nd4j.createFromArray(new double[][] {{1, 7, 3}, {2, 10, 4}}), gradients.dWeights(), 0);
        assertClose("dBias", Nd4j.createFromArray(1.0, 3, 1), gradients.dBias(), 0);
    }

    @RepeatedTest(value = 30, name = "seed {currentRepetition}")
    void gradientsMatchDifferences(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int n = 1 + random.nextInt(5);
        int d = 1 + random.nextInt(6);
        int m = 1 + random.nextInt(6);
        INDArray x = gaussian(random, n, d);
        INDArray weights = gaussian(random, d, m);
        INDArray bias = gaussian(random, m);
        INDArray dOut = gaussian(random, n, m);
        FullyConnected.Gradients gradients =
                FullyConnected.backward(dOut, FullyConnected.forward(x, weights, bias).cache());
        Differences.assertMatches(
                "dx", moved -> FullyConnected.forward(moved, weights, bias).out(), x, dOut, gradients.dx());
        Differences.assertMatches("dWeights", moved -> FullyConnected.forward(x, moved, bias).out(), weights, dOut,
                gradients.dWeights());
        Differences.assertMatches(
                "dBias", moved -> FullyConnected.forward(x, weights, moved).out(), bias, dOut, gradients.dBias());
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        Random random = new Random(1);
        INDArray x = gaussian(random, 4, 3).transpose();
        INDArray weights = gaussian(random, 2, 4).transpose();
        INDArray bias = gaussian(random, 2);
        INDArray dOut = gaussian(random, 2, 3).transpose();
        INDArray[] given = {x, weights, bias, dOut};
        INDArray[] before = {x.dup(), weights.dup(), bias.dup(), dOut.dup()};

        FullyConnected.Forward view = FullyConnected.forward(x, weights, bias);
        FullyConnected.Gradients gradients = FullyConnected.backward(dOut, view.cache());
        FullyConnected.Forward narrow =
                FullyConnected.forward(Samples.floats(x), Samples.floats(weights), Samples.floats(bias));
        FullyConnected.Gradients narrowGradients = FullyConnected.backward(Samples.floats(dOut), narrow.cache());

        assertClose("out", x.mmul(weights).addRowVector(bias), view.out(), 1e-15);
        assertClose("dx", dOut.mmul(weights.transpose()), gradients.dx(), 1e-15);
        assertEquals(DataType.FLOAT, narrow.out().dataType());
        assertClose("float out", view.out(), narrow.out(), 1e-6);
        assertClose("float dWeights", gradients.dWeights(), narrowGradients.dWeights(), 1e-6);
        for (int i = 0; i < given.length; i++) {
            assertEquals(before[i], given[i]);
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(2, 3);
        INDArray weights = Nd4j.zeros(3, 4);
        INDArray bias = Nd4j.zeros(4);
        assertError("fully connected: x (2, 3) has 3 features but weights (4, 4) expect 4",
                () -> FullyConnected.forward(x, Nd4j.zeros(4, 4), bias));
        assertError("fully connected: bias has shape (3), expected (4)",
                () -> FullyConnected.forward(x, weights, Nd4j.zeros(3)));
        assertError("fully connected: x has shape (2, 3, 1, 1), expected 2 dimensions (N, D)",
                () -> FullyConnected.forward(Nd4j.zeros(2, 3, 1, 1), weights, bias));
        assertError("fully connected: dOut has shape (4, 2), expected (2, 4)", () -> FullyConnected.backward(
                Nd4j.zeros(4, 2), FullyConnected.forward(x, weights, bias).cache()));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
