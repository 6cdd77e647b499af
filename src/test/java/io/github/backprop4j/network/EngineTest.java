package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.Samples;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** With Maven's profile onednn ND4J's conv2d calls oneDNN; without it, the same operations are only slow. */
class EngineTest {

    @RepeatedTest(value = 40, name = "seed {currentRepetition}")
    void theEnginesAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int n = 1 + random.nextInt(40);
        int channels = 1 + random.nextInt(12);
        int filters = 1 + random.nextInt(21);
        int kernelHeight = 1 + random.nextInt(5);
        int kernelWidth = 1 + random.nextInt(5);
        int stride = 1 + random.nextInt(3);
        int padding = random.nextInt(3);
        int height = size(random, kernelHeight, stride, padding);
        int width = size(random, kernelWidth, stride, padding);
        INDArray x = gaussian(random, n, channels, height, width);
        INDArray weights = gaussian(random, filters, channels, kernelHeight, kernelWidth);
        INDArray bias = gaussian(random, filters);

        Convolution.Forward expected = Engine.IM2COL.forward(x, weights, bias, stride, padding);
        Convolution.Forward found = Engine.ONEDNN.forward(x, weights, bias, stride, padding);
        assertClose("out", expected.out(), found.out(), 1e-5);

        INDArray dOut = gaussian(random, expected.out().shape());
        Convolution.Gradients gradients = Engine.IM2COL.backward(dOut, expected.cache());
        Convolution.Gradients other = Engine.ONEDNN.backward(dOut, found.cache());
        assertClose("dx", gradients.dx(), other.dx(), 1e-5);
        assertClose("dWeights", gradients.dWeights(), other.dWeights(), 1e-5);
        assertClose("dBias", gradients.dBias(), other.dBias(), 1e-5);
        Convolution.ParameterGradients parameters =
                Engine.ONEDNN.backwardParameters(dOut, found.cache());
        assertClose("dWeights alone", other.dWeights(), parameters.dWeights(), 1e-5);
    }

    /** Of images that the windows tile: at least one window. */
    private static int size(Random random, int kernel, int stride, int padding) {
        int size = kernel + stride * random.nextInt(7) - 2 * padding;
        while (size < 1) {
            size += stride;
        }
        return size;
    }

    @Test
    void theEnginesMakeTheSameDemands() {
        INDArray x = Nd4j.ones(DataType.FLOAT, 1, 2, 4, 4);
        INDArray weights = Nd4j.ones(DataType.FLOAT, 1, 3, 3, 3);
        for (Engine engine : Engine.values()) {
            assertEquals("convolution: x (1, 2, 4, 4) has 2 channels but weights (1, 3, 3, 3) expect 3",
                    assertThrows(IllegalArgumentException.class,
                            () -> engine.forward(x, weights, Nd4j.ones(DataType.FLOAT, 1), 1, 1)).getMessage());
        }
    }

    /** Holds that the profile really brings oneDNN: run with {@code -Donednn=true} by that profile. */
    @Test
    void theProfileBringsOneDnn() {
        assumeTrue(Boolean.getBoolean("onednn"), "needs mvn -Ponednn");
        assertTrue(Engine.ONEDNN.isAvailable());
    }

    private static INDArray gaussian(Random random, long... shape) {
        return Samples.gaussian(random, shape).castTo(DataType.FLOAT);
    }
}
