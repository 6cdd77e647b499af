package io.github.backprop4j.onnx;

import io.github.backprop4j.network.AveragePoolLayer;
import io.github.backprop4j.network.ConvLayer;
import io.github.backprop4j.network.GlobalAveragePoolLayer;
import io.github.backprop4j.network.GlobalMaxPoolLayer;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.MaxPoolLayer;
import io.github.backprop4j.onnx.Operator.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The operators that slide windows over images, or take whole images: convolutions, pooling, padding. */
final class WindowOperators {

    /** Far more than images have. */
    private static final long MAX_SIDE = 1 << 24;

    static final List<Operator> ALL = List.of(
            Operator.of("Conv", WindowOperators::convolution,
                    "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"),
            Operator.of("MaxPool", WindowOperators::maxPool,
                    "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"),
            Operator.of("AveragePool", WindowOperators::averagePool,
                    "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"),
            Operator.of("GlobalAveragePool", (node, x) -> global(node, x, new GlobalAveragePoolLayer(), true)),
            Operator.of("GlobalMaxPool", (node, x) -> global(node, x, new GlobalMaxPoolLayer(), true)),
            Operator.of("ReduceMean", (node, x) -> reduce(node, x, new GlobalAveragePoolLayer()),
                    "axes", "keepdims", "noop_with_empty_axes"),
            Operator.of("ReduceMax", (node, x) -> reduce(node, x, new GlobalMaxPoolLayer()),
                    "axes", "keepdims", "noop_with_empty_axes"),
            Operator.of("Pad", WindowOperators::pad, "mode", "pads", "value"));

    private WindowOperators() {}

    private static Result convolution(Node node, Value x) {
        requireImages(node, x);
        INDArray weights = node.floats(1);
        if (weights.rank() != 4 || weights.size(2) != weights.size(3)) {
            throw node.error("has filters of shape " + Arrays.toString(weights.shape())
                    + ", expected square ones, (F, C, K, K)");
        }
        node.require("group", 1);
        if (weights.size(1) != x.dims()[0]) {
            throw node.error("has filters for " + weights.size(1) + " channels, but its input is " + x);
        }
        int kernel = Math.toIntExact(weights.size(2));
        if (!Arrays.equals(node.wholes("kernel_shape", kernel, kernel), new long[] {kernel, kernel})) {
            throw node.error("has kernel_shape " + Arrays.toString(node.wholes("kernel_shape")) + ", but filters of "
                    + kernel + "x" + kernel);
        }
        int stride = stride(node);
        int padding = padding(node);
        int filters = Math.toIntExact(weights.size(0));
        boolean bias = node.hasInput(2);
        ConvLayer layer = new ConvLayer(filters, kernel, stride, padding, bias);
        List<INDArray> arrays = bias ? List.of(weights, node.floats(2, filters)) : List.of(weights);
        return image(node, new Piece.Part(layer, arrays), filters, x, kernel, stride, padding);
    }

    private static Result maxPool(Node node, Value x) {
        if (node.outputs().size() > 1) {
            throw node.error("gives the places of its maxima, which has no counterpart here");
        }
        node.require("storage_order", 0);
        int size = poolSize(node, x);
        return pool(node, x, new MaxPoolLayer(size, stride(node)), size, false);
    }

    private static Result averagePool(Node node, Value x) {
        int size = poolSize(node, x);
        if (padding(node) != 0) {
            node.requireGiven("count_include_pad", 1);
        }
        return pool(node, x, new AveragePoolLayer(size, stride(node)), size, true);
    }

    private static Result pool(Node node, Value x, Layer layer, int size, boolean asZeros) {
        int padding = padding(node);
        if (padding >= size) {
            throw node.error("has pads " + padding + " for windows of " + size + "x" + size + ", expected fewer");
        }
        if (size == 1 && stride(node) == 1) {
            // what adaptive pooling comes to where the sizes agree
            return new Result(new Piece.Same(), x);
        }
        return image(node, padding == 0 ? new Piece.Part(layer) : new Piece.PaddedPooling(layer, padding, asZeros),
                x.dims()[0], x, size, stride(node), padding);
    }

    private static int poolSize(Node node, Value x) {
        requireImages(node, x);
        int size = square(node, "kernel_shape", node.wholes("kernel_shape"));
        int stride = stride(node);
        long padded = 2L * padding(node);
        long ceil = node.whole("ceil_mode", 0);
        if (ceil != 0 && LongStream.of(x.dims()[1], x.dims()[2]).anyMatch(side -> (side + padded - size) % stride != 0)) {
            throw node.error("has ceil_mode " + ceil + " for windows that do not tile its input " + x
                    + ", which has no counterpart here, expected 0");
        }
        return size;
    }

    private static Result global(Node node, Value x, Layer layer, boolean keepsDimensions) {
        requireImages(node, x);
        long channels = x.dims()[0];
        return new Result(new Piece.Part(layer), new Value(
                keepsDimensions ? new long[] {channels, 1, 1} : new long[] {channels}, new long[] {channels}));
    }

    private static Result reduce(Node node, Value x, Layer layer) {
        long[] axes = node.hasInput(1) ? node.integers(1) : node.wholes("axes");
        int rank = x.dims().length + 1;
        long[] sorted = Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).sorted().toArray();
        if (!Arrays.equals(sorted, new long[] {2, 3})) {
            throw node.error("goes over the axes " + Arrays.toString(axes) + ", expected height and width, 2 and 3");
        }
        return global(node, x, layer, node.whole("keepdims", 1) != 0);
    }

    private static Result pad(Node node, Value x) {
        requireImages(node, x);
        if (!node.text("mode", "constant").equals("constant")) {
            throw node.error("has mode " + node.text("mode", "") + ", which has no counterpart here, expected constant");
        }
        double value = node.hasInput(2) ? node.number(2) : node.real("value", 0);
        long[] pads = node.hasInput(1) ? node.integers(1) : node.wholes("pads");
        if (node.hasInput(3) || pads.length != 8) {
            throw node.error("has pads " + Arrays.toString(pads) + ", expected a beginning and an end for each of 4 axes");
        }
        long most = Arrays.stream(pads).max().orElse(0);
        if (Arrays.stream(pads).allMatch(each -> each == 0)) {
            return new Result(new Piece.Same(), x);
        }
        if (value != 0 || most > MAX_SIDE || !Arrays.equals(pads, new long[] {0, 0, most, most, 0, 0, most, most})) {
            throw node.error("pads by " + Arrays.toString(pads) + " with " + value
                    + ", which has no counterpart here, expected zeros, as many on each of the four sides");
        }
        long[] dims = {x.dims()[0], x.dims()[1] + 2 * most, x.dims()[2] + 2 * most};
        return new Result(new Piece.ZeroPadding((int) most), new Value(dims, dims));
    }

    private static int stride(Node node) {
        return square(node, "strides", node.wholes("strides", 1, 1));
    }

    private static int padding(Node node) {
        String auto = node.text("auto_pad", "NOTSET");
        if (!Set.of("NOTSET", "VALID").contains(auto)) {
            throw node.error("has auto_pad " + auto + ", which has no counterpart here; export it with explicit pads");
        }
        if (auto.equals("VALID") && node.has("pads")) {
            throw node.error("has both auto_pad VALID and pads, expected one of them");
        }
        node.requireAll("dilations", 1);
        long[] pads = node.wholes("pads", 0, 0, 0, 0);
        long first = pads.length == 4 ? pads[0] : -1;
        if (first < 0 || first > MAX_SIDE || Arrays.stream(pads).anyMatch(each -> each != first)) {
            throw node.error("has pads " + Arrays.toString(pads)
                    + ", which has no counterpart here, expected the same on all four sides");
        }
        return (int) first;
    }

    private static int square(Node node, String name, long[] sizes) {
        if (sizes.length != 2 || sizes[0] != sizes[1] || sizes[0] < 1 || sizes[0] > MAX_SIDE) {
            throw node.error("has " + name + " " + Arrays.toString(sizes)
                    + ", which has no counterpart here, expected two equal numbers above 0");
        }
        return (int) sizes[0];
    }

    private static Result image(Node node, Piece piece, long channels, Value x, int size, int stride, int padding) {
        long height = x.dims()[1] + 2L * padding - size;
        long width = x.dims()[2] + 2L * padding - size;
        if (height < 0 || width < 0) {
            throw node.error("has windows of " + size + "x" + size + ", larger than its input " + x);
        }
        long[] dims = {channels, height / stride + 1, width / stride + 1};
        return new Result(piece, new Value(dims, dims));
    }

    private static void requireImages(Node node, Value x) {
        if (!x.isImage()) {
            throw node.error("gets " + x + ", expected images (N, C, H, W) that no global pooling or fully connected layer"
                    + " has gone over yet");
        }
    }
}
