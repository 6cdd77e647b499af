package io.github.backprop4j.onnx;

import io.github.backprop4j.network.ConvLayer;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.onnx.Piece.Affine;
import io.github.backprop4j.onnx.Piece.Part;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Puts {@code factor · y + offset} into the weights and the bias that y comes from, with the same result. */
final class OutputFolding {

    private OutputFolding() {}

    /** Tells whether a layer has weights, and each of its outputs one factor and one offset. */
    static boolean isPossible(Part part, Affine affine) {
        long outputs = outputs(part);
        return outputs > 0 && isOneEach(affine.factor(), outputs) && isOneEach(affine.offset(), outputs);
    }

    private static long outputs(Part part) {
        return part.layer() instanceof ConvLayer conv ? conv.filters()
                : part.layer() instanceof DenseLayer dense ? dense.outputs() : 0;
    }

    /** An array of as many dimensions as the output: (F, 1, 1) or (M). */
    private static boolean isOneEach(INDArray array, long outputs) {
        return array.length() == 1 || array.length() == outputs && array.size(0) == outputs;
    }

    static Part fold(Part part, Affine affine) {
        long outputs = outputs(part);
        INDArray factor = row(affine.factor(), outputs);
        INDArray offset = row(affine.offset(), outputs);
        INDArray weights = part.arrays().get(0).castTo(DataType.DOUBLE);
        boolean isConv = part.layer() instanceof ConvLayer;
        INDArray scaled = weights.mul(
                factor.reshape(isConv ? new long[] {outputs, 1, 1, 1} : new long[] {1, outputs}));
        INDArray bias = part.arrays().size() > 1 ? part.arrays().get(1).castTo(DataType.DOUBLE).mul(factor).add(offset)
                : offset;
        boolean hasBias = part.arrays().size() > 1 || bias.neq(0).any();
        INDArray weightsInFloat = scaled.castTo(DataType.FLOAT);
        for (INDArray wide : List.of(weights, scaled)) {
            // many large ones may follow each other before they are collected
            if (wide.closeable()) {
                wide.close();
            }
        }
        return isConv
                ? new Part(withBias((ConvLayer) part.layer(), hasBias), arrays(weightsInFloat, bias, hasBias))
                : new Part(new DenseLayer((int) outputs, hasBias), arrays(weightsInFloat, bias, hasBias));
    }

    private static ConvLayer withBias(ConvLayer conv, boolean bias) {
        return new ConvLayer(conv.filters(), conv.kernelSize(), conv.stride(), conv.padding(), bias);
    }

    private static List<INDArray> arrays(INDArray weights, INDArray bias, boolean hasBias) {
        return hasBias ? List.of(weights, bias.castTo(DataType.FLOAT)) : List.of(weights);
    }

    private static INDArray row(INDArray array, long outputs) {
        return array.length() == 1 ? Nd4j.valueArrayOf(new long[] {outputs}, array.getDouble(0), DataType.DOUBLE)
                : array.reshape(new long[] {outputs});
    }
}
