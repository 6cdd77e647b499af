package io.github.backprop4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Computes the functions of {@link Convolution} by ND4J's operations {@code conv2d} and {@code conv2d_bp}, which call
 * oneDNN in ND4J's build with it. Arguments, results and errors are those of {@link Convolution}.
 */
public final class NativeConvolution {

    private NativeConvolution() {}

    /** Returns whether ND4J's build in this process has oneDNN. */
    public static boolean callsOneDnn() {
        // without a backend loaded there are no native operations to ask
        Nd4j.getBackend();
        return NativeOpsHolder.getInstance().getDeviceNativeOps().buildInfo().contains("HAVE_ONEDNN");
    }

    /** Computes {@link Convolution#forward}. */
    public static Convolution.Forward forward(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
        Lowering lowering = Convolution.requireFits(x, weights, bias, stride, padding);
        Convolution.Cache cache = new Convolution.Cache(x, Arguments.rowMajor(weights), stride, padding);
        INDArray out = Nd4j.createUninitialized(x.dataType(),
                new long[] {x.size(0), weights.size(0), lowering.outHeight(), lowering.outWidth()}, 'c');
        Nd4j.exec(operation("conv2d", cache).addInputs(cache.x(), cache.weights(), bias).addOutputs(out).build());
        return new Convolution.Forward(out, cache);
    }

    /** Computes {@link Convolution#backward}; the cache may come from either forward. */
    public static Convolution.Gradients backward(INDArray dOut, Convolution.Cache cache) {
        INDArray error = Convolution.requireError(dOut, cache);
        INDArray dx = Nd4j.createUninitialized(error.dataType(), cache.x().shape(), 'c');
        INDArray dWeights = Nd4j.createUninitialized(error.dataType(), cache.weights().shape(), 'c');
        INDArray dBias = Nd4j.createUninitialized(error.dataType(), cache.weights().size(0));
        Nd4j.exec(operation("conv2d_bp", cache)
                // conv2d_bp computes dBias if it is given a bias, and does not read it
                .addInputs(cache.x(), cache.weights(), dBias, error).addOutputs(dx, dWeights, dBias).build());
        return new Convolution.Gradients(dx, dWeights, dBias);
    }

    private static DynamicCustomOp.DynamicCustomOpsBuilder operation(String name, Convolution.Cache cache) {
        int kernelHeight = (int) cache.weights().size(2);
        int kernelWidth = (int) cache.weights().size(3);
        // kernel, stride, padding and dilation, each down and right; then: the padding is as given, images are
        // (N, C, H, W), weights (F, C, KH, KW)
        return DynamicCustomOp.builder(name).addIntegerArguments(kernelHeight, kernelWidth, cache.stride(),
                cache.stride(), cache.padding(), cache.padding(), 1, 1, 0, 0, 1);
    }
}
