package io.github.backprop4j.notebook;

import static io.github.backprop4j.files.Ranges.requireAtLeast;
import static io.github.backprop4j.files.Ranges.requireNotNegative;

import io.github.backprop4j.files.InvalidInputException;

/**
 * The settings that the notebook's overview marks as set by the user, and the training parameters of cell 8.
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

    /** The notebook's own settings. */
    public static final Hyperparameters NOTEBOOK = new Hyperparameters(10, 20, 5, 1, 2, 2, 2, 0, 100, 1, 0.001, 0.5);

    /** @throws InvalidInputException if one is out of its range; the message names it */
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
            throw new InvalidInputException(
                    "keep probability: " + keepProbability + ", expected more than 0 and at most 1");
        }
    }
}
