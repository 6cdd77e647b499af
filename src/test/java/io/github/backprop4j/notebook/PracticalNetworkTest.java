package io.github.backprop4j.notebook;

import static io.github.backprop4j.Golden.assertClose;

import io.github.backprop4j.Golden;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The network put together from layers against the hand-wired one. */
class PracticalNetworkTest {

    @ParameterizedTest
    @CsvSource({"10, 20, 5, 1, 2, 2, 2, 100", "3, 5, 3, 1, 1, 3, 1, 7", "2, 3, 4, 2, 1, 2, 2, 5"})
    void givesTheHandWiredLoopsGradients(
            int depth2, int depth4, int kernel, int stride, int padding, int pool, int poolStride, int hidden) {
        Images examples = GoldenImages.of(Golden.load("trajectory_n16_seed7"));
        Hyperparameters h = new Hyperparameters(
                depth2, depth4, kernel, stride, padding, pool, poolStride, 0, hidden, 1, 0, 1);
        Cnn wired = new Cnn(h, Geometry.of(h, examples), 10, new NumpyRandom(3));
        INDArray images = new CentredImages(examples).slice(0, 16);
        // at a keep probability of 1 the masks change nothing
        Cnn.Forward forward = wired.forward(images, wired.W6, wired.W7);
        INDArray delta7 = new NumpyRandom(4).randn(16, 10);
        Cnn.Backward expected = wired.backward(images, forward.activations(), delta7, wired.W6, wired.W7);

        Network network = Network.initialize(
                Architecture.parse("conv:%d:%d:%d:%d,relu,pool:%d:%d,conv:%d:%d:%d:%d,relu,pool:%d:%d,dense:%d,relu"
                        .formatted(depth2, kernel, stride, padding, pool, poolStride, depth4, kernel, stride, padding,
                                pool, poolStride, hidden), 3, 32, 32, examples.classNames()),
                InputScaling.none(3, 32, 32), 1, DataType.DOUBLE);
        Parameters parameters = network.parameters();
        parameters.get("conv1.weights").assign(wired.W2);
        parameters.get("conv2.weights").assign(wired.W4);
        parameters.get("dense1.weights").assign(wired.W6);
        parameters.get("output.weights").assign(wired.W7);
        Network.Pass pass = network.forward(images, new SplittableRandom(1));
        Parameters gradients = network.backward(delta7, pass);

        assertClose("Z7", forward.activations().Z7(), pass.logits(), 1e-14);
        assertClose("dW2", expected.dW2(), gradients.get("conv1.weights"), 1e-13);
        assertClose("db2", expected.db2(), gradients.get("conv1.bias"), 1e-13);
        assertClose("dW4", expected.dW4(), gradients.get("conv2.weights"), 1e-13);
        assertClose("db4", expected.db4(), gradients.get("conv2.bias"), 1e-13);
        assertClose("dW6", expected.dW6(), gradients.get("dense1.weights"), 1e-13);
        assertClose("db6", expected.db6(), gradients.get("dense1.bias"), 1e-13);
        assertClose("dW7", expected.dW7(), gradients.get("output.weights"), 1e-13);
        assertClose("db7", expected.db7(), gradients.get("output.bias"), 1e-13);
    }
}
