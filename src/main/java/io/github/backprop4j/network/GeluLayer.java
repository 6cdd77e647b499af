package io.github.backprop4j.network;

import io.github.backprop4j.layers.Gelu;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Gelu}, element by element: {@code gelu}. */
public record GeluLayer() implements Layer {

    static final LayerType TYPE = new LayerType("gelu", "gelu", arguments -> new GeluLayer());

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return Forward.of(functions.gelu(x));
    }

    @Override
    public String toString() {
        return TYPE.keyword();
    }
}
