package io.github.backprop4j.onnx;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The shape of what flows from node to node, of one example.
 *
 * @param dims as ONNX has it, without N: (C, H, W), also (C, 1, 1) behind global pooling, or (D) when flattened
 * @param ours as the layers here have it: (C, H, W) until the first fully connected layer or global pooling, then (D)
 */
record Value(long[] dims, long[] ours) {

    boolean isImage() {
        return dims.length == 3 && ours.length == 3;
    }

    long length() {
        return Arrays.stream(dims).reduce(1, Math::multiplyExact);
    }

    boolean hasDimsOf(Value other) {
        return Arrays.equals(dims, other.dims) && Arrays.equals(ours, other.ours);
    }

    @Override
    public String toString() {
        return text(dims);
    }

    /** Returns the shape as errors show it: {@code (N, 3, 32, 32)}. */
    static String text(long[] dims) {
        return Arrays.stream(dims).mapToObj(size -> ", " + size).collect(Collectors.joining("", "(N", ")"));
    }
}
