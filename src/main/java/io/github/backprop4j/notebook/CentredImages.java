package io.github.backprop4j.notebook;

import io.github.backprop4j.data.Images;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The notebook's input, cell 7: images scaled to [0, 1] less the mean image of all of them.
 *
 * <p>Only the bytes and the mean stay in memory; the numbers of a slice are computed when it is asked for.
 */
final class CentredImages {

    private final Images images;
    private final double[] mean;

    CentredImages(Images images) {
        this.images = images;
        mean = new double[images.size()];
        for (int i = 0; i < images.pixels().length; i++) {
            mean[i % mean.length] += scaled(i);
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= images.count();
        }
    }

    /** Returns {@code count} images, (count, C, H, W), float64. */
    INDArray slice(int from, int count) {
        double[] values = new double[count * mean.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = scaled(from * mean.length + i) - mean[i % mean.length];
        }
        return Nd4j.create(values,
                new long[] {count, images.channels(), images.height(), images.width()}, 'c');
    }

    /** Returns a pixel, counted through all images, in [0, 1]. */
    private double scaled(int pixel) {
        return Byte.toUnsignedInt(images.pixels()[pixel]) / 255.0;
    }
}
