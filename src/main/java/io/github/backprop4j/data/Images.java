package io.github.backprop4j.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Labelled images of one size. They stay bytes, an eighth of the memory that they would take as float64.
 *
 * @param channels planes of an image, at least 1
 * @param height of each plane
 * @param width of each plane
 * @param classNames the name of each label
 * @param pixels 0–255 as unsigned bytes: image after image, plane after plane, row by row; not copied
 * @param labels of the images, each an index into classNames; not copied
 */
public record Images(int channels, int height, int width, List<String> classNames, byte[] pixels, byte[] labels) {

    /** @throws IllegalArgumentException if pixels are not as many as the images need or a label has no name */
    public Images {
        classNames = List.copyOf(classNames);
        if (pixels.length != (long) labels.length * channels * height * width) {
            throw new IllegalArgumentException("images: " + pixels.length + " pixels, expected " + labels.length
                    + " images of " + channels + "x" + height + "x" + width);
        }
        for (byte label : labels) {
            if (Byte.toUnsignedInt(label) >= classNames.size()) {
                throw new IllegalArgumentException("images: label " + Byte.toUnsignedInt(label) + ", expected below "
                        + classNames.size());
            }
        }
    }

    /** How many there are. */
    public int count() {
        return labels.length;
    }

    /** Pixels of an image, {@code channels · height · width}. */
    public int size() {
        return channels * height * width;
    }

    /** The label of an image. */
    public int label(int image) {
        return Byte.toUnsignedInt(labels[image]);
    }

    /**
     * A copy of the images from one to before another.
     *
     * @param from at least 0
     * @param to at least from, at most {@link #count}
     * @throws IllegalArgumentException if they are not
     */
    public Images range(int from, int to) {
        if (from < 0 || to < from || to > count()) {
            throw new IllegalArgumentException("images: " + from + " to " + to + ", but there are " + count());
        }
        return new Images(channels, height, width, classNames,
                Arrays.copyOfRange(pixels, from * size(), to * size()), Arrays.copyOfRange(labels, from, to));
    }

    /**
     * A copy of some of the images.
     *
     * @param indices of those wanted, in the order wanted
     */
    public Images subset(int[] indices) {
        byte[] chosen = new byte[indices.length * size()];
        byte[] chosenLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * size(), chosen, i * size(), size());
            chosenLabels[i] = labels[indices[i]];
        }
        return new Images(channels, height, width, classNames, chosen, chosenLabels);
    }

    /**
     * The mean of each pixel over all images, 0–255, laid out as an image.
     *
     * @throws IllegalStateException if there are no images
     */
    public float[] meanImage() {
        double[] means = means();
        float[] image = new float[means.length];
        for (int p = 0; p < image.length; p++) {
            image[p] = (float) means[p];
        }
        return image;
    }

    /**
     * The standard deviation of all pixels about the mean image:
     * {@code sqrt(mean_n,p (x[n,p] - mean[p])²)}, in units of a pixel.
     *
     * @throws IllegalStateException if there are no images
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

    /** Returns the SHA-256 of all that the images are, in hexadecimal digits: sizes, class names, labels and pixels. */
    public String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((channels + "x" + height + "x" + width + " " + classNames + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(labels);
            digest.update(pixels);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private double[] means() {
        if (count() == 0) {
            throw new IllegalStateException("images: there are none, so they have no mean");
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
