package io.github.backprop4j.network;

import io.github.backprop4j.layers.Relu;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Relu}, element by element: {@code relu}. */
public record ReluLayer() implements Layer {

    static final LayerType TYPE = new LayerType("relu", "relu", arguments -> new ReluLayer());

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return Forward.of(functions.relu(x));
    }

    @Override
    public String toString() {
        return TYPE.keyword();
    }
}
