package io.github.backprop4j.data;

import java.util.Arrays;
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

    /**
     * A copy of the pictures from one to before another.
     *
     * @param from at least 0
     * @param to at least from, at most {@link #count}
     * @throws IllegalArgumentException if they are not
     */
    public Pictures range(int from, int to) {
        if (from < 0 || to < from || to > count()) {
            throw new IllegalArgumentException("pictures: " + from + " to " + to + ", but there are " + count());
        }
        return new Pictures(channels, height, width, classNames,
                Arrays.copyOfRange(pixels, from * size(), to * size()), Arrays.copyOfRange(labels, from, to));
    }

    /**
     * A copy of some of the pictures.
     *
     * @param indices of those wanted, in the order wanted
     */
    public Pictures subset(int[] indices) {
        byte[] chosen = new byte[indices.length * size()];
        byte[] chosenLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * size(), chosen, i * size(), size());
            chosenLabels[i] = labels[indices[i]];
        }
        return new Pictures(channels, height, width, classNames, chosen, chosenLabels);
    }

    /**
     * The mean of each pixel over all pictures, 0–255, laid out as a picture.
     *
     * @throws IllegalStateException if there are no pictures
     */
    public float[] meanPicture() {
        double[] means = means();
        float[] picture = new float[means.length];
        for (int p = 0; p < picture.length; p++) {
            picture[p] = (float) means[p];
        }
        return picture;
    }

    /**
     * The standard deviation of all pixels about the mean picture:
     * {@code sqrt(mean_n,p (x[n,p] - mean[p])²)}, in units of a pixel.
     *
     * @throws IllegalStateException if there are no pictures
     */
    public double standardDeviation() {
        double[] means = means();
        double squares = 0;
        for (int at = 0; at < pixels.length; at += means.length) {
            for (int p = 0; p < means.length; p++) {
                double difference = Byte.toUnsignedInt(pixels[at + p]) - means[p];
                squares += difference * difference;
            }
        }
        return Math.sqrt(squares / pixels.length);
    }

    private double[] means() {
        if (count() == 0) {
            throw new IllegalStateException("pictures: there are none, so they have no mean");
        }
        double[] means = new double[size()];
        for (int at = 0; at < pixels.length; at += means.length) {
            for (int p = 0; p < means.length; p++) {
                means[p] += Byte.toUnsignedInt(pixels[at + p]);
            }
        }
        for (int p = 0; p < means.length; p++) {
            means[p] /= count();
        }
        return means;
    }
}
