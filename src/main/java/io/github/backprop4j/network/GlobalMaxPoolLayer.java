package io.github.backprop4j.network;

import io.github.backprop4j.layers.GlobalMaxPooling;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link GlobalMaxPooling}, which makes a number of each channel: {@code globalmaxpool}. */
public record GlobalMaxPoolLayer() implements Layer {

    static final LayerType TYPE = new LayerType("globalmaxpool", "globalmaxpool", arguments -> new GlobalMaxPoolLayer());

    @Override
    public long[] outputShape(long[] input) {
        Shapes.requireImages(input);
        return new long[] {input[0]};
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return Forward.of(functions.globalMaxPooling(x));
    }

    @Override
    public String toString() {
        return TYPE.keyword();
    }
}
