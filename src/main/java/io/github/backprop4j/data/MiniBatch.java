package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images with their labels, as numbers that lie row by row.
 *
 * @param images (N, C, H, W); not copied
 * @param labels (N, K), the probability of each class, commonly one 1 among 0s; not copied
 * @param size N, at least 1
 * @param imageShape C, H and W; or their product alone, if the source has flat images
 */
public record MiniBatch(float[] images, float[] labels, int size, long... imageShape) {

    private static final double LABEL_TOLERANCE = 1e-3;

    /** @throws InvalidInputException if there are no images, or not as many numbers as their shape needs */
    public MiniBatch {
        if (size < 1) {
            throw new InvalidInputException("mini-batch: " + size + " images, expected at least 1");
        }
        if (images.length != length(size, imageShape) || labels.length % size != 0) {
            throw new InvalidInputException("mini-batch: " + images.length + " numbers and " + labels.length
                    + " labels, expected them for " + size + " images of " + text(imageShape));
        }
    }

    /**
     * Returns the mini-batch as a network takes it; flat images get its shape.
     *
     * @param classes that the network tells apart
     * @param shape of its images, C, H and W
     * @throws InvalidInputException if images or labels have another shape, naming both, or an image's labels are no
     *     probabilities
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
        requireProbabilities();
        return flat ? new MiniBatch(images, labels, size, shape) : this;
    }

    private void requireProbabilities() {
        int classes = labels.length / size;
        for (int row = 0; row < size; row++) {
            double sum = 0;
            boolean inRange = true;
            for (int i = row * classes; i < (row + 1) * classes; i++) {
                sum += labels[i];
                inRange &= labels[i] >= 0;
            }
            if (!inRange || !(Math.abs(sum - 1) <= LABEL_TOLERANCE)) {
                throw new InvalidInputException("data: the labels of image " + row + " of a mini-batch are "
                        + Arrays.toString(Arrays.copyOfRange(labels, row * classes, (row + 1) * classes))
                        + ", expected the probability of each class, at least 0 and 1 in sum");
            }
        }
    }

    /** Says which image has a pixel that is NaN or infinite, if one has. */
    public Optional<String> firstNotFinite() {
        for (int i = 0; i < images.length; i++) {
            if (!Float.isFinite(images[i])) {
                return Optional.of("image " + i / (images.length / size) + " of a mini-batch has a pixel that is " + images[i]);
            }
        }
        return Optional.empty();
    }

    /** Makes an array of the images from one to before another, (to - from, C, H, W), float32. */
    public INDArray images(int from, int to) {
        return rows(images, from, to, imageShape);
    }

    /** Makes an array of the labels of the images from one to before another, (to - from, K), float32. */
    public INDArray labels(int from, int to) {
        return rows(labels, from, to, labels.length / size);
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
