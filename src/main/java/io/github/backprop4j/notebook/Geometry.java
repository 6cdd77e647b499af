package io.github.backprop4j.notebook;

import io.github.backprop4j.data.Pictures;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.MaxPooling;
import java.util.function.LongToIntFunction;

/**
 * The sizes of the layers' outputs, each {@code {depth, height, width}} as in the notebook.
 *
 * @param flattened numbers in a Z5
 */
record Geometry(long[] imagesshape, long[] Z2shape, long[] Z3shape, long[] Z4shape, long[] Z5shape, long flattened) {

    /** @throws IllegalArgumentException if windows do not tile a layer's input, naming the layer */
    static Geometry of(Hyperparameters h, Pictures pictures) {
        LongToIntFunction convolution =
                size -> Convolution.outputSize(size, h.kernelSize(), h.stride(), h.padding());
        LongToIntFunction pooling =
                size -> MaxPooling.outputSize(size, h.poolSize(), h.poolStride(), h.poolPadding());
        long[] images = {pictures.channels(), pictures.height(), pictures.width()};
        long[] Z2 = output(2, h.depth2(), images, convolution);
        long[] Z3 = output(3, h.depth2(), Z2, pooling);
        long[] Z4 = output(4, h.depth4(), Z3, convolution);
        long[] Z5 = output(5, h.depth4(), Z4, pooling);
        return new Geometry(images, Z2, Z3, Z4, Z5, Z5[0] * Z5[1] * Z5[2]);
    }

    private static long[] output(int layer, int depth, long[] input, LongToIntFunction size) {
        try {
            return new long[] {depth, size.applyAsInt(input[1]), size.applyAsInt(input[2])};
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("layer " + layer + ", " + e.getMessage(), e);
        }
    }
}
