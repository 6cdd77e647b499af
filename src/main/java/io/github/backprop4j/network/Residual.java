package io.github.backprop4j.network;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A residual block: {@code out = body(x) + shortcut(x)} (He et al., Deep Residual Learning for Image Recognition, CVPR
 * 2016), {@code residual(LAYERS)} with the input itself as shortcut, or {@code residual(LAYERS|LAYERS)} with other layers
 * where the body changes the shape. A ReLU behind the sum is a layer of its own.
 *
 * <p>The body's layers have their names directly below the block's, {@code residual1.conv1.weights}, those of the shortcut
 * one further down, {@code residual1.shortcut.conv1.weights}.
 *
 * @param body at least one layer
 * @param shortcut no layers for the input itself
 */
public record Residual(Chain body, Chain shortcut) implements Layer {

    static final LayerType TYPE = new LayerType("residual", "residual(LAYERS[|LAYERS])", arguments -> {
        List<Chain> chains = arguments.chains(1, 2);
        return new Residual(chains.get(0), chains.size() > 1 ? chains.get(1) : new Chain());
    });

    /** What the shortcut's layers are below, in the block. */
    public static final String SHORTCUT = "shortcut";

    /** A block with the input itself as shortcut. */
    public Residual(Layer... body) {
        this(new Chain(body), new Chain());
    }

    /** @throws IllegalArgumentException if the body has no layers */
    public Residual {
        if (body.layers().isEmpty()) {
            throw new IllegalArgumentException("has a body without layers, expected at least one");
        }
    }

    @Override
    public long[] outputShape(long[] input) {
        long[] out = body.outputShape(input);
        long[] around = shortcut.outputShape(input);
        if (!Arrays.equals(out, around)) {
            throw new IllegalArgumentException("its body ends in " + Shapes.text(out) + " but its shortcut in "
                    + Shapes.text(around) + ", expected the same; change the layers of one of them");
        }
        return out;
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        return Stream.concat(body.parameters(input).stream(),
                shortcut.parameters(input).stream().map(parameter -> parameter.in(SHORTCUT))).toList();
    }

    @Override
    public int leastExamples(long[] input) {
        return Math.max(body.leastExamples(input), shortcut.leastExamples(input));
    }

    @Override
    public void initialize(Supplier<INDArray> x, NamedArrays parameters) {
        body.initialize(x, parameters);
        shortcut.initialize(x, parameters.in(SHORTCUT));
    }

    @Override
    public INDArray predict(INDArray x, NamedArrays parameters, Functions functions) {
        return functions.sum(
                body.predict(x, parameters, functions), shortcut.predict(x, parameters.in(SHORTCUT), functions));
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        Forward main = body.forward(x, parameters, functions, random);
        Forward around = shortcut.forward(x, parameters.in(SHORTCUT), functions, random);
        return new Forward(functions.sum(main.out(), around.out()), (dOut, gradients, needsInput) -> {
            INDArray dMain = main.backward().apply(dOut, gradients, needsInput);
            INDArray dAround = around.backward().apply(dOut, gradients.in(SHORTCUT), needsInput);
            return needsInput ? functions.sum(dMain, dAround) : null;
        });
    }

    @Override
    public String toString() {
        return TYPE.keyword() + "(" + body.text() + (shortcut.layers().isEmpty() ? "" : "|" + shortcut.text()) + ")";
    }
}
