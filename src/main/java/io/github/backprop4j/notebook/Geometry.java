package io.github.backprop4j.notebook;

import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.MaxPooling;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongToIntFunction;

/**
 * The sizes of the layers' outputs for one image, each {@code {depth, height, width}} (cell 2).
 *
 * @param flattened how many numbers Z5 holds
 */
record Geometry(long[] imagesshape, long[] Z2shape, long[] Z3shape, long[] Z4shape, long[] Z5shape, long flattened) {

    /** @throws InvalidInputException if windows do not tile a layer's input, or an array would be too large */
    static Geometry of(Hyperparameters h, Images examples) {
        LongToIntFunction convolution =
                size -> Convolution.outputSize(size, h.kernelSize(), h.stride(), h.padding());
        LongToIntFunction pooling =
                size -> MaxPooling.outputSize(size, h.poolSize(), h.poolStride(), h.poolPadding());
        long[] images = {examples.channels(), examples.height(), examples.width()};
        long[] Z2 = output(2, h.depth2(), images, convolution);
        long[] Z3 = output(3, h.depth2(), Z2, pooling);
        long[] Z4 = output(4, h.depth4(), Z3, convolution);
        long[] Z5 = output(5, h.depth4(), Z4, pooling);
        long window = (long) h.kernelSize() * h.kernelSize();
        requireArray("layer 2's columns of an image", images[0], window, Z2[1], Z2[2]);
        requireArray("layer 4's columns of an image", h.depth2(), window, Z4[1], Z4[2]);
        requireArray("Z2 of an image", Z2);
        requireArray("Z4 of an image", Z4);
        requireArray("W4", h.depth4(), h.depth2(), window);
        requireArray("W6", Z5[0], Z5[1], Z5[2], h.hidden());
        return new Geometry(images, Z2, Z3, Z4, Z5, Z5[0] * Z5[1] * Z5[2]);
    }

    private static void requireArray(String name, long... sizes) {
        double length = Arrays.stream(sizes).asDoubleStream().reduce(1, (a, b) -> a * b);
        if (length > Integer.MAX_VALUE) {
            throw new InvalidInputException(String.format(Locale.ROOT, "%s would hold %.0f numbers, expected at most"
                    + " %d; use smaller layers or less padding", name, length, Integer.MAX_VALUE));
        }
    }

    private static long[] output(int layer, int depth, long[] input, LongToIntFunction size) {
        try {
            return new long[] {depth, size.applyAsInt(input[1]), size.applyAsInt(input[2])};
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("layer " + layer + ", " + e.getMessage(), e);
        }
    }
}
