package io.github.backprop4j.layers;

import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What computes convolutions. Each computes the functions of {@link Convolution}, takes the same arguments and makes the
 * same demands on them; in float32 results agree to 1e-5 of the largest magnitude.
 */
public enum ConvolutionEngine {

    /** {@link Convolution} itself: ND4J's im2col and OpenBLAS, everywhere. */
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
     * which oneDNN does not know, they are slow.
     */
    ONEDNN {
        @Override
        public boolean isAvailable() {
            // without a backend loaded there are no native operations to ask
            Nd4j.getBackend();
            return NativeOpsHolder.getInstance().getDeviceNativeOps().buildInfo().contains("HAVE_ONEDNN");
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
            // conv2d_bp has no form without the images' gradient, which takes longer than all of this
            return Convolution.backwardParameters(dOut, cache);
        }
    };

    /** Whether this process has what the engine needs. */
    public abstract boolean isAvailable();

    /** @throws IllegalArgumentException if it is not available, with what to do */
    public void requireAvailable() {
        if (!isAvailable()) {
            throw new IllegalArgumentException("engine: " + this + ", but ND4J's onednn build is not on the class path;"
                    + " build with mvn -Ponednn, or add org.nd4j:nd4j-native with classifier "
                    + Loader.getPlatform() + "-onednn-avx2");
        }
    }

    /** See {@link Convolution#forward}. */
    public abstract Convolution.Forward forward(
            INDArray x, INDArray weights, INDArray bias, int stride, int padding);

    /** See {@link Convolution#backward}; the cache may come from any engine's forward. */
    public abstract Convolution.Gradients backward(INDArray dOut, Convolution.Cache cache);

    /** See {@link Convolution#backwardParameters}; the cache may come from any engine's forward. */
    public abstract Convolution.ParameterGradients backwardParameters(INDArray dOut, Convolution.Cache cache);

    /** In lower case, as the command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
