package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.Mask;
import io.github.backprop4j.network.Parameter.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer of whose weights training leaves some out, by a {@link Mask} drawn for each pass, and masks their gradients
 * alike: {@code dropconnect:RATE}, which belongs to the layer behind it, {@code dropconnect:0.5,dense:100}. When
 * predicting, it is that layer.
 *
 * @param rate probability with which a weight is left out, at least 0 and below 1
 * @param layer whose weights they are; its name in the network is this one's
 */
public record DropConnect(double rate, Layer layer) implements Layer {

    static final LayerType TYPE = new LayerType("dropconnect", "dropconnect:RATE",
            arguments -> new DropConnect(arguments.real("RATE"), arguments.next()));

    /** @throws IllegalArgumentException if rate is out of range */
    public DropConnect {
        Ranges.requireBelowOne("rate", rate);
    }

    @Override
    public String kind() {
        return layer.kind();
    }

    @Override
    public long[] outputShape(long[] input) {
        return layer.outputShape(input);
    }

    /** @throws IllegalArgumentException if the layer has no weights */
    @Override
    public List<Parameter> parameters(long[] input) {
        List<Parameter> parameters = layer.parameters(input);
        if (parameters.stream().noneMatch(DropConnect::isWeights)) {
            throw new IllegalArgumentException(
                    layer + " has no weights to leave out; put dropconnect before a layer that has");
        }
        return parameters;
    }

    @Override
    public int leastExamples(long[] input) {
        return layer.leastExamples(input);
    }

    @Override
    public void initialize(Supplier<INDArray> x, NamedArrays parameters) {
        layer.initialize(x, parameters);
    }

    @Override
    public INDArray predict(INDArray x, NamedArrays parameters, Functions functions) {
        return layer.predict(x, parameters, functions);
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        Map<String, INDArray> masks = new HashMap<>();
        for (String name : weightNames(Shapes.ofOne(x))) {
            masks.put(name, DropoutLayer.mask(parameters.get(name), rate, random));
        }
        Forward forward = layer.forward(x, name -> masks.containsKey(name)
                ? Mask.forward(parameters.get(name), masks.get(name)) : parameters.get(name), functions, random);
        return new Forward(forward.out(), (dOut, gradients, needsInput) -> {
            INDArray dx = forward.backward().apply(dOut, gradients, needsInput);
            masks.forEach((name, mask) -> gradients.get(name).assign(Mask.backward(gradients.get(name), mask)));
            return dx;
        });
    }

    private List<String> weightNames(long[] input) {
        return layer.parameters(input).stream().filter(DropConnect::isWeights).map(Parameter::name).toList();
    }

    private static boolean isWeights(Parameter parameter) {
        return parameter.kind() == Kind.WEIGHTS;
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + rate + "," + layer;
    }
}
