package io.github.backprop4j.training;

import io.github.backprop4j.network.Architecture;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images with their labels, as numbers.
 *
 * @param images (N, C, H, W), row by row
 * @param labels (N, K), row by row: the probability of each class, commonly one 1 among 0s
 * @param size N, at least 1
 */
public record MiniBatch(float[] images, float[] labels, int size) {

    /** So many images at most pass through the network at once. */
    private static final int SLICE = 32;

    /** @throws IllegalArgumentException if there are no images */
    public MiniBatch {
        if (size < 1) {
            throw new IllegalArgumentException("mini-batch: " + size + " images, expected at least 1");
        }
    }

    /** Some of the images: those from {@code from} to {@code to - 1}. */
    record Slice(int from, int to) {
        int size() {
            return to - from;
        }
    }

    /** How many slices there are; it depends on the size alone. A full slice alone is halved, so that two threads have work. */
    int slices() {
        return size == SLICE ? 2 : (size + SLICE - 1) / SLICE;
    }

    /** The slices differ in size by one at most. */
    Slice slice(int index) {
        return new Slice((int) ((long) size * index / slices()), (int) ((long) size * (index + 1) / slices()));
    }

    INDArray images(Slice slice, Architecture architecture) {
        return rows(images, slice, architecture.channels(), architecture.height(), architecture.width());
    }

    INDArray labels(Slice slice) {
        return rows(labels, slice, labels.length / size);
    }

    private INDArray rows(float[] all, Slice slice, long... rowShape) {
        int row = all.length / size;
        INDArray rows = Nd4j.createUninitialized(
                DataType.FLOAT, LongStream.concat(LongStream.of(slice.size()), LongStream.of(rowShape)).toArray(), 'c');
        rows.data().asNioFloat().put(all, slice.from * row, slice.size() * row);
        return rows;
    }

    /** @throws IllegalArgumentException if images or labels are not of the architecture's size */
    void requireFits(Architecture architecture) {
        int image = architecture.channels() * architecture.height() * architecture.width();
        if (images.length != (long) size * image) {
            throw new IllegalArgumentException("data: images of " + images.length / size + " numbers, expected "
                    + architecture.channels() + "x" + architecture.height() + "x" + architecture.width());
        }
        if (labels.length != (long) size * architecture.classNames().size()) {
            throw new IllegalArgumentException("data: " + labels.length / size + " classes, expected "
                    + architecture.classNames().size());
        }
    }
}
