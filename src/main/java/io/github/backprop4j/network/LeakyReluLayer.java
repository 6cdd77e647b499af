package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.LeakyRelu;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link LeakyRelu}, element by element: {@code leakyrelu[:SLOPE]}.
 *
 * @param slope of the negative side, at least 0 and below 1; 0.01 unless given
 */
public record LeakyReluLayer(double slope) implements Layer {

    static final LayerType TYPE = new LayerType("leakyrelu", "leakyrelu[:SLOPE]",
            arguments -> new LeakyReluLayer(arguments.real("SLOPE", 0.01)));

    /** @throws IllegalArgumentException if slope is out of range */
    public LeakyReluLayer {
        Ranges.requireBelowOne("slope", slope);
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return Forward.of(functions.leakyRelu(x, slope));
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + slope;
    }
}
