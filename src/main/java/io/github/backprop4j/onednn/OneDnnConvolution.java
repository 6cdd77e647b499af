package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.backprop4j.layers.Arguments;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.FloorWindows;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Convolution} by oneDNN, for windows that need not tile the image: the rows and columns that are left over at the
 * bottom and on the right belong to no window, and their gradient is 0.
 *
 * <p>In bfloat16, the upper half of a float32, it rounds images, weights and errors as they come in; products are added up
 * in float32, in which all arrays are and stay.
 */
public final class OneDnnConvolution {

    /** What {@link #backward} needs: forward's arguments, not copied, so leave them unchanged until then. */
    public record Cache(INDArray x, INDArray weights, int stride, int padding, boolean bfloat16) {}

    /** The output, (N, F, OH, OW), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private OneDnnConvolution() {}

    /**
     * Computes {@link Convolution#forward}.
     *
     * @param x images, (N, C, H, W), float32, as are all arrays
     * @param weights filters, (F, C, KH, KW)
     * @param bias one for each filter, (F)
     * @param stride pixels from one window to the next, at least 1
     * @param padding zero pixels added on each side, at least 0
     * @param bfloat16 whether to round what is multiplied
     * @throws IllegalArgumentException if shapes or data types disagree, or a window is larger than the padded image
     */
    public static Forward forward(
            INDArray x, INDArray weights, INDArray bias, int stride, int padding, boolean bfloat16) {
        Convolution.requireOperands(x, weights, bias);
        Arguments.requireType("convolution", "x", x, DataType.FLOAT);
        Cache cache = new Cache(Layout.forOneDnn(x), Layout.toRows(weights), stride, padding, bfloat16);
        Geometry geometry = Geometry.of(cache);
        INDArray out = geometry.newOutput();
        geometry.forward().with(DNNL_ARG_SRC, cache.x).with(DNNL_ARG_WEIGHTS, cache.weights)
                .with(DNNL_ARG_BIAS, Layout.toRows(bias)).with(DNNL_ARG_DST, out).run();
        return new Forward(out, cache);
    }

    /**
     * Computes {@link Convolution#backward}.
     *
     * @param dOut gradient of the output, (N, F, OH, OW)
     * @param dWeights of the weights' shape, row by row; overwritten with their gradient
     * @param dBias (F), overwritten with the bias's gradient
     * @param needsInput whether the gradient of the images is wanted
     * @return the gradient of the images; null if it is not wanted
     * @throws IllegalArgumentException if dOut has not the output's shape and data type, or a gradient does not lie so
     */
    public static INDArray backward(
            INDArray dOut, Cache cache, INDArray dWeights, INDArray dBias, boolean needsInput) {
        Geometry geometry = Geometry.of(cache);
        Arguments.requireShape("convolution", "dOut", dOut, geometry.outputShape());
        Arguments.requireSameType("convolution", "dOut", dOut, cache.x);
        Layout.requireRows("convolution", "dWeights", dWeights, cache.weights.shape());
        Layout.requireRows("convolution", "dBias", dBias, geometry.filters);
        INDArray error = Layout.forOneDnn(dOut);
        geometry.backwardWeights().with(DNNL_ARG_SRC, cache.x).with(DNNL_ARG_DIFF_DST, error)
                .with(DNNL_ARG_DIFF_WEIGHTS, dWeights).with(DNNL_ARG_DIFF_BIAS, dBias).run();
        if (!needsInput) {
            return null;
        }
        INDArray dx = Layout.like(cache.x);
        geometry.backwardInput().with(DNNL_ARG_DIFF_DST, error).with(DNNL_ARG_WEIGHTS, cache.weights)
                .with(DNNL_ARG_DIFF_SRC, dx).run();
        return dx;
    }

    private enum Pass { FORWARD, BACKWARD_WEIGHTS, BACKWARD_INPUT }

    private record Key(Geometry geometry, Pass pass) {}

    /** All that its primitives depend on. */
    private record Geometry(
            long images, long channels, long height, long width, long filters, long kernelHeight, long kernelWidth,
            int stride, int padding, long outHeight, long outWidth, boolean bfloat16) {

        private static Geometry of(Cache cache) {
            INDArray x = cache.x;
            INDArray weights = cache.weights;
            return new Geometry(x.size(0), x.size(1), x.size(2), x.size(3), weights.size(0), weights.size(2),
                    weights.size(3), cache.stride, cache.padding,
                    outputSize(x.size(2), weights.size(2), cache), outputSize(x.size(3), weights.size(3), cache),
                    cache.bfloat16);
        }

        private static long outputSize(long side, long kernel, Cache cache) {
            return Convolution.outputSize(new FloorWindows((int) kernel, cache.stride, cache.padding).covered(side),
                    (int) kernel, cache.stride, cache.padding);
        }

        private long[] outputShape() {
            return new long[] {images, filters, outHeight, outWidth};
        }

        private INDArray newOutput() {
            return Layout.channelsLast(images, filters, outHeight, outWidth);
        }

        private Call forward() {
            return Primitives.of(new Key(this, Pass.FORWARD), () -> {
                convolution_forward.primitive_desc form = forwardForm();
                return new Call(new convolution_forward(form)).input(DNNL_ARG_SRC, x(), form.src_desc())
                        .input(DNNL_ARG_WEIGHTS, weights(), form.weights_desc())
                        .argument(DNNL_ARG_BIAS, bias()).argument(DNNL_ARG_DST, out());
            });
        }

        private convolution_forward.primitive_desc forwardForm() {
            return new convolution_forward.primitive_desc(Primitives.engine(), prop_kind.forward_training,
                    algorithm.convolution_direct, Layout.rounded(x(), bfloat16), Layout.chosen(weights(), bfloat16),
                    bias(), out(), strides(), paddings(), paddings());
        }

        private Call backwardWeights() {
            return Primitives.of(new Key(this, Pass.BACKWARD_WEIGHTS), () -> {
                convolution_backward_weights.primitive_desc form = new convolution_backward_weights.primitive_desc(
                        Primitives.engine(), algorithm.convolution_direct, Layout.rounded(x(), bfloat16),
                        Layout.chosen(weights(), false), bias(), Layout.rounded(out(), bfloat16), strides(),
                        paddings(), paddings(), forwardForm());
                return new Call(new convolution_backward_weights(form)).input(DNNL_ARG_SRC, x(), form.src_desc())
                        .input(DNNL_ARG_DIFF_DST, out(), form.diff_dst_desc())
                        .output(DNNL_ARG_DIFF_WEIGHTS, weights(), form.diff_weights_desc())
                        .argument(DNNL_ARG_DIFF_BIAS, bias());
            });
        }

        private Call backwardInput() {
            return Primitives.of(new Key(this, Pass.BACKWARD_INPUT), () -> {
                convolution_backward_data.primitive_desc form = new convolution_backward_data.primitive_desc(
                        Primitives.engine(), algorithm.convolution_direct, x(), Layout.chosen(weights(), bfloat16),
                        Layout.rounded(out(), bfloat16), strides(), paddings(), paddings(), forwardForm());
                return new Call(new convolution_backward_data(form))
                        .input(DNNL_ARG_DIFF_DST, out(), form.diff_dst_desc())
                        .input(DNNL_ARG_WEIGHTS, weights(), form.weights_desc())
                        .argument(DNNL_ARG_DIFF_SRC, x());
            });
        }

        private memory.desc x() {
            return Layout.channelsLastForm(images, channels, height, width);
        }

        private memory.desc weights() {
            return Layout.rowForm(filters, channels, kernelHeight, kernelWidth);
        }

        private memory.desc bias() {
            return Layout.rowForm(filters);
        }

        private memory.desc out() {
            return Layout.channelsLastForm(outputShape());
        }

        private long[] strides() {
            return new long[] {stride, stride};
        }

        private long[] paddings() {
            return new long[] {padding, padding};
        }
    }
}
