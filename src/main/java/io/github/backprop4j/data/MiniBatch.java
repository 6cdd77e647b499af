package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images with their labels, as numbers that lie row by row.
 *
 * @param images (N, C, H, W); not copied
 * @param labels (N, K), the probability of each class, commonly one 1 among 0s; not copied
 * @param weights (N), how much each image counts in the loss and its gradient, finite and at least 0; not copied
 * @param size N, at least 1
 * @param imageShape C, H and W; or their product alone, if the source has flat images
 */
public record MiniBatch(float[] images, float[] labels, float[] weights, int size, long... imageShape) {

    /** How far the probabilities of an image's classes may be from 1 together. */
    private static final double TOLERANCE = 1e-3;

    /**
     * @throws InvalidInputException if there are no images, or not as many numbers as their shape needs, or an image's
     *     labels are not the probabilities of classes, or its weight is out of range
     */
    public MiniBatch {
        if (size < 1) {
            throw new InvalidInputException("mini-batch: " + size + " images, expected at least 1");
        }
        if (images.length != length(size, imageShape) || labels.length % size != 0) {
            throw new InvalidInputException("mini-batch: " + images.length + " numbers and " + labels.length
                    + " labels, expected them for " + size + " images of " + text(imageShape));
        }
        if (weights.length != size) {
            throw new InvalidInputException("mini-batch: " + weights.length + " weights, expected one for each of " + size
                    + " images");
        }
        for (int i = 0; i < size; i++) {
            if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
                throw new InvalidInputException("mini-batch: the weight of image " + i + " is " + weights[i]
                        + ", expected a finite number of at least 0");
            }
            requireProbabilities(labels, i, labels.length / size);
        }
    }

    /** Images that all weigh 1. */
    public MiniBatch(float[] images, float[] labels, int size, long... imageShape) {
        this(images, labels, ones(size), size, imageShape);
    }

    /** Returns weights of 1. */
    static float[] ones(int size) {
        float[] ones = new float[Math.max(0, size)];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static void requireProbabilities(float[] labels, int image, int classes) {
        double sum = 0;
        for (int i = image * classes; i < (image + 1) * classes; i++) {
            if (!(labels[i] >= 0 && labels[i] < Float.POSITIVE_INFINITY)) {
                throw new InvalidInputException("mini-batch: labels of image " + image + " have " + labels[i]
                        + ", expected the probability of each class, 0 to 1");
            }
            sum += labels[i];
        }
        if (Math.abs(sum - 1) > TOLERANCE) {
            throw new InvalidInputException("mini-batch: labels of image " + image + " add up to " + (float) sum
                    + ", expected 1; give its class 1 and the others 0, or divide them by their sum");
        }
    }

    /**
     * Looks for NaN and infinity, which no network can learn from.
     *
     * @return this
     * @throws InvalidInputException if an image has them, naming the first, from 0
     */
    public MiniBatch requireFiniteImages() {
        for (int i = 0; i < images.length; i++) {
            if (!Float.isFinite(images[i])) {
                int each = images.length / size;
                throw new InvalidInputException("mini-batch: image " + i / each + " has " + images[i] + " at its number "
                        + i % each + " of " + each + ", expected finite numbers; mend or leave out what cannot be read");
            }
        }
        return this;
    }

    /**
     * Returns the mini-batch as a network takes it; flat images get its shape.
     *
     * @param classes that the network tells apart
     * @param shape of its images, C, H and W
     * @throws InvalidInputException if images or labels have another shape, naming both
     */
    public MiniBatch fitTo(int classes, long... shape) {
        boolean flat = imageShape.length == 1 && imageShape[0] == length(1, shape);
        if (!flat && !Arrays.equals(imageShape, shape)) {
            throw new InvalidInputException("data: images have the shape " + text(batch(size, imageShape))
                    + ", expected " + text(batch(size, shape)) + ": number, channels, height, width");
        }
        if (labels.length != size * classes) {
            throw new InvalidInputException("data: labels have the shape " + text(size, labels.length / size)
                    + ", expected " + text(size, classes) + ": number, classes");
        }
        return flat ? new MiniBatch(images, labels, weights, size, shape) : this;
    }

    /** Makes an array of the images from one to before another, (to - from, C, H, W), float32. */
    public INDArray images(int from, int to) {
        return rows(images, from, to, imageShape);
    }

    /** Makes an array of the labels of the images from one to before another, (to - from, K), float32. */
    public INDArray labels(int from, int to) {
        return rows(labels, from, to, labels.length / size);
    }

    /** Copies the weights of the images from one to before another, (to - from). */
    public float[] weights(int from, int to) {
        return Arrays.copyOfRange(weights, from, to);
    }

    private INDArray rows(float[] all, int from, int to, long... rowShape) {
        int row = all.length / size;
        INDArray rows = Nd4j.createUninitialized(DataType.FLOAT, batch(to - from, rowShape), 'c');
        rows.data().asNioFloat().put(all, from * row, (to - from) * row);
        return rows;
    }

    private static long[] batch(int size, long... shape) {
        return LongStream.concat(LongStream.of(size), LongStream.of(shape)).toArray();
    }

    private static long length(int size, long... shape) {
        return Arrays.stream(shape).reduce(size, Math::multiplyExact);
    }

    private static String text(long... shape) {
        return Arrays.toString(shape).replace('[', '(').replace(']', ')');
    }
}
