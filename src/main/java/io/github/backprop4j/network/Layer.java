package io.github.backprop4j.network;

import io.github.backprop4j.layers.AveragePooling;
import io.github.backprop4j.layers.BatchNormalization;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.ConvolutionEngine;
import io.github.backprop4j.layers.FullyConnected;
import io.github.backprop4j.layers.LeakyRelu;
import io.github.backprop4j.layers.Mask;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import io.github.backprop4j.network.Parameter.Kind;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer of an {@link Architecture}: its settings, and the functions of {@code layers} that it stands for.
 *
 * <p>{@code toString} is its text form, as {@link Architecture#parse} reads it. The functions given to a pass find the
 * layer's own arrays by the names of {@link #parameters}.
 */
public sealed interface Layer {

    /** What a pass through the layer gives: its output, and the way back. */
    record Forward(INDArray out, Backward backward) {}

    /** The way back through a layer. */
    @FunctionalInterface
    interface Backward {
        /**
         * @param dOut gradient of the output
         * @param gradients arrays of the parameters' shapes, to be overwritten with their gradients; a running
         *     statistic's with that of this pass
         * @param needsInput whether the gradient of the input is wanted
         * @return the gradient of the input; null if it is not wanted and costs something
         */
        INDArray apply(INDArray dOut, Function<String, INDArray> gradients, boolean needsInput);
    }

    /**
     * The shape of the output for one example.
     *
     * @param input of one example: (C, H, W) or (D)
     * @throws IllegalArgumentException if the layer cannot take such an input
     */
    long[] outputShape(long[] input);

    /** What the layer learns about inputs of that shape; for most, nothing. */
    default List<Parameter> parameters(long[] input) {
        return List.of();
    }

    /**
     * The output for prediction.
     *
     * @param engine of a convolution, as below
     */
    INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine);

    /**
     * The output for training, with what the way back needs.
     *
     * @param random where a layer draws what it drops
     */
    Forward forward(
            INDArray x, Function<String, INDArray> parameters, RandomGenerator random, ConvolutionEngine engine);

    /** {@link Convolution} with square filters: {@code conv:FILTERS:KERNEL:STRIDE:PADDING}. */
    record Conv(int filters, int kernelSize, int stride, int padding) implements Layer {

        /** With stride 1 and a padding that, for an odd kernel, keeps height and width. */
        public Conv(int filters, int kernelSize) {
            this(filters, kernelSize, 1);
        }

        public Conv(int filters, int kernelSize, int stride) {
            this(filters, kernelSize, stride, (kernelSize - 1) / 2);
        }

        public Conv {
            require("filters", filters, filters > 0);
        }

        @Override
        public long[] outputShape(long[] input) {
            requireImages(input);
            return new long[] {filters, Convolution.outputSize(input[1], kernelSize, stride, padding),
                Convolution.outputSize(input[2], kernelSize, stride, padding)};
        }

        @Override
        public List<Parameter> parameters(long[] input) {
            return List.of(new Parameter("weights", Kind.WEIGHTS, filters, input[0], kernelSize, kernelSize),
                    new Parameter("bias", Kind.OFFSET, filters));
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return pass(x, parameters, engine).out();
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            Convolution.Forward forward = pass(x, parameters, engine);
            return new Forward(forward.out(), (dOut, gradients, needsInput) -> {
                if (!needsInput) {
                    Convolution.ParameterGradients own = engine.backwardParameters(dOut, forward.cache());
                    gradients.apply("weights").assign(own.dWeights());
                    gradients.apply("bias").assign(own.dBias());
                    return null;
                }
                Convolution.Gradients all = engine.backward(dOut, forward.cache());
                gradients.apply("weights").assign(all.dWeights());
                gradients.apply("bias").assign(all.dBias());
                return all.dx();
            });
        }

        private Convolution.Forward pass(
                INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return engine.forward(x, parameters.apply("weights"), parameters.apply("bias"), stride, padding);
        }

        @Override
        public String toString() {
            return "conv:" + filters + ":" + kernelSize + ":" + stride + ":" + padding;
        }
    }

    /** {@link MaxPooling}: {@code pool:SIZE:STRIDE}. */
    record MaxPool(int size, int stride) implements Layer {

        /** Windows side by side. */
        public MaxPool(int size) {
            this(size, size);
        }

        @Override
        public long[] outputShape(long[] input) {
            requireImages(input);
            return new long[] {input[0], MaxPooling.outputSize(input[1], size, stride, 0),
                MaxPooling.outputSize(input[2], size, stride, 0)};
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return MaxPooling.forward(x, size, stride, 0).out();
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            MaxPooling.Forward forward = MaxPooling.forward(x, size, stride, 0);
            return new Forward(forward.out(),
                    (dOut, gradients, needsInput) -> MaxPooling.backward(dOut, forward.cache()));
        }

        @Override
        public String toString() {
            return "pool:" + size + ":" + stride;
        }
    }

    /** {@link AveragePooling}: {@code avgpool:SIZE:STRIDE}. */
    record AveragePool(int size, int stride) implements Layer {

        /** Windows side by side. */
        public AveragePool(int size) {
            this(size, size);
        }

        @Override
        public long[] outputShape(long[] input) {
            requireImages(input);
            return new long[] {input[0], AveragePooling.outputSize(input[1], size, stride, 0),
                AveragePooling.outputSize(input[2], size, stride, 0)};
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return AveragePooling.forward(x, size, stride, 0).out();
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            AveragePooling.Forward forward = AveragePooling.forward(x, size, stride, 0);
            return new Forward(forward.out(),
                    (dOut, gradients, needsInput) -> AveragePooling.backward(dOut, forward.cache()));
        }

        @Override
        public String toString() {
            return "avgpool:" + size + ":" + stride;
        }
    }

    /**
     * {@link FullyConnected}, on images flattened if they are not yet: {@code dense:OUTPUTS}.
     *
     * @param dropConnect probability with which training leaves out a weight, a {@link Mask} drawn for each slice, whose
     *     gradient is then masked as well: {@code dropconnect:RATE,dense:OUTPUTS}
     */
    record Dense(int outputs, double dropConnect) implements Layer {

        public Dense(int outputs) {
            this(outputs, 0);
        }

        public Dense {
            require("outputs", outputs, outputs > 0);
            requireRate(dropConnect);
        }

        @Override
        public long[] outputShape(long[] input) {
            return new long[] {outputs};
        }

        @Override
        public List<Parameter> parameters(long[] input) {
            return List.of(new Parameter("weights", Kind.WEIGHTS, length(input), outputs),
                    new Parameter("bias", Kind.OFFSET, outputs));
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return FullyConnected.forward(flat(x), parameters.apply("weights"), parameters.apply("bias")).out();
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            INDArray weights = parameters.apply("weights");
            INDArray mask = dropConnect > 0 ? mask(weights, dropConnect, random) : null;
            FullyConnected.Forward forward = FullyConnected.forward(
                    flat(x), mask == null ? weights : Mask.forward(weights, mask), parameters.apply("bias"));
            return new Forward(forward.out(), (dOut, gradients, needsInput) -> {
                FullyConnected.Gradients all = FullyConnected.backward(dOut, forward.cache());
                gradients.apply("weights").assign(
                        mask == null ? all.dWeights() : Mask.backward(all.dWeights(), mask));
                gradients.apply("bias").assign(all.dBias());
                return all.dx().reshape('c', x.shape());
            });
        }

        private static INDArray flat(INDArray x) {
            return x.rank() == 2 ? x : x.reshape('c', x.size(0), x.length() / x.size(0));
        }

        @Override
        public String toString() {
            return (dropConnect > 0 ? "dropconnect:" + dropConnect + "," : "") + "dense:" + outputs;
        }
    }

    /** {@link io.github.backprop4j.layers.Relu}: {@code relu}. */
    record Rectifier() implements Layer {

        @Override
        public long[] outputShape(long[] input) {
            return input;
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return Relu.forward(x).out();
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            Relu.Forward forward = Relu.forward(x);
            return new Forward(forward.out(), (dOut, gradients, needsInput) -> Relu.backward(dOut, forward.cache()));
        }

        @Override
        public String toString() {
            return "relu";
        }
    }

    /** {@link LeakyRelu}: {@code leakyrelu:SLOPE}. */
    record LeakyRectifier(double slope) implements Layer {

        public LeakyRectifier {
            require("slope", slope, slope >= 0 && slope < 1);
        }

        @Override
        public long[] outputShape(long[] input) {
            return input;
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return LeakyRelu.forward(x, slope).out();
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            LeakyRelu.Forward forward = LeakyRelu.forward(x, slope);
            return new Forward(
                    forward.out(), (dOut, gradients, needsInput) -> LeakyRelu.backward(dOut, forward.cache()));
        }

        @Override
        public String toString() {
            return "leakyrelu:" + slope;
        }
    }

    /**
     * Dropout of activations by a {@link Mask}; nothing is dropped when predicting: {@code dropout:RATE}.
     *
     * @param rate probability with which training leaves out an activation, in [0, 1)
     */
    record Dropout(double rate) implements Layer {

        public Dropout {
            requireRate(rate);
        }

        @Override
        public long[] outputShape(long[] input) {
            return input;
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return x;
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            INDArray mask = mask(x, rate, random);
            return new Forward(
                    Mask.forward(x, mask), (dOut, gradients, needsInput) -> Mask.backward(dOut, mask));
        }

        @Override
        public String toString() {
            return "dropout:" + rate;
        }
    }

    /**
     * {@link BatchNormalization}, each slice by its own statistics in training and by the running ones when predicting:
     * {@code batchnorm}. A slice with a single number for each channel has no variance and leaves the running ones alone.
     */
    record BatchNorm() implements Layer {

        private static final double EPSILON = 1e-5;

        @Override
        public long[] outputShape(long[] input) {
            return input;
        }

        @Override
        public List<Parameter> parameters(long[] input) {
            return List.of(new Parameter("scale", Kind.SCALE, input[0]), new Parameter("shift", Kind.OFFSET, input[0]),
                    new Parameter("mean", Kind.RUNNING_MEAN, input[0]),
                    new Parameter("variance", Kind.RUNNING_VARIANCE, input[0]));
        }

        @Override
        public INDArray predict(INDArray x, Function<String, INDArray> parameters, ConvolutionEngine engine) {
            return BatchNormalization.predict(x, parameters.apply("scale"), parameters.apply("shift"),
                    parameters.apply("mean"), parameters.apply("variance"), EPSILON);
        }

        @Override
        public Forward forward(INDArray x, Function<String, INDArray> parameters, RandomGenerator random,
                ConvolutionEngine engine) {
            BatchNormalization.Forward forward = BatchNormalization.forward(
                    x, parameters.apply("scale"), parameters.apply("shift"), EPSILON);
            return new Forward(forward.out(), (dOut, gradients, needsInput) -> {
                BatchNormalization.Gradients all = BatchNormalization.backward(dOut, forward.cache());
                gradients.apply("scale").assign(all.dScale());
                gradients.apply("shift").assign(all.dShift());
                long elements = x.length() / x.size(1);
                boolean hasVariance = elements > 1;
                gradients.apply("mean").assign(hasVariance ? forward.mean() : parameters.apply("mean"));
                gradients.apply("variance").assign(hasVariance
                        // unbiased, as the paper takes it for prediction
                        ? forward.variance().mul((double) elements / (elements - 1)) : parameters.apply("variance"));
                return all.dx();
            });
        }

        @Override
        public String toString() {
            return "batchnorm";
        }
    }

    private static INDArray mask(INDArray x, double rate, RandomGenerator random) {
        double[] uniform = random.doubles(x.length()).toArray();
        return Mask.of(Nd4j.create(uniform, x.shape(), 'c').castTo(x.dataType()), 1 - rate);
    }

    private static long length(long[] shape) {
        long length = 1;
        for (long size : shape) {
            length = Math.multiplyExact(length, size);
        }
        return length;
    }

    private static void requireImages(long[] input) {
        if (input.length != 3) {
            throw new IllegalArgumentException("expected images (C, H, W); put it before the first dense layer");
        }
    }

    /** The rate itself, if it is a probability below 1. */
    private static double requireRate(double rate) {
        require("rate", rate, rate >= 0 && rate < 1);
        return rate;
    }

    private static void require(String name, Number value, boolean isRight) {
        if (!isRight) {
            throw new IllegalArgumentException(name + " " + value + " is out of range");
        }
    }
}
