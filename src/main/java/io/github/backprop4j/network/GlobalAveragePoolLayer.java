package io.github.backprop4j.network;

import io.github.backprop4j.layers.GlobalAveragePooling;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link GlobalAveragePooling}, which makes a number of each channel: {@code globalavgpool}. */
public record GlobalAveragePoolLayer() implements Layer {

    static final LayerType TYPE =
            new LayerType("globalavgpool", "globalavgpool", arguments -> new GlobalAveragePoolLayer());

    @Override
    public long[] outputShape(long[] input) {
        Shapes.requireImages(input);
        return new long[] {input[0]};
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return Forward.of(functions.globalAveragePooling(x));
    }

    @Override
    public String toString() {
        return TYPE.keyword();
    }
}
