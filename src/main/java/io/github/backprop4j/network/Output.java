package io.github.backprop4j.network;

import java.util.List;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The last layer of a network, fully connected with an output for each class: {@code output[:nobias]}. Texts may leave
 * it out. Softmax comes behind it, in the loss and in the probabilities.
 *
 * @param classes at least 1
 * @param bias whether a bias is learned for each class
 */
public record Output(int classes, boolean bias) implements Layer {

    static final LayerType TYPE = new LayerType("output", "output[:nobias]",
            arguments -> new Output(arguments.classes(), !arguments.flag("nobias")));

    private DenseLayer dense() {
        return new DenseLayer(classes, bias);
    }

    @Override
    public long[] outputShape(long[] input) {
        return dense().outputShape(input);
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        return dense().parameters(input);
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return dense().forward(x, parameters, functions, random);
    }

    @Override
    public String toString() {
        return TYPE.keyword() + (bias ? "" : ":nobias");
    }
}
