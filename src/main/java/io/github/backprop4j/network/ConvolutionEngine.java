package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.NativeConvolution;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What computes convolutions. Every engine computes the functions of {@link Convolution} and makes the same demands on
 * their arguments. In float32 their results agree to 1e-5 of the largest magnitude.
 */
public enum ConvolutionEngine {

    /** {@link Convolution} itself, by ND4J's im2col and OpenBLAS; it is available everywhere. */
    IM2COL {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public Convolution.Forward forward(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
            return Convolution.forward(x, weights, bias, stride, padding);
        }

        @Override
        public Convolution.Gradients backward(INDArray dOut, Convolution.Cache cache) {
            return Convolution.backward(dOut, cache);
        }

        @Override
        public Convolution.ParameterGradients backwardParameters(INDArray dOut, Convolution.Cache cache) {
            return Convolution.backwardParameters(dOut, cache);
        }
    },

    /**
     * ND4J's {@code conv2d} and {@code conv2d_bp}, which call oneDNN if ND4J's onednn build is on the class path: the
     * artifact nd4j-native with a classifier like {@code linux-x86_64-onednn-avx2} beside the usual one. In float64,
     * which oneDNN does not compute, they are slow.
     */
    ONEDNN {
        @Override
        public boolean isAvailable() {
            return NativeConvolution.callsOneDnn();
        }

        @Override
        public Convolution.Forward forward(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
            return NativeConvolution.forward(x, weights, bias, stride, padding);
        }

        @Override
        public Convolution.Gradients backward(INDArray dOut, Convolution.Cache cache) {
            return NativeConvolution.backward(dOut, cache);
        }

        @Override
        public Convolution.ParameterGradients backwardParameters(INDArray dOut, Convolution.Cache cache) {
            // conv2d_bp always computes dx as well: 159 µs an image for the notebook's layer 2 where this takes 98, and
            // 107 where this takes 72 for its layer 4
            return Convolution.backwardParameters(dOut, cache);
        }
    };

    /** Returns whether this process has what the engine needs. */
    public abstract boolean isAvailable();

    /**
     * Checks that the engine is available.
     *
     * @throws InvalidInputException if it is not; the message says what to do
     */
    public void requireAvailable() {
        if (!isAvailable()) {
            throw new InvalidInputException("engine: " + this + ", but ND4J's onednn build is not on the class path;"
                    + " build with mvn -Ponednn, or add org.nd4j:nd4j-native with a classifier like"
                    + " linux-x86_64-onednn-avx2");
        }
    }

    /** Computes {@link Convolution#forward}. */
    public abstract Convolution.Forward forward(
            INDArray x, INDArray weights, INDArray bias, int stride, int padding);

    /** Computes {@link Convolution#backward}; the cache may come from any engine's forward. */
    public abstract Convolution.Gradients backward(INDArray dOut, Convolution.Cache cache);

    /** Computes {@link Convolution#backwardParameters}; the cache may come from any engine's forward. */
    public abstract Convolution.ParameterGradients backwardParameters(INDArray dOut, Convolution.Cache cache);

    /** Returns the engine's name in lower case, as the command line takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
