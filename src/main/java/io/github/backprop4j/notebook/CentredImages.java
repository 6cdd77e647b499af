package io.github.backprop4j.notebook;

import io.github.backprop4j.data.Pictures;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The notebook's input: pictures scaled to [0, 1] less their mean picture, made from the bytes when they are needed. */
final class CentredImages {

    private final Pictures pictures;
    private final double[] mean;

    CentredImages(Pictures pictures) {
        this.pictures = pictures;
        mean = new double[pictures.size()];
        for (int i = 0; i < pictures.pixels().length; i++) {
            mean[i % mean.length] += scaled(i);
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= pictures.count();
        }
    }

    /** So many pictures, (count, C, H, W), float64. */
    INDArray slice(int from, int count) {
        double[] values = new double[count * mean.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = scaled(from * mean.length + i) - mean[i % mean.length];
        }
        return Nd4j.create(values,
                new long[] {count, pictures.channels(), pictures.height(), pictures.width()}, 'c');
    }

    private double scaled(int pixel) {
        return Byte.toUnsignedInt(pictures.pixels()[pixel]) / 255.0;
    }
}
