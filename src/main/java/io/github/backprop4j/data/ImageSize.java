package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonValue;

/**
 * The size of an image. As text it is {@code HEIGHTxWIDTH}, like {@code 48x64}.
 *
 * @param height in pixels, at least 1
 * @param width in pixels, at least 1
 */
public record ImageSize(int height, int width) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(?:x(\\d{1,9}))?");

    /** @throws InvalidInputException if a side is below 1 */
    public ImageSize {
        if (height < 1 || width < 1) {
            throw new InvalidInputException("size: " + height + "x" + width + ", expected sides of at least 1");
        }
        if ((long) height * width > ImageFile.MAX_PIXELS) {
            throw new InvalidInputException("size: " + height + "x" + width + " has " + (long) height * width
                    + " pixels, expected at most " + ImageFile.MAX_PIXELS);
        }
    }

    /**
     * Reads a text.
     *
     * @param text {@code HEIGHTxWIDTH}, or one number for both
     * @throws InvalidInputException if it is something else, or a side is below 1
     */
    @JsonCreator
    public static ImageSize parse(String text) {
        Matcher sides = TEXT.matcher(text);
        if (!sides.matches()) {
            throw new InvalidInputException("size: '" + text + "', expected HEIGHTxWIDTH in pixels, or one number for both");
        }
        int height = Integer.parseInt(sides.group(1));
        return new ImageSize(height, sides.group(2) == null ? height : Integer.parseInt(sides.group(2)));
    }

    /** Returns the text form, which {@link #parse} reads. */
    @JsonValue
    @Override
    public String toString() {
        return height + "x" + width;
    }

    /** Tells whether an image of the other size can be scaled to this one without a change of its proportions. */
    boolean hasProportionsOf(ImageSize other) {
        return (long) height * other.width == (long) width * other.height;
    }

    /** Returns the size of an image that is turned by 90 degrees. */
    ImageSize turned() {
        return new ImageSize(width, height);
    }
}
