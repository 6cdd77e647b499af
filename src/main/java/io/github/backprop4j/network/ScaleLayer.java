package io.github.backprop4j.network;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multiplies every number by a constant: {@code scale:FACTOR}. Before the output layer it makes the logits, and with them
 * the weights' gradients, smaller by that factor.
 *
 * @param factor finite and not 0, as a float32 too
 */
public record ScaleLayer(double factor) implements Layer {

    static final LayerType TYPE =
            new LayerType("scale", "scale:FACTOR", arguments -> new ScaleLayer(arguments.real("FACTOR")));

    /** @throws IllegalArgumentException if factor is out of range */
    public ScaleLayer {
        if (!Float.isFinite((float) factor) || (float) factor == 0) {
            throw new IllegalArgumentException("factor: " + factor + ", expected a finite number other than 0 in float32");
        }
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        return new Forward(functions.multiplied(x, factor),
                (dOut, gradients, needsInput) -> functions.multiplied(dOut, factor));
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + factor;
    }
}
