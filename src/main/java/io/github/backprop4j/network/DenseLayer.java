package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.FullyConnected;
import java.util.List;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link FullyConnected}, on images flattened if they are not yet: {@code dense:OUTPUTS[:nobias]}.
 *
 * @param outputs at least 1
 * @param bias whether a bias is learned for each output
 */
public record DenseLayer(int outputs, boolean bias) implements Layer {

    static final LayerType TYPE = new LayerType("dense", "dense:OUTPUTS[:nobias]",
            arguments -> new DenseLayer(arguments.whole("OUTPUTS"), !arguments.flag("nobias")));

    /** A fully connected layer with a bias. */
    public DenseLayer(int outputs) {
        this(outputs, true);
    }

    /** @throws IllegalArgumentException if outputs is out of range */
    public DenseLayer {
        Ranges.requireAtLeast(1, "outputs", outputs);
    }

    @Override
    public long[] outputShape(long[] input) {
        return new long[] {outputs};
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        long inputs = Shapes.length(input);
        Parameter weights = Parameter.weights("weights", inputs, inputs, outputs);
        return bias ? List.of(weights, Parameter.offset("bias", outputs)) : List.of(weights);
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        INDArray zeros = bias ? null : Nd4j.zeros(x.dataType(), outputs);
        return Forward.of(functions.fullyConnected(x, parameters.get("weights"), bias ? parameters.get("bias") : zeros), zeros);
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + outputs + (bias ? "" : ":nobias");
    }
}
