package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Labelled images of one size, (N, C, H, W). They are kept as bytes, an eighth of the memory that float64 would take.
 *
 * @param channels planes of an image, C, at least 1
 * @param height pixels from the top of a plane to its bottom, H, at least 1
 * @param width pixels in a row of a plane, W, at least 1
 * @param classNames the name of each label
 * @param pixels 0–255 as unsigned bytes: image after image, plane after plane, row by row; not copied
 * @param labels one for each image, an index into classNames; not copied
 * @param fileNames of each image the file that it was read from, within the directory of the data; empty if it does not come
 *     from a file of its own. Nothing depends on them but what people are told about an image
 */
public record Images(int channels, int height, int width, List<String> classNames, byte[] pixels, int[] labels,
        List<String> fileNames) {

    private static final int BYTE_LABELS = 256;

    /**
     * @throws InvalidInputException if a size is below 1, the number of pixels is not the one that the labels' images need,
     *     a label has no name, or there are file names, but not one for each image
     */
    public Images {
        if (channels < 1 || height < 1 || width < 1) {
            throw new InvalidInputException("images: " + channels + "x" + height + "x" + width
                    + ", expected channels and sides of at least 1");
        }
        classNames = List.copyOf(classNames);
        if (pixels.length != (long) labels.length * channels * height * width) {
            throw new InvalidInputException("images: " + pixels.length + " pixels, expected " + labels.length
                    + " images of " + channels + "x" + height + "x" + width);
        }
        fileNames = List.copyOf(fileNames);
        if (!fileNames.isEmpty() && fileNames.size() != labels.length) {
            throw new InvalidInputException("images: " + fileNames.size() + " file names, expected one for each of "
                    + labels.length + " images, or none");
        }
        for (int label : labels) {
            if (label < 0 || label >= classNames.size()) {
                throw new InvalidInputException("images: label " + label + ", expected at least 0 and below "
                        + classNames.size());
            }
        }
    }

    /**
     * Makes images that do not come from files of their own.
     *
     * @throws InvalidInputException as of the other constructor
     */
    public Images(int channels, int height, int width, List<String> classNames, byte[] pixels, int[] labels) {
        this(channels, height, width, classNames, pixels, labels, List.of());
    }

    /**
     * Makes images of labels as files commonly have them.
     *
     * @param labels one for each image, an index into classNames as an unsigned byte; copied
     * @throws InvalidInputException as of the other constructor
     */
    public Images(int channels, int height, int width, List<String> classNames, byte[] pixels, byte[] labels) {
        this(channels, height, width, classNames, pixels, unsigned(labels));
    }

    private static int[] unsigned(byte[] labels) {
        int[] numbers = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            numbers[i] = Byte.toUnsignedInt(labels[i]);
        }
        return numbers;
    }

    /** Returns the number of images, N. */
    public int count() {
        return labels.length;
    }

    /** Returns the number of pixels of an image, {@code channels · height · width}. */
    public int size() {
        return channels * height * width;
    }

    /**
     * Returns the label of an image.
     *
     * @param index of the image, from 0 to below {@link #count}
     * @return an index into {@link #classNames}
     */
    public int label(int index) {
        return labels[index];
    }

    /**
     * Returns the file that an image was read from, within the directory of the data; empty if it has none of its own.
     *
     * @param index of the image, from 0 to below {@link #count}
     */
    public Optional<String> fileName(int index) {
        return fileNames.isEmpty() ? Optional.empty() : Optional.of(fileNames.get(index));
    }

    /** Returns how many images each class has. */
    public int[] classCounts() {
        int[] counts = new int[classNames.size()];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /**
     * Computes the weight of each class with which all classes weigh the same together, and all images N:
     * {@code N / (K · n_k)}, where n_k of the N images are of class k and K classes have images.
     *
     * @return a weight for each class; 0 for one without images
     */
    public float[] balancingWeights() {
        int[] counts = classCounts();
        long present = Arrays.stream(counts).filter(each -> each > 0).count();
        float[] weights = new float[counts.length];
        for (int k = 0; k < counts.length; k++) {
            weights[k] = counts[k] == 0 ? 0 : (float) ((double) count() / (present * counts[k]));
        }
        return weights;
    }

    /**
     * Copies a range of the images.
     *
     * @param from index of the first image, at least 0
     * @param to index after the last image, at least from and at most {@link #count}
     * @throws InvalidInputException if from or to is out of range, or there is no room for the copies in Java's heap
     */
    public Images range(int from, int to) {
        if (from < 0 || to < from || to > count()) {
            throw new InvalidInputException("images: " + from + " to " + to + ", but there are " + count());
        }
        byte[] chosen = room(to - from);
        System.arraycopy(pixels, from * size(), chosen, 0, chosen.length);
        return new Images(channels, height, width, classNames, chosen, Arrays.copyOfRange(labels, from, to),
                fileNames.isEmpty() ? fileNames : fileNames.subList(from, to));
    }

    /**
     * Copies some of the images.
     *
     * @param indices of the images to copy, each from 0 to below {@link #count}, in the order of the copies
     * @throws InvalidInputException if there is no room for the copies in Java's heap
     */
    public Images subset(int[] indices) {
        byte[] chosen = room(indices.length);
        int[] chosenLabels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * size(), chosen, i * size(), size());
            chosenLabels[i] = labels[indices[i]];
        }
        return new Images(channels, height, width, classNames, chosen, chosenLabels, fileNames.isEmpty() ? fileNames
                : IntStream.of(indices).mapToObj(fileNames::get).toList());
    }

    private byte[] room(int count) {
        return Heap.bytes((long) count * size(), "images: " + count + " of " + channels + "x" + height + "x" + width
                + " to copy");
    }

    /**
     * Computes the mean of each pixel over all images.
     *
     * @return {@link #size} means, 0–255, plane after plane, row by row
     * @throws IllegalStateException if there are no images
     */
    public float[] meanImage() {
        double[] means = means();
        float[] mean = new float[means.length];
        for (int p = 0; p < mean.length; p++) {
            mean[p] = (float) means[p];
        }
        return mean;
    }

    /**
     * Computes the standard deviation of all pixels about the mean image:
     * {@code sqrt(mean_n,p (x[n,p] - mean[p])²)}.
     *
     * @return the deviation in the unit of a pixel, from 0 to 255
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

    /**
     * Returns the SHA-256 of all that the images are, in hexadecimal digits: sizes, class names, labels and pixels. A label
     * counts as one byte if there are at most 256 classes, or else as four, the highest first.
     */
    public String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((channels + "x" + height + "x" + width + " " + classNames + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(labelBytes());
            digest.update(pixels);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private byte[] labelBytes() {
        int width = classNames.size() <= BYTE_LABELS ? Byte.BYTES : Integer.BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(width, labels.length));
        for (int label : labels) {
            if (width == Byte.BYTES) {
                bytes.put((byte) label);
            } else {
                bytes.putInt(label);
            }
        }
        return bytes.array();
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
