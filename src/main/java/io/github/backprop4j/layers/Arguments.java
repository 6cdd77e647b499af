package io.github.backprop4j.layers;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the layers require of their arguments, and the form in which they compute with them. */
public final class Arguments {

    private Arguments() {}

    /** Returns a shape as error messages show it: {@code (32, 3, 28, 28)}. */
    static String shape(INDArray array) {
        return Arrays.stream(array.shape()).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    static IllegalArgumentException error(String layer, String message, Object... arguments) {
        return new IllegalArgumentException(layer + ": " + String.format(Locale.ROOT, message, arguments));
    }

    /** Checks that the array has one dimension for each letter, and is float32 or float64. */
    public static void requireRank(String layer, String name, INDArray array, String letters) {
        int rank = letters.split(", ").length;
        if (array.rank() != rank) {
            throw error(layer, "%s has shape %s, expected %d dimensions (%s)", name, shape(array), rank, letters);
        }
        requireFloating(layer, name, array);
    }

    static void requireFloating(String layer, String name, INDArray array) {
        if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
            throw error(layer, "%s is %s, expected FLOAT or DOUBLE; use castTo", name, array.dataType());
        }
    }

    /** Checks that the array is of a type. */
    public static void requireType(String layer, String name, INDArray array, DataType expected) {
        if (array.dataType() != expected) {
            throw error(layer, "%s is %s, expected %s; use castTo", name, array.dataType(), expected);
        }
    }

    /** Checks that the array has a shape. */
    public static void requireShape(String layer, String name, INDArray array, long... expected) {
        if (!Arrays.equals(array.shape(), expected)) {
            throw error(layer, "%s has shape %s, expected %s", name, shape(array),
                    Arrays.toString(expected).replace('[', '(').replace(']', ')'));
        }
    }

    /** Checks that the array has the type of x. */
    public static void requireSameType(String layer, String name, INDArray array, INDArray x) {
        if (array.dataType() != x.dataType()) {
            throw error(layer, "%s is %s but x is %s, expected one data type for all; use castTo", name,
                    array.dataType(), x.dataType());
        }
    }

    /** Returns the array itself if its elements lie row by row without gaps, else a copy whose elements do. */
    static INDArray rowMajor(INDArray array) {
        long stride = 1;
        for (int d = array.rank() - 1; d >= 0; d--) {
            if (array.size(d) != 1 && array.stride(d) != stride) {
                return array.dup('c');
            }
            stride *= array.size(d);
        }
        return array;
    }
}
