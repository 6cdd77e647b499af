package io.github.backprop4j.data;

import java.util.List;

/**
 * Labelled pictures of one size. They stay bytes, an eighth of the memory that they would take as float64.
 *
 * @param channels planes of a picture, at least 1
 * @param height of each plane
 * @param width of each plane
 * @param classNames the name of each label
 * @param pixels 0–255 as unsigned bytes: picture after picture, plane after plane, row by row; not copied
 * @param labels of the pictures, each an index into classNames; not copied
 */
public record Pictures(int channels, int height, int width, List<String> classNames, byte[] pixels, byte[] labels) {

    /** @throws IllegalArgumentException if pixels are not as many as the pictures need or a label has no name */
    public Pictures {
        classNames = List.copyOf(classNames);
        if (pixels.length != (long) labels.length * channels * height * width) {
            throw new IllegalArgumentException("pictures: " + pixels.length + " pixels, expected " + labels.length
                    + " pictures of " + channels + "x" + height + "x" + width);
        }
        for (byte label : labels) {
            if (Byte.toUnsignedInt(label) >= classNames.size()) {
                throw new IllegalArgumentException("pictures: label " + Byte.toUnsignedInt(label) + ", expected below "
                        + classNames.size());
            }
        }
    }

    /** How many there are. */
    public int count() {
        return labels.length;
    }

    /** Pixels of a picture, {@code channels · height · width}. */
    public int size() {
        return channels * height * width;
    }

    /** The label of a picture. */
    public int label(int picture) {
        return Byte.toUnsignedInt(labels[picture]);
    }
}
