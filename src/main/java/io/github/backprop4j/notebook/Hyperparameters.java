package io.github.backprop4j.notebook;

import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.MaxPooling;

/**
 * What the notebook's table marks as set by the user, and the training cell's settings.
 *
 * @param depth2 filters of layer 2
 * @param depth4 filters of layer 4
 * @param kernelSize side of the filters of layers 2 and 4, in pixels
 * @param stride of layers 2 and 4
 * @param padding of layers 2 and 4
 * @param poolSize side of the windows of layers 3 and 5
 * @param poolStride of layers 3 and 5
 * @param poolPadding of layers 3 and 5, less than poolSize
 * @param hidden outputs of layer 6
 * @param learningRate of every parameter, finite and not negative
 * @param penalty the weights' L2 penalty, finite and not negative
 * @param keepProbability that a weight of layers 6 and 7 is used in an iteration, in (0, 1]
 */
public record Hyperparameters(
        int depth2,
        int depth4,
        int kernelSize,
        int stride,
        int padding,
        int poolSize,
        int poolStride,
        int poolPadding,
        int hidden,
        double learningRate,
        double penalty,
        double keepProbability) {

    /** The notebook's own. */
    public static final Hyperparameters NOTEBOOK = new Hyperparameters(10, 20, 5, 1, 2, 2, 2, 0, 100, 1, 0.001, 0.5);

    /** @throws IllegalArgumentException if one is out of its range; the message names it */
    public Hyperparameters {
        requireAtLeast(1, "depth", depth2);
        requireAtLeast(1, "depth", depth4);
        requireAtLeast(1, "kernel", kernelSize);
        requireAtLeast(1, "stride", stride);
        requireAtLeast(0, "padding", padding);
        requireAtLeast(1, "pool", poolSize);
        requireAtLeast(1, "pool stride", poolStride);
        requireAtLeast(0, "pool padding", poolPadding);
        requireAtLeast(1, "hidden", hidden);
        requireNotNegative("learning rate", learningRate);
        requireNotNegative("penalty", penalty);
        if (!(keepProbability > 0 && keepProbability <= 1)) {
            throw new IllegalArgumentException(
                    "keep probability: " + keepProbability + ", expected more than 0 and at most 1");
        }
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + ", expected at least " + least);
        }
    }

    private static void requireNotNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": " + value + ", expected a finite number of at least 0");
        }
    }
}
