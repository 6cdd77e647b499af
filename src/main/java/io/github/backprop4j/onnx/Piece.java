package io.github.backprop4j.onnx;

import io.github.backprop4j.network.Layer;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a node does to the numbers that pass through it. */
sealed interface Piece {

    /**
     * A layer of ours.
     *
     * @param arrays of its parameters, in the order of {@link Layer#parameters}
     */
    record Part(Layer layer, List<INDArray> arrays) implements Piece {

        /** A layer that learns nothing. */
        Part(Layer layer) {
            this(layer, List.of());
        }
    }

    /**
     * {@code factor · x + offset}.
     *
     * @param factor float64, of as many dimensions as an example, each of its size or 1
     * @param offset likewise
     */
    record Affine(INDArray factor, INDArray offset) implements Piece {

        boolean isScalar() {
            return factor.length() == 1 && offset.length() == 1;
        }
    }

    /** Zeros around an image. */
    record ZeroPadding(int pixels) implements Piece {}

    /**
     * Pooling by windows that reach over the image.
     *
     * @param pixels that they reach over each side
     * @param asZeros whether what is there counts as zeros; otherwise it never wins, which among numbers that are not
     *     negative is the same
     */
    record PaddedPooling(Layer layer, int pixels, boolean asZeros) implements Piece {}

    /** Nothing: the numbers stay as they are, perhaps in another shape. */
    record Same() implements Piece {}

    /** The sum of two branches. */
    record Sum() implements Piece {}

    /** The product of two branches. */
    record Product() implements Piece {}

    /** A function of single numbers that is known only as a part of others. */
    record Elementwise(DoubleUnaryOperator function) implements Piece {}

    /** A multiple of a layer that learns nothing. */
    record Scaled(Layer layer, double factor) implements Piece {}

    /** The probabilities of the classes, or their logarithms. */
    record Probabilities() implements Piece {}
}
