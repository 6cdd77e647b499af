package io.github.backprop4j.onnx;

import io.github.backprop4j.onnx.Operator.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Addition and multiplication, with a constant or of two branches. */
final class Arithmetic {

    static final List<String> OPERATORS = List.of("Add", "Sub", "Mul", "Div");

    private static final Set<String> OF_BRANCHES = Set.of("Add", "Mul");

    private Arithmetic() {}

    /**
     * Finds out what a node does with a constant.
     *
     * @param place of what flows through the node, 0 or 1; the constant is the other input
     */
    static Result withConstant(Node node, int place, Value x) {
        node.requireKnown(Set.of());
        INDArray fitted = fitted(node, 1 - place, x);
        node.make(fitted.length());
        INDArray constant = fitted.castTo(DataType.DOUBLE);
        INDArray one = Nd4j.scalar(DataType.DOUBLE, 1);
        INDArray zero = Nd4j.scalar(DataType.DOUBLE, 0);
        Piece piece = switch (node.operator()) {
            case "Add" -> new Piece.Affine(one, constant);
            case "Sub" -> place == 0 ? new Piece.Affine(one, constant.neg()) : new Piece.Affine(one.neg(), constant);
            case "Mul" -> new Piece.Affine(constant, zero);
            default -> {
                if (place == 1 || constant.eq(0).any()) {
                    throw node.error("divides " + (place == 1 ? "a constant by what flows through it" : "by 0")
                            + ", which has no counterpart here");
                }
                yield new Piece.Affine(constant.rdiv(1), zero);
            }
        };
        return new Result(piece, x);
    }

    /** Returns a constant as it applies to each example: one number, or of as many dimensions as x has without N. */
    private static INDArray fitted(Node node, int place, Value x) {
        INDArray constant = node.floats(place);
        int rank = x.dims().length;
        if (constant.length() == 1 && constant.rank() <= rank + 1) {
            return Nd4j.scalar(DataType.FLOAT, constant.getFloat(0));
        }
        long[] shape = new long[rank + 1];
        Arrays.fill(shape, 1);
        int missing = shape.length - constant.rank();
        boolean fits = missing >= 0;
        for (int i = 0; fits && i < constant.rank(); i++) {
            shape[missing + i] = constant.size(i);
        }
        fits &= shape[0] == 1;
        for (int i = 0; i < rank; i++) {
            fits &= shape[i + 1] == 1 || shape[i + 1] == x.dims()[i];
        }
        if (!fits) {
            throw node.error("has a constant of shape " + Arrays.toString(constant.shape()) + ", which does not fit " + x);
        }
        return constant.reshape('c', Arrays.copyOfRange(shape, 1, shape.length));
    }

    /** Finds out what a node does with two branches. */
    static Result ofBranches(Node node, Value first, Value second) {
        node.requireKnown(Set.of());
        if (!OF_BRANCHES.contains(node.operator())) {
            throw node.error("joins two branches, which has no counterpart here; supported is Add, of a residual block");
        }
        if (!first.hasDimsOf(second)) {
            throw node.error("joins " + first + " and " + second + ", expected the same shape");
        }
        return new Result(node.operator().equals("Add") ? new Piece.Sum() : new Piece.Product(), first);
    }
}
