package io.github.backprop4j.notebook;

import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.FullyConnected;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The notebook's class CNN with what its cells compute around it: the parameters of the seven layers, from the images
 * (layer 1) to the output (layer 7), and the two passes of some examples through them, in float64.
 *
 * <p>Variables have the notebook's names and arrays its shapes. Only the biases differ: b2 is (depth) here and
 * (depth, 1) there, b6 is (length) here and (1, length) there. "Cell 8" in a comment is the notebook's {@code In [8]}.
 */
final class Cnn {

    /**
     * What the backward pass needs of the forward pass.
     *
     * <p>Z2 and Z4 are not among it, since the backward pass computes neither {@code outerr2} nor {@code outerr4}; see
     * {@link Cnn#reluAndMaxpoolBackward}.
     */
    record Activations(
            INDArray Z3, INDArray argmaxes3, INDArray Z5flat, INDArray argmaxes5, INDArray Z6, INDArray Z7) {

        /** Returns the activations of {@code count} examples, as views. */
        Activations rows(long from, long count) {
            return new Activations(rows(Z3, from, count), rows(argmaxes3, from, count), rows(Z5flat, from, count),
                    rows(argmaxes5, from, count), rows(Z6, from, count), rows(Z7, from, count));
        }

        static INDArray rows(INDArray batch, long from, long count) {
            return batch.get(NDArrayIndex.interval(from, from + count));
        }

        /** Copies the numbers of other activations, which have the same shapes, into these. */
        void assign(Activations others) {
            Z3.assign(others.Z3);
            argmaxes3.assign(others.argmaxes3);
            Z5flat.assign(others.Z5flat);
            argmaxes5.assign(others.argmaxes5);
            Z6.assign(others.Z6);
            Z7.assign(others.Z7);
        }
    }

    /** What the forward pass computes. Nothing but the tests looks at Z2 and Z4. */
    record Forward(INDArray Z2, INDArray Z4, Activations activations) {}

    /** What the backward pass computes: the gradients, summed over its examples, and the errors on the way to them. */
    record Backward(
            INDArray dW7, INDArray db7, INDArray outerr6, INDArray delta6,
            INDArray dW6, INDArray db6, INDArray outerr5, INDArray delta4,
            INDArray dW4, INDArray db4, INDArray outerr3, INDArray delta2,
            INDArray dW2, INDArray db2) {}

    private final Hyperparameters h;
    private final Geometry geometry;

    final INDArray W2;
    final INDArray W4;
    final INDArray W6;
    final INDArray W7;
    final INDArray b2;
    final INDArray b4;
    final INDArray b6;
    final INDArray b7;

    /** Draws the weights in the order of cells 1 and 2; the biases are 0. */
    Cnn(Hyperparameters h, Geometry geometry, int classes, NumpyRandom random) {
        this.h = h;
        this.geometry = geometry;

        // cell 1, instantiation
        long inputs = geometry.imagesshape()[0] + h.depth2() + h.depth4() + geometry.flattened() + h.hidden();
        double calfactor = Math.sqrt(2.0 / inputs);
        W2 = random.randn(h.depth2(), geometry.imagesshape()[0], h.kernelSize(), h.kernelSize()).muli(calfactor);
        W4 = random.randn(h.depth4(), h.depth2(), h.kernelSize(), h.kernelSize()).muli(calfactor);

        // cell 2, initialization of other variables
        W6 = random.randn(geometry.flattened(), h.hidden()).muli(calfactor);
        W7 = random.randn(h.hidden(), classes).muli(calfactor);
        b2 = Nd4j.zeros(DataType.DOUBLE, h.depth2());
        b4 = Nd4j.zeros(DataType.DOUBLE, h.depth4());
        b6 = Nd4j.zeros(DataType.DOUBLE, h.hidden());
        b7 = Nd4j.zeros(DataType.DOUBLE, classes);
    }

    /**
     * Computes layers 2 to 7, as the forward pass of cell 8 does with the functions of cells 3 to 6.
     *
     * @param images centred, (N, depth, height, width)
     * @param maskedW6 {@code mask6*W6}
     * @param maskedW7 {@code mask7*W7}
     */
    Forward forward(INDArray images, INDArray maskedW6, INDArray maskedW7) {
        long N = images.size(0);

        // cell 8: forward pass layers 2 through 5
        INDArray Z2 = Relu.forward(Convolution.forward(images, W2, b2, h.stride(), h.padding()).out()).out();
        MaxPooling.Forward pool3 = MaxPooling.forward(Z2, h.poolSize(), h.poolStride(), h.poolPadding());
        INDArray Z3 = pool3.out();
        INDArray Z4 = Relu.forward(Convolution.forward(Z3, W4, b4, h.stride(), h.padding()).out()).out();
        MaxPooling.Forward pool5 = MaxPooling.forward(Z4, h.poolSize(), h.poolStride(), h.poolPadding());
        INDArray Z5 = pool5.out();

        // cell 8: forward pass fully-connected layer 6
        INDArray Z5flat = Z5.reshape('c', N, geometry.flattened());
        INDArray Z6 = Relu.forward(FullyConnected.forward(Z5flat, maskedW6, b6).out()).out();

        // cell 8: forward pass output layer 7
        INDArray Z7 = FullyConnected.forward(Z6, maskedW7, b7).out();
        return new Forward(Z2, Z4, new Activations(
                Z3, pool3.cache().argmax(), Z5flat, pool5.cache().argmax(), Z6, Z7));
    }

    /**
     * Computes the gradients of layers 7 to 2, as the backward pass of cell 8 does.
     *
     * @param images the forward pass's
     * @param a what the forward pass of these images computed
     * @param delta7 the error at Z7, (N, classes)
     * @param maskedW6 the forward pass's
     * @param maskedW7 the forward pass's
     */
    Backward backward(INDArray images, Activations a, INDArray delta7, INDArray maskedW6, INDArray maskedW7) {
        // cell 8: backward pass output layer 7
        FullyConnected.Gradients layer7 =
                FullyConnected.backward(delta7, new FullyConnected.Cache(a.Z6, maskedW7));
        INDArray outerr6 = layer7.dx();

        // cell 8: backward pass fully-connected layer 6
        INDArray delta6 = outerr6.mul(Relu.derivative(a.Z6));
        FullyConnected.Gradients layer6 =
                FullyConnected.backward(delta6, new FullyConnected.Cache(a.Z5flat, maskedW6));
        INDArray outerr5 = layer6.dx().reshape('c', a.argmaxes5.shape());

        // cell 8: backward pass pooling layer 5. There is no outerr4: ReLU's derivative, which would be multiplied with
        // all of it, is taken of Z5 before the error goes back through the pooling, a quarter of the work
        INDArray Z5 = a.Z5flat.reshape('c', a.argmaxes5.shape());
        INDArray delta4 = reluAndMaxpoolBackward(outerr5, Z5, a.argmaxes5, geometry.Z4shape());

        // cell 8: backward pass convolutional layer 4
        Convolution.Gradients layer4 =
                Convolution.backward(delta4, new Convolution.Cache(a.Z3, W4, h.stride(), h.padding()));
        INDArray outerr3 = layer4.dx();

        // cell 8: backward pass pooling layer 3. There is no outerr2, for the same reason
        INDArray delta2 = reluAndMaxpoolBackward(outerr3, a.Z3, a.argmaxes3, geometry.Z2shape());

        // cell 8: backward pass convolutional layer 2. There is no outerr1, which the notebook computes but never uses
        Convolution.ParameterGradients layer2 =
                Convolution.backwardParameters(delta2, new Convolution.Cache(images, W2, h.stride(), h.padding()));

        return new Backward(layer7.dWeights(), layer7.dBias(), outerr6, delta6, layer6.dWeights(), layer6.dBias(),
                outerr5, delta4, layer4.dWeights(), layer4.dBias(), outerr3, delta2, layer2.dWeights(),
                layer2.dBias());
    }

    /**
     * Computes {@code maxpool_backward(argmaxes, outerr, outshape) * derivative_ReLU(Z)}, where Z is the input of the
     * pooling, from the pooling's output instead.
     *
     * <p>Max pooling sends each error back to the maximum of a window and leaves 0 everywhere else. So ReLU's
     * derivative counts only at the maxima, and those are what the pooling's output holds. To multiply by the
     * derivative of the output before the error goes back gives the same to the bit, and has only one number in a
     * window to multiply.
     *
     * @param outerr error at the pooling's output
     * @param pooled the pooling's output, Z3 or Z5
     * @param outshape {depth, height, width} of the pooling's input
     */
    private INDArray reluAndMaxpoolBackward(INDArray outerr, INDArray pooled, INDArray argmaxes, long[] outshape) {
        return MaxPooling.backward(outerr.mul(Relu.derivative(pooled)), new MaxPooling.Cache(
                argmaxes, outshape[1], outshape[2], h.poolSize(), h.poolStride(), h.poolPadding()));
    }
}
