package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.Mask;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Dropout of activations by a {@link Mask}: {@code dropout:RATE}. Nothing is dropped when predicting.
 *
 * @param rate probability with which training leaves out an activation, at least 0 and below 1
 */
public record DropoutLayer(double rate) implements Layer {

    static final LayerType TYPE =
            new LayerType("dropout", "dropout:RATE", arguments -> new DropoutLayer(arguments.real("RATE")));

    /** @throws IllegalArgumentException if rate is out of range */
    public DropoutLayer {
        Ranges.requireBelowOne("rate", rate);
    }

    @Override
    public INDArray predict(INDArray x, NamedArrays parameters, Functions functions) {
        return x;
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        INDArray mask = mask(x, rate, random);
        return new Forward(Mask.forward(x, mask), (dOut, gradients, needsInput) -> Mask.backward(dOut, mask));
    }

    /** Draws a mask for an array, its numbers row by row. */
    static INDArray mask(INDArray x, double rate, RandomGenerator random) {
        double[] uniform = random.doubles(x.length()).toArray();
        return Mask.of(Nd4j.create(uniform, x.shape(), 'c').castTo(x.dataType()), 1 - rate);
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + rate;
    }
}
