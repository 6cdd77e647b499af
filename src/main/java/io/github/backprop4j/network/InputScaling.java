package io.github.backprop4j.network;

import io.github.backprop4j.parallel.Natives;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How images are made ready for the first layer: {@code (x - mean) · factor}.
 *
 * @param mean the mean image, (C, H, W)
 * @param factor for every pixel, commonly one over the pixels' standard deviation; from 1e-6 to 1e6, beyond which float32
 *     numbers of a deep network would end in infinity
 */
public record InputScaling(INDArray mean, double factor) {

    private static final double LEAST_FACTOR = 1e-6;
    private static final double GREATEST_FACTOR = 1e6;

    /** @throws IllegalArgumentException if mean is no image or factor is out of range */
    public InputScaling {
        if (mean.rank() != 3) {
            throw new IllegalArgumentException("input scaling: mean has " + mean.rank() + " dimensions, expected 3");
        }
        if (!(factor >= LEAST_FACTOR && factor <= GREATEST_FACTOR)) {
            throw new IllegalArgumentException(
                    "input scaling: factor " + factor + ", expected " + LEAST_FACTOR + " to " + GREATEST_FACTOR);
        }
    }

    /** Leaves images as they are. */
    public static InputScaling none(int channels, int height, int width) {
        Natives.load();
        return new InputScaling(Nd4j.zeros(DataType.FLOAT, channels, height, width), 1);
    }

    InputScaling as(DataType type) {
        return new InputScaling(mean.castTo(type).dup('c'), factor);
    }

    /** Of images (N, C, H, W), in a new array. */
    INDArray apply(INDArray x, Functions functions) {
        return functions.scaled(x, mean, factor);
    }
}
