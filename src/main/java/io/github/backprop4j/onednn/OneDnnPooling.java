package io.github.backprop4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import io.github.backprop4j.layers.Arguments;
import io.github.backprop4j.layers.AveragePooling;
import io.github.backprop4j.layers.FloorWindows;
import io.github.backprop4j.layers.GlobalAveragePooling;
import io.github.backprop4j.layers.GlobalMaxPooling;
import io.github.backprop4j.layers.MaxPooling;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link MaxPooling}, {@link AveragePooling}, {@link GlobalAveragePooling} and {@link GlobalMaxPooling} by oneDNN, without
 * padding, for windows that need not tile the image: the rows and columns that are left over at the bottom and on the right
 * belong to no window, and their gradient is 0.
 */
public final class OneDnnPooling {

    /**
     * What {@link #backward} needs.
     *
     * @param winners where in each window the largest value was, in oneDNN's own form; null for average pooling
     */
    public record Cache(Geometry geometry, INDArray winners) {}

    /** The output, (N, C, OH, OW), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private OneDnnPooling() {}

    /**
     * Computes {@link MaxPooling#forward}.
     *
     * @param x images, (N, C, H, W), float32
     * @param size pixels on each side of a window, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @throws IllegalArgumentException if x is no such array or smaller than a window
     */
    public static Forward max(INDArray x, int size, int stride) {
        Arguments.requireRank("max pooling", "x", x, "N, C, H, W");
        FloorWindows windows = new FloorWindows(size, stride, 0);
        Geometry geometry = new Geometry(x.size(0), x.size(1), x.size(2), x.size(3), size, size, stride,
                MaxPooling.outputSize(windows.covered(x.size(2)), size, stride, 0),
                MaxPooling.outputSize(windows.covered(x.size(3)), size, stride, 0), true);
        return geometry.forward(x, geometry.newWinners());
    }

    /**
     * Computes {@link AveragePooling#forward}.
     *
     * @param x images, (N, C, H, W), float32
     * @param size pixels on each side of a window, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @throws IllegalArgumentException if x is no such array or smaller than a window
     */
    public static Forward average(INDArray x, int size, int stride) {
        Arguments.requireRank("average pooling", "x", x, "N, C, H, W");
        FloorWindows windows = new FloorWindows(size, stride, 0);
        return new Geometry(x.size(0), x.size(1), x.size(2), x.size(3), size, size, stride,
                AveragePooling.outputSize(windows.covered(x.size(2)), size, stride, 0),
                AveragePooling.outputSize(windows.covered(x.size(3)), size, stride, 0), false).forward(x, null);
    }

    /**
     * Computes {@link GlobalAveragePooling#forward}, with an output (N, C, 1, 1).
     *
     * @param x images, (N, C, H, W), float32
     * @throws IllegalArgumentException if x is no such array
     */
    public static Forward globalAverage(INDArray x) {
        Arguments.requireRank("global average pooling", "x", x, "N, C, H, W");
        return Geometry.global(x, false).forward(x, null);
    }

    /**
     * Computes {@link GlobalMaxPooling#forward}, with an output (N, C, 1, 1).
     *
     * @param x images, (N, C, H, W), float32
     * @throws IllegalArgumentException if x is no such array
     */
    public static Forward globalMax(INDArray x) {
        Arguments.requireRank("global max pooling", "x", x, "N, C, H, W");
        Geometry geometry = Geometry.global(x, true);
        return geometry.forward(x, geometry.newWinners());
    }

    /**
     * Computes the gradient of the images.
     *
     * @param dOut gradient of the output, (N, C, OH, OW)
     * @param cache from the forward of the same batch
     * @return dx, (N, C, H, W)
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        return cache.geometry.backward(dOut, cache.winners);
    }

    private enum Pass { FORWARD, BACKWARD }

    private record Key(Geometry geometry, Pass pass) {}

    /** All that its primitives depend on. */
    record Geometry(long images, long channels, long height, long width, long windowHeight, long windowWidth, int stride,
            long outHeight, long outWidth, boolean max) {

        private static Geometry global(INDArray x, boolean max) {
            return new Geometry(x.size(0), x.size(1), x.size(2), x.size(3), x.size(2), x.size(3), 1, 1, 1, max);
        }

        private INDArray newWinners() {
            return Nd4j.createUninitialized(DataType.INT8, winnersLength());
        }

        private Forward forward(INDArray x, INDArray winners) {
            Arguments.requireType(name(), "x", x, DataType.FLOAT);
            INDArray out = Layout.channelsLast(images, channels, outHeight, outWidth);
            Call call = Primitives.of(new Key(this, Pass.FORWARD), () -> withWinners(new Call(
                    new pooling_forward(forwardForm())).argument(DNNL_ARG_SRC, x()).argument(DNNL_ARG_DST, out())));
            call.with(DNNL_ARG_SRC, Layout.forOneDnn(x)).with(DNNL_ARG_DST, out);
            run(call, winners);
            return new Forward(out, new Cache(this, winners));
        }

        private INDArray backward(INDArray dOut, INDArray winners) {
            Arguments.requireShape(name(), "dOut", dOut, images, channels, outHeight, outWidth);
            Arguments.requireType(name(), "dOut", dOut, DataType.FLOAT);
            INDArray dx = Layout.channelsLast(images, channels, height, width);
            Call call = Primitives.of(new Key(this, Pass.BACKWARD), () -> withWinners(new Call(new pooling_backward(
                    new pooling_backward.primitive_desc(Primitives.engine(), kind(), x(), out(), strides(), windows(),
                            none(), none(), none(), forwardForm())))
                    .argument(DNNL_ARG_DIFF_DST, out()).argument(DNNL_ARG_DIFF_SRC, x())));
            call.with(DNNL_ARG_DIFF_DST, Layout.forOneDnn(dOut)).with(DNNL_ARG_DIFF_SRC, dx);
            run(call, winners);
            return dx;
        }

        private Call withWinners(Call call) {
            return max ? call.argument(DNNL_ARG_WORKSPACE, forwardForm().workspace_desc()) : call;
        }

        private void run(Call call, INDArray winners) {
            if (max) {
                call.with(DNNL_ARG_WORKSPACE, winners);
            }
            call.run();
        }

        private long winnersLength() {
            record LengthKey(Geometry geometry) {}
            return Primitives.<Long>of(new LengthKey(this), () -> forwardForm().workspace_desc().get_size());
        }

        private pooling_forward.primitive_desc forwardForm() {
            return new pooling_forward.primitive_desc(Primitives.engine(), prop_kind.forward_training, kind(), x(), out(),
                    strides(), windows(), none(), none(), none());
        }

        private algorithm kind() {
            return max ? algorithm.pooling_max : algorithm.pooling_avg_exclude_padding;
        }

        private String name() {
            boolean global = windowHeight == height && windowWidth == width;
            return (global ? "global " : "") + (max ? "max pooling" : "average pooling");
        }

        private memory.desc x() {
            return Layout.channelsLastForm(images, channels, height, width);
        }

        private memory.desc out() {
            return Layout.channelsLastForm(images, channels, outHeight, outWidth);
        }

        private long[] strides() {
            return new long[] {stride, stride};
        }

        private long[] windows() {
            return new long[] {windowHeight, windowWidth};
        }

        /** Neither dilation nor padding. */
        private static long[] none() {
            return new long[] {0, 0};
        }
    }
}
