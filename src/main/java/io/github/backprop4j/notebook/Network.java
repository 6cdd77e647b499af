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
 * The notebook's network, from layer 1 (the images) to layer 7 (the output), in float64: its parameters, and how any
 * number of examples pass through it.
 *
 * <p>Variables have the notebook's names and arrays its shapes, but for the biases, which are (length) here and
 * (depth, 1) or (1, length) there.
 */
final class Network {

    /**
     * What the backward pass needs of the forward pass.
     *
     * <p>It needs no Z2 and no Z4. An error that came back through max pooling is 0 but at the maxima, and there the
     * pooled Z3 tells as well as Z2 whether ReLU let the number through: {@code outerr2 * derivative_ReLU(Z2)} is, to
     * the bit, {@code outerr3 * derivative_ReLU(Z3)} sent back through the pooling, with a quarter of the work.
     */
    record Activations(
            INDArray Z3, INDArray argmaxes3, INDArray Z5flat, INDArray argmaxes5, INDArray Z6, INDArray Z7) {

        /** Those of so many of the examples, as views. */
        Activations rows(long from, long count) {
            return new Activations(rows(Z3, from, count), rows(argmaxes3, from, count), rows(Z5flat, from, count),
                    rows(argmaxes5, from, count), rows(Z6, from, count), rows(Z7, from, count));
        }

        static INDArray rows(INDArray batch, long from, long count) {
            return batch.get(NDArrayIndex.interval(from, from + count));
        }

        /** Copies the numbers of others into these. */
        void assign(Activations others) {
            Z3.assign(others.Z3);
            argmaxes3.assign(others.argmaxes3);
            Z5flat.assign(others.Z5flat);
            argmaxes5.assign(others.argmaxes5);
            Z6.assign(others.Z6);
            Z7.assign(others.Z7);
        }
    }

    /** What the forward pass computes; Z2 and Z4 only for those who want to look at them. */
    record Forward(INDArray Z2, INDArray Z4, Activations activations) {}

    /** What the backward pass computes: gradients, summed over its examples, and the errors on the way. */
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

    /** Draws the weights as the notebook's first two cells do; the biases are 0. */
    Network(Hyperparameters h, Geometry geometry, int classes, NumpyRandom random) {
        this.h = h;
        this.geometry = geometry;
        long inputs = geometry.imagesshape()[0] + h.depth2() + h.depth4() + geometry.flattened() + h.hidden();
        double calfactor = Math.sqrt(2.0 / inputs);
        W2 = random.randn(h.depth2(), geometry.imagesshape()[0], h.kernelSize(), h.kernelSize()).muli(calfactor);
        W4 = random.randn(h.depth4(), h.depth2(), h.kernelSize(), h.kernelSize()).muli(calfactor);
        W6 = random.randn(geometry.flattened(), h.hidden()).muli(calfactor);
        W7 = random.randn(h.hidden(), classes).muli(calfactor);
        b2 = Nd4j.zeros(DataType.DOUBLE, h.depth2());
        b4 = Nd4j.zeros(DataType.DOUBLE, h.depth4());
        b6 = Nd4j.zeros(DataType.DOUBLE, h.hidden());
        b7 = Nd4j.zeros(DataType.DOUBLE, classes);
    }

    /**
     * @param images centred, (N, depth, height, width)
     * @param maskedW6 {@code mask6*W6}
     * @param maskedW7 {@code mask7*W7}
     */
    Forward forward(INDArray images, INDArray maskedW6, INDArray maskedW7) {
        long N = images.size(0);

        // forward pass layers 2 through 5
        INDArray Z2 = Relu.forward(Convolution.forward(images, W2, b2, h.stride(), h.padding()).out()).out();
        MaxPooling.Forward pool3 = MaxPooling.forward(Z2, h.poolSize(), h.poolStride(), h.poolPadding());
        INDArray Z3 = pool3.out();
        INDArray Z4 = Relu.forward(Convolution.forward(Z3, W4, b4, h.stride(), h.padding()).out()).out();
        MaxPooling.Forward pool5 = MaxPooling.forward(Z4, h.poolSize(), h.poolStride(), h.poolPadding());
        INDArray Z5 = pool5.out();

        // forward pass fully-connected layer 6
        INDArray Z5flat = Z5.reshape('c', N, geometry.flattened());
        INDArray Z6 = Relu.forward(FullyConnected.forward(Z5flat, maskedW6, b6).out()).out();

        // forward pass output layer 7
        INDArray Z7 = FullyConnected.forward(Z6, maskedW7, b7).out();
        return new Forward(Z2, Z4, new Activations(
                Z3, pool3.cache().argmax(), Z5flat, pool5.cache().argmax(), Z6, Z7));
    }

    /**
     * @param images as in the forward pass
     * @param a from the forward pass of these images
     * @param delta7 the error at Z7, (N, classes)
     */
    Backward backward(INDArray images, Activations a, INDArray delta7, INDArray maskedW6, INDArray maskedW7) {
        // backward pass output layer 7
        FullyConnected.Gradients layer7 =
                FullyConnected.backward(delta7, new FullyConnected.Cache(a.Z6, maskedW7));
        INDArray outerr6 = layer7.dx();

        // backward pass fully-connected layer 6
        INDArray delta6 = outerr6.mul(Relu.derivative(a.Z6));
        FullyConnected.Gradients layer6 =
                FullyConnected.backward(delta6, new FullyConnected.Cache(a.Z5flat, maskedW6));
        INDArray outerr5 = layer6.dx().reshape('c', a.argmaxes5.shape());

        // backward pass pooling layer 5 and the ReLU before it
        INDArray Z5 = a.Z5flat.reshape('c', a.argmaxes5.shape());
        INDArray delta4 = maxpoolBackward(a.argmaxes5, outerr5.mul(Relu.derivative(Z5)), geometry.Z4shape());

        // backward pass convolutional layer 4
        Convolution.Gradients layer4 =
                Convolution.backward(delta4, new Convolution.Cache(a.Z3, W4, h.stride(), h.padding()));
        INDArray outerr3 = layer4.dx();

        // backward pass pooling layer 3 and the ReLU before it
        INDArray delta2 = maxpoolBackward(a.argmaxes3, outerr3.mul(Relu.derivative(a.Z3)), geometry.Z2shape());

        // backward pass convolutional layer 2; nobody needs its outerr1
        Convolution.ParameterGradients layer2 =
                Convolution.backwardParameters(delta2, new Convolution.Cache(images, W2, h.stride(), h.padding()));

        return new Backward(layer7.dWeights(), layer7.dBias(), outerr6, delta6, layer6.dWeights(), layer6.dBias(),
                outerr5, delta4, layer4.dWeights(), layer4.dBias(), outerr3, delta2, layer2.dWeights(),
                layer2.dBias());
    }

    private INDArray maxpoolBackward(INDArray argmaxes, INDArray inpt, long[] outshape) {
        return MaxPooling.backward(inpt, new MaxPooling.Cache(
                argmaxes, outshape[1], outshape[2], h.poolSize(), h.poolStride(), h.poolPadding()));
    }
}
