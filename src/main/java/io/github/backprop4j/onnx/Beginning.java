package io.github.backprop4j.onnx;

import io.github.backprop4j.layers.Finite;
import io.github.backprop4j.network.ConvLayer;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ScaleLayer;
import io.github.backprop4j.onnx.Piece.Affine;
import io.github.backprop4j.onnx.Piece.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is done to images before the first layer, as a mean image and one factor. Where the graph has a factor for each
 * channel, what they differ by goes into the first weights; as padding is zero after the scaling, too, that is exact.
 *
 * @param scaling of images
 * @param parts the layers
 */
record Beginning(InputScaling scaling, List<Part> parts) {

    private static final double WHITE = 255;

    /** Puts what the settings say of pixels before the arithmetic of the graph. */
    static void normalize(Sequence sequence, long[] image, ImportSettings settings) {
        if (settings.normalizes()) {
            INDArray deviation = channels("std", settings.deviation(), 1, image);
            INDArray mean = channels("mean", settings.mean(), 0, image);
            sequence.scaleFirst(deviation.mul(WHITE).rdiv(1), mean.div(deviation).neg());
        }
    }

    private static INDArray channels(String name, List<Double> numbers, double fallback, long[] image) {
        List<Double> given = numbers.isEmpty() ? List.of(fallback) : numbers;
        if (given.size() != 1 && given.size() != image[0]) {
            throw new IllegalArgumentException("has images of " + image[0] + " channels, but " + name + " has "
                    + given.size() + " numbers, expected one, or one for each channel");
        }
        double[] all = given.stream().mapToDouble(each -> each).toArray();
        return Nd4j.createFromArray(all).reshape(new long[] {all.length, 1, 1});
    }

    /** @throws IllegalArgumentException if the first layer cannot take up factors that differ */
    static Beginning of(Sequence sequence, long[] image) {
        sequence.foldLastScale();
        Affine affine = sequence.beginning();
        List<Part> parts = sequence.parts();
        if (affine.factor().eq(0).any()) {
            throw new IllegalArgumentException("multiplies its images by 0");
        }
        double factor = affine.factor().amaxNumber().doubleValue();
        INDArray mean = affine.offset().div(affine.factor()).neg();
        // in place on a fresh array, and in float32, as images may be large
        INDArray whole = Nd4j.zeros(DataType.FLOAT, image).addi(mean.castTo(DataType.FLOAT));
        if (!Finite.allFinite(whole)) {
            throw new IllegalArgumentException("has means of images beyond float32");
        }
        INDArray ratio = affine.factor().div(factor);
        return new Beginning(new InputScaling(whole, factor), ratio.neq(1).any() ? folded(parts, ratio, image) : parts);
    }

    private static List<Part> folded(List<Part> parts, INDArray ratio, long[] image) {
        Part first = parts.isEmpty() ? null : parts.get(0);
        INDArray weights;
        if (first != null && first.layer() instanceof ConvLayer && ratio.size(1) == 1 && ratio.size(2) == 1) {
            weights = first.arrays().get(0).castTo(DataType.DOUBLE).mul(ratio.reshape(new long[] {1, ratio.size(0), 1, 1}));
        } else if (first != null && first.layer() instanceof DenseLayer) {
            INDArray each = Nd4j.zeros(DataType.DOUBLE, image).add(ratio);
            weights = first.arrays().get(0).castTo(DataType.DOUBLE).mul(each.reshape(new long[] {each.length(), 1}));
        } else if (ratio.eq(ratio.getDouble(0)).all()) {
            return Stream.concat(Stream.of(new Part(new ScaleLayer(ratio.getDouble(0)))), parts.stream()).toList();
        } else {
            throw new IllegalArgumentException("scales the channels of its images by different factors before "
                    + (first == null ? "the output" : first.layer()) + ", which has no counterpart here, expected a"
                    + " convolution or a fully connected layer; scale all channels alike");
        }
        List<Part> all = new ArrayList<>(parts);
        all.set(0, new Part(first.layer(), Stream.concat(Stream.of(weights.castTo(DataType.FLOAT)),
                first.arrays().stream().skip(1)).toList()));
        return all;
    }
}
