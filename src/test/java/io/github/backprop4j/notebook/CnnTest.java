package io.github.backprop4j.notebook;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.Golden;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.Mask;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import io.github.backprop4j.layers.Softmax;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One iteration of the notebook, every variable of it, in the order in which its cells compute them. */
class CnnTest {

    private static final double TOLERANCE = 1e-13;

    private final Golden golden = Golden.load("step_n4_seed42");

    @Test
    void everyIntermediateIsTheNotebooks() {
        Hyperparameters h = Hyperparameters.NOTEBOOK;
        Images examples = GoldenImages.of(golden);
        NumpyRandom random = new NumpyRandom(42);
        Cnn m = new Cnn(h, Geometry.of(h, examples), 10, random);
        check("W2_init", m.W2);
        check("W4_init", m.W4);
        check("W6_init", m.W6);
        check("W7_init", m.W7);
        INDArray images = new CentredImages(examples).slice(0, 4);
        check("centred", images);

        INDArray mask6 = Mask.of(random.rand(m.W6.shape()), h.keepProbability());
        check("mask6", mask6);
        INDArray mask7 = Mask.of(random.rand(m.W7.shape()), h.keepProbability());
        check("mask7", mask7);
        INDArray maskedW6 = Mask.forward(m.W6, mask6);
        INDArray maskedW7 = Mask.forward(m.W7, mask7);

        Cnn.Forward forward = m.forward(images, maskedW6, maskedW7);
        Cnn.Activations a = forward.activations();
        check("Z2", forward.Z2());
        check("Z3", a.Z3());
        assertClose("argmaxes3", golden.get("argmaxes3"), a.argmaxes3(), 0);
        check("Z4", forward.Z4());
        check("Z5", a.Z5flat().reshape(4, 20, 8, 8));
        assertClose("argmaxes5", golden.get("argmaxes5"), a.argmaxes5(), 0);
        check("Z5flat", a.Z5flat());
        check("Z6", a.Z6());
        check("Z7", a.Z7());

        INDArray Yhat = Softmax.forwardWithBatchMaximum(a.Z7());
        check("Yhat", Yhat);
        INDArray labels = Yhat.mul(0);
        for (int n = 0; n < 4; n++) {
            labels.putScalar(n, examples.label(n), 1);
        }
        INDArray outerr7 = Yhat.sub(labels);
        check("outerr7", outerr7);
        INDArray delta7 = outerr7.mul(Softmax.diagonalDerivative(a.Z7()));
        check("delta7", delta7);

        Cnn.Backward b = m.backward(images, a, delta7, maskedW6, maskedW7);
        check("dW7", withPenalty(b.dW7(), m.W7));
        check("db7", b.db7().reshape(1, 10));
        check("outerr6", b.outerr6());
        check("delta6", b.delta6());
        check("dW6", withPenalty(b.dW6(), m.W6));
        check("db6", b.db6().reshape(1, 100));
        check("outerr5", b.outerr5());
        check("delta4", b.delta4());
        check("dW4", withPenalty(b.dW4(), m.W4));
        check("db4", b.db4().reshape(20, 1));
        check("outerr3", b.outerr3());
        check("delta2", b.delta2());
        check("dW2", withPenalty(b.dW2(), m.W2));
        check("db2", b.db2().reshape(10, 1));

        // what the product has no need of: the errors between pooling and ReLU, and at the images
        INDArray outerr4 = MaxPooling.backward(b.outerr5(), new MaxPooling.Cache(a.argmaxes5(), 16, 16, 2, 2, 0));
        check("outerr4", outerr4);
        assertClose("delta4", outerr4.mul(Relu.derivative(forward.Z4())), b.delta4(), 0);
        INDArray outerr2 = MaxPooling.backward(b.outerr3(), new MaxPooling.Cache(a.argmaxes3(), 32, 32, 2, 2, 0));
        check("outerr2", outerr2);
        assertClose("delta2", outerr2.mul(Relu.derivative(forward.Z2())), b.delta2(), 0);
        check("outerr1", Convolution.backward(b.delta2(), new Convolution.Cache(images, m.W2, 1, 2)).dx());
    }

    private void check(String name, INDArray actual) {
        assertClose(name, golden.get(name), actual, TOLERANCE);
    }

    private static INDArray withPenalty(INDArray gradient, INDArray weights) {
        return gradient.add(weights.mul(Hyperparameters.NOTEBOOK.penalty()));
    }

    @Test
    void saysWhichLayerDoesNotFit() {
        Images examples = DrawnShapes.training(1);
        assertGeometry("layer 2, convolution: windows of 4 with stride 3 and padding 2 do not tile a side of 32: 2 pixels"
                + " are left over; change the stride or the padding", examples, 4, 3, 2, 2, 2, 0);
        assertGeometry("layer 3, max pooling: windows of 3 with stride 2 and padding 0 do not tile a side of 32: 1 pixels"
                + " are left over; change the stride or the padding", examples, 5, 1, 2, 3, 2, 0);
        assertGeometry("layer 4, convolution: a window of 5 is larger than a side of 2 padded by 0; use a smaller window"
                + " or more padding", examples, 5, 1, 0, 14, 14, 0);
        assertGeometry("layer 3, max pooling: a padding of 2 leaves windows of 2 without a pixel; use less padding than"
                + " the window", examples, 5, 1, 2, 2, 2, 2);
    }

    private static void assertGeometry(String message, Images examples, int kernel, int stride, int padding, int pool,
            int poolStride, int poolPadding) {
        Hyperparameters h = new Hyperparameters(
                10, 20, kernel, stride, padding, pool, poolStride, poolPadding, 100, 1, 0, 1);
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> Geometry.of(h, examples)).getMessage());
    }
}
