package io.github.backprop4j.network;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Shapes of single examples, (C, H, W) or (D). */
final class Shapes {

    private Shapes() {}

    /** Returns the shape of each example of a batch. */
    static long[] ofOne(INDArray batch) {
        return Arrays.copyOfRange(batch.shape(), 1, batch.rank());
    }

    /**
     * Returns how many numbers an example has.
     *
     * @throws IllegalArgumentException if they are more than a long counts
     */
    static long length(long[] shape) {
        try {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text(shape) + " are too many numbers for one array", e);
        }
    }

    /** Returns a shape as errors show it: {@code (3, 32, 32)}. */
    static String text(long[] shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    /** @throws IllegalArgumentException if the shape is not that of images */
    static void requireImages(long[] shape) {
        if (shape.length != 3) {
            throw new IllegalArgumentException("expected images (C, H, W); put it before the first dense layer");
        }
    }
}
