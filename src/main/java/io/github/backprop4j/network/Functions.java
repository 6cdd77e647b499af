package io.github.backprop4j.network;

import io.github.backprop4j.layers.AveragePooling;
import io.github.backprop4j.layers.BatchNormalization;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.FloorWindows;
import io.github.backprop4j.layers.FullyConnected;
import io.github.backprop4j.layers.Gelu;
import io.github.backprop4j.layers.GlobalAveragePooling;
import io.github.backprop4j.layers.GlobalMaxPooling;
import io.github.backprop4j.layers.LeakyRelu;
import io.github.backprop4j.layers.MaxPooling;
import io.github.backprop4j.layers.Relu;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The functions that layers are made of, as an {@link Engine} computes them. Each gives its output with the way back, for
 * one pass. They are those of {@code layers} unless an engine has its own; of finite float32 numbers every engine's results
 * agree to 1e-5 of the largest magnitude, the gradients of batch normalization to 3e-5. None changes an array that it is
 * given, but for the gradients that a way back fills and what {@link #move} moves.
 *
 * <p>Windows need not tile the image: {@link FloorWindows}.
 */
public interface Functions {

    /** The functions of {@code layers}. */
    Functions OF_LAYERS = new Functions() {};

    /** The output of a function that learns nothing, and its way back: from the gradient of the output to the input's. */
    record Pass(INDArray out, UnaryOperator<INDArray> backward) {}

    /** The output of a function with weights and a bias, and its way back. */
    record WeightedPass(INDArray out, WeightedBackward backward) {}

    /** The way back through a function with weights and a bias. */
    @FunctionalInterface
    interface WeightedBackward {
        /**
         * Computes the gradients.
         *
         * @param dOut gradient of the output
         * @param dWeights row by row, overwritten with the weights' gradient, summed over the examples
         * @param dBias overwritten with the bias's gradient, likewise
         * @param needsInput whether the gradient of the input is wanted
         * @return the gradient of the input; anything, also null, if it is not wanted
         */
        INDArray apply(INDArray dOut, INDArray dWeights, INDArray dBias, boolean needsInput);
    }

    /** The output of batch normalization, its way back, and the batch's statistics, (C), the variance biased. */
    record NormalizedPass(INDArray out, INDArray mean, INDArray variance, NormalizedBackward backward) {}

    /** The way back through batch normalization. */
    @FunctionalInterface
    interface NormalizedBackward {
        /**
         * Computes the gradients.
         *
         * @param dOut gradient of the output
         * @param dScale overwritten with the scale's gradient, summed over the examples
         * @param dShift overwritten with the shift's gradient, likewise
         * @return the gradient of the input
         */
        INDArray apply(INDArray dOut, INDArray dScale, INDArray dShift);
    }

    /** Returns the same functions with all operands in float32: these, unless they round some. */
    default Functions inFloat32() {
        return this;
    }

    /**
     * Computes a {@link Convolution}.
     *
     * @param x images, (N, C, H, W)
     * @param weights filters, (F, C, K, K)
     * @param bias (F)
     */
    default WeightedPass convolution(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
        FloorWindows windows = new FloorWindows((int) weights.size(2), stride, padding);
        FloorWindows.Fitted fitted = windows.fit(x, 0);
        Convolution.Forward forward = Convolution.forward(fitted.x(), weights, bias, stride, fitted.padding());
        return new WeightedPass(forward.out(), (dOut, dWeights, dBias, needsInput) -> {
            if (!needsInput) {
                Convolution.ParameterGradients own = Convolution.backwardParameters(dOut, forward.cache());
                dWeights.assign(own.dWeights());
                dBias.assign(own.dBias());
                return null;
            }
            Convolution.Gradients all = Convolution.backward(dOut, forward.cache());
            dWeights.assign(all.dWeights());
            dBias.assign(all.dBias());
            return windows.unfit(all.dx(), x);
        });
    }

    /**
     * Computes {@link FullyConnected}.
     *
     * @param x examples (N, D), or images, whose D features are theirs row by row
     * @param weights (D, M)
     * @param bias (M)
     */
    default WeightedPass fullyConnected(INDArray x, INDArray weights, INDArray bias) {
        INDArray flat = x.rank() == 2 ? x : x.reshape('c', x.size(0), x.length() / x.size(0));
        FullyConnected.Forward forward = FullyConnected.forward(flat, weights, bias);
        return new WeightedPass(forward.out(), (dOut, dWeights, dBias, needsInput) -> {
            FullyConnected.Gradients all = FullyConnected.backward(dOut, forward.cache());
            dWeights.assign(all.dWeights());
            dBias.assign(all.dBias());
            return all.dx().reshape('c', x.shape());
        });
    }

    /**
     * Computes {@link BatchNormalization} with the statistics of these examples.
     *
     * @param x images (N, C, H, W) or examples (N, C)
     * @param scale (C), as is shift
     */
    default NormalizedPass batchNormalization(INDArray x, INDArray scale, INDArray shift, double epsilon) {
        BatchNormalization.Forward forward = BatchNormalization.forward(x, scale, shift, epsilon);
        return new NormalizedPass(forward.out(), forward.mean(), forward.variance(), (dOut, dScale, dShift) -> {
            BatchNormalization.Gradients all = BatchNormalization.backward(dOut, forward.cache());
            dScale.assign(all.dScale());
            dShift.assign(all.dShift());
            return all.dx();
        });
    }

    /** Computes {@link BatchNormalization#predict}. */
    default INDArray batchNormalization(
            INDArray x, INDArray scale, INDArray shift, INDArray mean, INDArray variance, double epsilon) {
        return BatchNormalization.predict(x, scale, shift, mean, variance, epsilon);
    }

    /** Computes {@link MaxPooling} of images (N, C, H, W). */
    default Pass maxPooling(INDArray x, int size, int stride) {
        FloorWindows windows = new FloorWindows(size, stride, 0);
        MaxPooling.Forward forward = MaxPooling.forward(windows.fit(x, 0).x(), size, stride, 0);
        return new Pass(forward.out(), dOut -> windows.unfit(MaxPooling.backward(dOut, forward.cache()), x));
    }

    /** Computes {@link AveragePooling} of images (N, C, H, W). */
    default Pass averagePooling(INDArray x, int size, int stride) {
        FloorWindows windows = new FloorWindows(size, stride, 0);
        AveragePooling.Forward forward = AveragePooling.forward(windows.fit(x, 0).x(), size, stride, 0);
        return new Pass(forward.out(), dOut -> windows.unfit(AveragePooling.backward(dOut, forward.cache()), x));
    }

    /** Computes {@link GlobalAveragePooling} of images (N, C, H, W). */
    default Pass globalAveragePooling(INDArray x) {
        GlobalAveragePooling.Forward forward = GlobalAveragePooling.forward(x);
        return new Pass(forward.out(), dOut -> GlobalAveragePooling.backward(dOut, forward.cache()));
    }

    /** Computes {@link GlobalMaxPooling} of images (N, C, H, W). */
    default Pass globalMaxPooling(INDArray x) {
        GlobalMaxPooling.Forward forward = GlobalMaxPooling.forward(x);
        return new Pass(forward.out(), dOut -> GlobalMaxPooling.backward(dOut, forward.cache()));
    }

    /** Computes {@link Relu}. */
    default Pass relu(INDArray x) {
        Relu.Forward forward = Relu.forward(x);
        return new Pass(forward.out(), dOut -> Relu.backward(dOut, forward.cache()));
    }

    /** Computes {@link LeakyRelu}. */
    default Pass leakyRelu(INDArray x, double slope) {
        LeakyRelu.Forward forward = LeakyRelu.forward(x, slope);
        return new Pass(forward.out(), dOut -> LeakyRelu.backward(dOut, forward.cache()));
    }

    /** Computes {@link Gelu}. */
    default Pass gelu(INDArray x) {
        Gelu.Forward forward = Gelu.forward(x);
        return new Pass(forward.out(), dOut -> Gelu.backward(dOut, forward.cache()));
    }

    /**
     * Computes {@code (x - mean) · factor}.
     *
     * @param x images, (N, C, H, W)
     * @param mean (C, H, W)
     * @return a new array
     */
    default INDArray scaled(INDArray x, INDArray mean, double factor) {
        return x.sub(mean).muli(factor);
    }

    /**
     * Multiplies every number by a factor.
     *
     * @param x of any shape
     * @return a new array
     */
    default INDArray multiplied(INDArray x, double factor) {
        return x.mul(factor);
    }

    /**
     * Sums each channel over all pixels of all images: a convolution's gradient of the bias.
     *
     * @param x images, (N, C, H, W)
     * @param sums (C), overwritten
     */
    default void sumChannels(INDArray x, INDArray sums) {
        sums.assign(x.sum(0, 2, 3));
    }

    /** Computes the sum of two arrays of one shape. */
    default INDArray sum(INDArray a, INDArray b) {
        return a.add(b);
    }

    /**
     * Moves parameters by a step of an optimizer.
     *
     * @param parameters changed
     * @param gradient of the parameters, of their form; then of no use
     * @param updater knows the optimizer's state of these parameters, and changes it
     * @param step from 0, as is epoch
     */
    default void move(INDArray parameters, INDArray gradient, GradientUpdater<?> updater, int step, int epoch) {
        updater.applyUpdater(gradient, step, epoch);
        parameters.subi(gradient);
    }
}
