package io.github.backprop4j.benchmark;

import io.github.backprop4j.layers.AveragePooling;
import io.github.backprop4j.layers.BatchNormalization;
import io.github.backprop4j.layers.FullyConnected;
import io.github.backprop4j.layers.LeakyRelu;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import io.github.backprop4j.layers.Softmax;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Functions;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Precision;
import java.util.Random;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A forward or backward of one layer on a slice of {@value #BATCH} images, in float32 and at a size that it has in the
 * notebook's network. That network has no average pooling, leaky ReLU or batch normalization: these stand where max
 * pooling, ReLU and the first convolution's output are.
 */
public enum LayerPass {
    CONVOLUTION_1_FORWARD("convolution 1 forward (im2col)", 2 * Filters.FIRST.products(),
            () -> convolutionForward(Engine.IM2COL, Filters.FIRST)),
    /** Without the images' gradient, as in training. */
    CONVOLUTION_1_BACKWARD("convolution 1 backward (im2col)", 2 * Filters.FIRST.products(),
            () -> convolutionBackward(Engine.IM2COL, Filters.FIRST, false)),
    CONVOLUTION_2_FORWARD("convolution 2 forward (im2col)", 2 * Filters.SECOND.products(),
            () -> convolutionForward(Engine.IM2COL, Filters.SECOND)),
    CONVOLUTION_2_BACKWARD("convolution 2 backward (im2col)", 4 * Filters.SECOND.products(),
            () -> convolutionBackward(Engine.IM2COL, Filters.SECOND, true)),
    ONEDNN_CONVOLUTION_1_FORWARD("convolution 1 forward (onednn)", 2 * Filters.FIRST.products(),
            () -> convolutionForward(Engine.ONEDNN, Filters.FIRST)),
    /** Without the images' gradient, as in training. */
    ONEDNN_CONVOLUTION_1_BACKWARD("convolution 1 backward (onednn)", 2 * Filters.FIRST.products(),
            () -> convolutionBackward(Engine.ONEDNN, Filters.FIRST, false)),
    ONEDNN_CONVOLUTION_2_FORWARD("convolution 2 forward (onednn)", 2 * Filters.SECOND.products(),
            () -> convolutionForward(Engine.ONEDNN, Filters.SECOND)),
    ONEDNN_CONVOLUTION_2_BACKWARD("convolution 2 backward (onednn)", 4 * Filters.SECOND.products(),
            () -> convolutionBackward(Engine.ONEDNN, Filters.SECOND, true)),

    MAX_POOLING_FORWARD("max pooling forward", 0, () -> {
        INDArray x = unpooled();
        return () -> MaxPooling.forward(x, 2, 2, 0);
    }),
    MAX_POOLING_BACKWARD("max pooling backward", 0, () -> {
        MaxPooling.Cache cache = MaxPooling.forward(unpooled(), 2, 2, 0).cache();
        INDArray dOut = pooled();
        return () -> MaxPooling.backward(dOut, cache);
    }),
    ONEDNN_MAX_POOLING_FORWARD("max pooling forward (onednn)", 0, () -> {
        INDArray x = unpooled();
        return () -> functions(Engine.ONEDNN).maxPooling(x, 2, 2);
    }),
    ONEDNN_MAX_POOLING_BACKWARD("max pooling backward (onednn)", 0, () -> {
        Functions.Pass pass = functions(Engine.ONEDNN).maxPooling(unpooled(), 2, 2);
        INDArray dOut = pooled();
        return () -> pass.backward().apply(dOut);
    }),
    AVERAGE_POOLING_FORWARD("average pooling forward", 0, () -> {
        INDArray x = unpooled();
        return () -> AveragePooling.forward(x, 2, 2, 0);
    }),
    AVERAGE_POOLING_BACKWARD("average pooling backward", 0, () -> {
        AveragePooling.Cache cache = AveragePooling.forward(unpooled(), 2, 2, 0).cache();
        INDArray dOut = pooled();
        return () -> AveragePooling.backward(dOut, cache);
    }),

    RELU_FORWARD("relu forward", 0, () -> {
        INDArray x = pooled();
        return () -> Relu.forward(x);
    }),
    RELU_BACKWARD("relu backward", 0, () -> {
        Relu.Cache cache = Relu.forward(pooled()).cache();
        INDArray dOut = pooled();
        return () -> Relu.backward(dOut, cache);
    }),
    LEAKY_RELU_FORWARD("leaky relu forward", 0, () -> {
        INDArray x = pooled();
        return () -> LeakyRelu.forward(x, 0.01);
    }),
    LEAKY_RELU_BACKWARD("leaky relu backward", 0, () -> {
        LeakyRelu.Cache cache = LeakyRelu.forward(pooled(), 0.01).cache();
        INDArray dOut = pooled();
        return () -> LeakyRelu.backward(dOut, cache);
    }),
    BATCH_NORMALIZATION_FORWARD("batch normalization forward", 0, () -> {
        INDArray x = unpooled();
        INDArray scale = gaussian(10);
        INDArray shift = gaussian(10);
        return () -> BatchNormalization.forward(x, scale, shift, 1e-5);
    }),
    BATCH_NORMALIZATION_BACKWARD("batch normalization backward", 0, () -> {
        BatchNormalization.Cache cache =
                BatchNormalization.forward(unpooled(), gaussian(10), gaussian(10), 1e-5).cache();
        INDArray dOut = unpooled();
        return () -> BatchNormalization.backward(dOut, cache);
    }),

    FULLY_CONNECTED_FORWARD("fully connected forward", 2 * 1280 * 100, () -> {
        INDArray x = gaussian(LayerPass.BATCH, 1280);
        INDArray weights = gaussian(1280, 100);
        INDArray bias = gaussian(100);
        return () -> FullyConnected.forward(x, weights, bias);
    }),
    FULLY_CONNECTED_BACKWARD("fully connected backward", 4 * 1280 * 100, () -> {
        FullyConnected.Cache cache = new FullyConnected.Cache(gaussian(LayerPass.BATCH, 1280), gaussian(1280, 100));
        INDArray dOut = gaussian(LayerPass.BATCH, 100);
        return () -> FullyConnected.backward(dOut, cache);
    }),

    SOFTMAX("softmax forward", 0, () -> {
        INDArray logits = gaussian(LayerPass.BATCH, 10);
        return () -> Softmax.forward(logits);
    }),
    /** Softmax, cross-entropy and its gradient, as training has them. */
    LOSS("loss forward and backward", 0, () -> {
        INDArray logits = gaussian(LayerPass.BATCH, 10);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, LayerPass.BATCH, 10);
        for (int n = 0; n < LayerPass.BATCH; n++) {
            labels.putScalar(n, n % 10, 1);
        }
        return () -> Loss.of(logits, labels);
    });

    /** Images in the slice: as many as training gives to a thread at once. */
    public static final int BATCH = 32;

    private final String label;
    private final long flops;
    private final Supplier<Supplier<?>> preparation;

    LayerPass(String label, long flops, Supplier<Supplier<?>> preparation) {
        this.label = label;
        this.flops = flops;
        this.preparation = preparation;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /**
     * Floating-point operations for each image: the multiplications and additions of the matrix products that define
     * the layer, whatever an engine makes of them; 0 if it has none.
     */
    public long flops() {
        return flops;
    }

    /** Makes the arguments; what is returned does the work, as often as it is called. */
    Supplier<?> prepare() {
        return preparation.get();
    }

    /** The filters of 5×5 of one of the network's convolutions, with stride 1 and padding 2. */
    private record Filters(int channels, int count, int side) {

        static final Filters FIRST = new Filters(3, 10, 32);
        static final Filters SECOND = new Filters(10, 20, 16);

        /** Multiplications for one image. */
        long products() {
            return (long) count * channels * 5 * 5 * side * side;
        }

        INDArray x() {
            return gaussian(BATCH, channels, side, side);
        }

        INDArray weights() {
            return gaussian(count, channels, 5, 5);
        }

        INDArray dOut() {
            return gaussian(BATCH, count, side, side);
        }
    }

    private static Functions functions(Engine engine) {
        return engine.functions(Precision.FLOAT32);
    }

    private static Supplier<?> convolutionForward(Engine engine, Filters filters) {
        INDArray x = filters.x();
        INDArray weights = filters.weights();
        INDArray bias = gaussian(filters.count);
        return () -> functions(engine).convolution(x, weights, bias, 1, 2);
    }

    private static Supplier<?> convolutionBackward(Engine engine, Filters filters, boolean needsInput) {
        INDArray dWeights = filters.weights();
        INDArray dBias = gaussian(filters.count);
        Functions.WeightedPass pass =
                functions(engine).convolution(filters.x(), filters.weights(), gaussian(filters.count), 1, 2);
        INDArray dOut = filters.dOut();
        return () -> pass.backward().apply(dOut, dWeights, dBias, needsInput);
    }

    /** What comes out of the first convolution. */
    private static INDArray unpooled() {
        return gaussian(BATCH, 10, 32, 32);
    }

    /** What comes out of the first max pooling. */
    private static INDArray pooled() {
        return gaussian(BATCH, 10, 16, 16);
    }

    private static INDArray gaussian(int... shape) {
        int length = 1;
        for (int size : shape) {
            length *= size;
        }
        float[] values = new float[length];
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Nd4j.create(values, shape, 'c');
    }
}
