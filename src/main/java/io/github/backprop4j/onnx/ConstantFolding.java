package io.github.backprop4j.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The nodes that make constants, of constants or of the shape of what flows: what {@code x.view(x.size(0), -1)} becomes. */
final class ConstantFolding {

    private static final int MAX_INTEGERS = 1 << 16;
    private static final int MAX_RANK = 16;
    private static final Set<TensorProto.DataType> WHOLE =
            Set.of(TensorProto.DataType.INT32, TensorProto.DataType.INT64);

    private ConstantFolding() {}

    /**
     * Computes what a node gives and adds it to its graph's constants.
     *
     * @param node of whose inputs none depends on the images
     * @throws IllegalArgumentException if the operator is none of those that are known
     */
    static void fold(Node node) {
        Constants constants = node.constants();
        String out = node.output();
        switch (node.operator()) {
            case "Constant" -> constant(node, out);
            case "Identity", "Cast", "Unsqueeze", "Squeeze" -> {
                // lists of whole numbers have no dimensions that matter here
                boolean isWhole = constants.integers(node.input(0)).isPresent();
                if (node.operator().equals("Cast")) {
                    requireKept(node, isWhole);
                }
                if (isWhole) {
                    constants.put(out, constants.integers(node.input(0)).get());
                } else {
                    constants.put(out, reshaped(node, node.floats(0)));
                }
            }
            case "Gather" -> {
                long[] from = node.integers(0);
                node.require("axis", 0);
                node.make(node.integers(1).length);
                constants.put(out, new Constants.Integers(Arrays.stream(node.integers(1)).map(index -> {
                    long place = index < 0 ? index + from.length : index;
                    if (place < 0 || place >= from.length) {
                        throw node.error("takes number " + index + " of " + from.length);
                    }
                    return from[(int) place];
                }).toArray()));
            }
            case "Concat" -> {
                long[] all = LongStream.range(0, node.inputs().size()).flatMap(i -> LongStream.of(node.integers((int) i)))
                        .limit(MAX_INTEGERS + 1).toArray();
                if (all.length > MAX_INTEGERS) {
                    throw node.error("makes more than " + MAX_INTEGERS + " numbers");
                }
                node.make(all.length);
                constants.put(out, new Constants.Integers(all));
            }
            case "Transpose" -> {
                INDArray array = node.floats(0);
                if (array.rank() != 2 || !Arrays.equals(node.wholes("perm", 1, 0), new long[] {1, 0})) {
                    throw node.error("transposes a constant of shape " + Arrays.toString(array.shape())
                            + ", expected two axes");
                }
                node.make(array.length());
                constants.put(out, array.transpose());
            }
            case "Reshape" -> constants.put(out, withShape(node, node.floats(0)));
            default -> {
                Operators.requireSupported(node);
                throw node.error("computes a constant, which is done here for few operators; export the model with its"
                        + " constants folded");
            }
        }
    }

    /** Shapes a constant anew, as a mean of three channels is by {@code mean.view(1, 3, 1, 1)}. */
    private static INDArray withShape(Node node, INDArray array) {
        long[] shape = node.integers(1).clone();
        long known = 1;
        int open = -1;
        for (int i = 0; i < Math.min(shape.length, MAX_RANK); i++) {
            if (shape[i] == 0 && i < array.rank() && node.whole("allowzero", 0) == 0) {
                shape[i] = array.size(i);
            }
            if (shape[i] == -1 && open < 0) {
                open = i;
            } else {
                known = shape[i] < 1 ? 0 : Math.multiplyExact(known, shape[i]);
            }
        }
        if (open >= 0 && known > 0) {
            shape[open] = array.length() / known;
            known *= shape[open];
        }
        if (known != array.length() || shape.length == 0 || shape.length > MAX_RANK) {
            throw node.error("makes a constant of shape " + Arrays.toString(array.shape()) + " a "
                    + Arrays.toString(node.integers(1)).replace(Long.toString(Constants.BATCH), "N"));
        }
        node.make(array.length());
        return array.reshape('c', shape);
    }

    /** Adds the shape of what flows to the constants. */
    static void shape(Node node, Value x) {
        node.requireKnown(Set.of());
        node.constants().put(node.output(), new Constants.Integers(
                LongStream.concat(LongStream.of(Constants.BATCH), LongStream.of(x.dims())).toArray()));
    }

    private static void constant(Node node, String out) {
        Constants constants = node.constants();
        if (node.attribute("value", AttributeType.TENSOR).isPresent()) {
            constants.store(out, node.attribute("value", AttributeType.TENSOR).get().getT());
        } else if (node.attribute("value_float", AttributeType.FLOAT).isPresent()) {
            constants.put(out, Nd4j.scalar(DataType.FLOAT, node.real("value_float", 0)));
        } else if (node.attribute("value_floats", AttributeType.FLOATS).isPresent()) {
            List<Float> numbers = node.attribute("value_floats", AttributeType.FLOATS)
                    .map(AttributeProto::getFloatsList).orElseThrow();
            float[] array = new float[numbers.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = numbers.get(i);
            }
            if (array.length == 0) {
                throw node.error("has no numbers");
            }
            constants.put(out, Nd4j.createFromArray(array));
        } else if (node.has("value_int")) {
            constants.put(out, new Constants.Integers(node.whole("value_int", 0)));
        } else if (node.has("value_ints")) {
            constants.put(out, new Constants.Integers(node.wholes("value_ints")));
        } else {
            throw node.error("has no value of numbers, expected value, value_float, value_floats, value_int or value_ints");
        }
    }

    /** Checks that a cast leaves the numbers as they are, but for the rounding of float64. */
    private static void requireKept(Node node, boolean isWhole) {
        TensorProto.DataType to = TensorProto.DataType.forNumber((int) node.whole("to", 0));
        if (!(isWhole ? WHOLE : Operators.FLOATING).contains(to)) {
            throw node.error("makes " + to + " of a constant of " + (isWhole ? "whole numbers" : "numbers with a fraction")
                    + ", which has no counterpart here; export the model with its constants folded");
        }
    }

    private static INDArray reshaped(Node node, INDArray array) {
        if (!node.operator().endsWith("queeze")) {
            return array;
        }
        long[] axes = axes(node, array);
        node.make(array.length());
        boolean more = node.operator().equals("Unsqueeze");
        int rank = array.rank() + (more ? axes.length : 0);
        boolean[] chosen = new boolean[Math.min(rank, MAX_RANK)];
        for (long axis : axes) {
            long place = axis < 0 ? axis + rank : axis;
            if (place < 0 || place >= chosen.length || chosen[(int) place] || !more && array.size((int) place) != 1) {
                throw node.error("has axes " + Arrays.toString(axes) + " for a constant of shape "
                        + Arrays.toString(array.shape()));
            }
            chosen[(int) place] = true;
        }
        long[] shape = new long[rank - (more ? 0 : axes.length)];
        int to = 0;
        int from = 0;
        for (int i = 0; i < rank; i++) {
            if (more) {
                shape[to++] = i < chosen.length && chosen[i] ? 1 : array.size(from++);
            } else if (!chosen[i]) {
                shape[to++] = array.size(i);
            }
        }
        if (shape.length > MAX_RANK) {
            throw node.error("makes a constant of " + shape.length + " dimensions, expected at most " + MAX_RANK);
        }
        return shape.length == 0 ? Nd4j.scalar(DataType.FLOAT, array.getFloat(0)) : array.reshape('c', shape);
    }

    /** Without axes, Squeeze takes all of size 1 away. */
    private static long[] axes(Node node, INDArray array) {
        if (node.hasInput(1) || node.has("axes") || node.operator().equals("Unsqueeze")) {
            return node.hasInput(1) ? node.integers(1) : node.wholes("axes");
        }
        return LongStream.range(0, array.rank()).filter(axis -> array.size((int) axis) == 1).toArray();
    }
}
