package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidInputException;
import java.util.List;

/**
 * What an ONNX file of others does not say about itself.
 *
 * @param classNames names of the classes, in the order of the outputs; empty for those that the file names, or else 0, 1, 2
 *     …
 * @param height of the images, for a file that leaves it open; 0 for the file's
 * @param width of the images, for a file that leaves it open; 0 for the file's
 * @param mean to be subtracted from pixels between 0 and 1, one number for all channels or one for each, as torchvision's
 *     {@code Normalize} has it; empty for 0
 * @param deviation to divide by after that, one number for all channels or one for each; empty for 1. If both are empty, the
 *     graph gets pixels between 0 and 255 as they are
 */
public record ImportSettings(
        List<String> classNames, int height, int width, List<Double> mean, List<Double> deviation) {

    /** Everything as the file has it, and pixels between 0 and 255. */
    public static final ImportSettings NONE = new ImportSettings(List.of(), 0, 0, List.of(), List.of());

    /** @throws InvalidInputException if a number is out of range */
    public ImportSettings {
        classNames = List.copyOf(classNames);
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (height < 0 || width < 0 || (height == 0) != (width == 0)) {
            throw new InvalidInputException("size: " + height + "x" + width + ", expected sides of at least 1");
        }
        for (double each : mean) {
            if (!(each >= 0 && each <= 1)) {
                throw new InvalidInputException("mean: " + each + ", expected 0 to 1, of pixels between 0 and 1; divide one"
                        + " of pixels up to 255 by 255");
            }
        }
        for (double each : deviation) {
            if (!(each >= 1e-3 && each <= 1)) {
                throw new InvalidInputException("std: " + each + ", expected 0.001 to 1, of pixels between 0 and 1; divide"
                        + " one of pixels up to 255 by 255");
            }
        }
    }

    /** Returns these settings with class names. */
    public ImportSettings classNames(List<String> names) {
        return new ImportSettings(names, height, width, mean, deviation);
    }

    /** Returns these settings with the size of images. */
    public ImportSettings size(int imageHeight, int imageWidth) {
        return new ImportSettings(classNames, imageHeight, imageWidth, mean, deviation);
    }

    /** Returns these settings for a network that was trained on {@code (pixel / 255 - mean) / deviation}. */
    public ImportSettings normalize(List<Double> means, List<Double> deviations) {
        return new ImportSettings(classNames, height, width, means, deviations);
    }

    /** Returns whether pixels are to be between 0 and 1 before a mean is subtracted. */
    boolean normalizes() {
        return !mean.isEmpty() || !deviation.isEmpty();
    }
}
