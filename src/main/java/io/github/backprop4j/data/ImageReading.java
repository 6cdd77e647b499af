package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;

/**
 * How images of any size are read from folders.
 *
 * @param size that all get; null for one that suits them, as {@link ImageFolder} tells
 * @param gray whether they become grey; otherwise red, green and blue
 * @param fit what is done with images of other proportions
 * @param strict whether a file in a class's folder that cannot be read as an image is refused; otherwise it is left out
 */
public record ImageReading(ImageSize size, boolean gray, Fit fit, boolean strict) {

    /** In colour, in a size that suits the images, cut to its proportions. */
    public static final ImageReading USUAL = new ImageReading(null, false, Fit.CROP, false);

    /**
     * Returns how images are read for a network.
     *
     * @param channels 1 for grey or 3 for red, green and blue
     * @param height in pixels, at least 1
     * @param width in pixels, at least 1
     * @throws InvalidInputException if images cannot be read so
     */
    public static ImageReading of(int channels, int height, int width, Fit fit) {
        ImageFile.requireSize(channels, height, width);
        return new ImageReading(new ImageSize(height, width), channels == 1, fit, false);
    }

    /** Returns a copy that refuses files that cannot be read, or leaves them out. */
    public ImageReading strict(boolean refusing) {
        return new ImageReading(size, gray, fit, refusing);
    }

    /** Returns the planes of an image: 1 for grey, 3 for red, green and blue. */
    public int channels() {
        return gray ? 1 : 3;
    }
}
