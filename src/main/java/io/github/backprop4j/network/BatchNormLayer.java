package io.github.backprop4j.network;

import io.github.backprop4j.layers.BatchNormalization;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link BatchNormalization}: {@code batchnorm[:EPSILON][:noscale]}. Training takes the statistics of the slice at hand
 * (ghost batch normalization; Hoffer et al., Train Longer, Generalize Better, 2017), prediction the running ones. A slice
 * with a single value for each channel has no variance and leaves the running statistics alone.
 *
 * @param epsilon keeps the divisor from 0: above 0 and below 1; 1e-5 unless given
 * @param scaled whether a scale is learned for each channel; a shift always is
 */
public record BatchNormLayer(double epsilon, boolean scaled) implements Layer {

    private static final double EPSILON = 1e-5;

    static final LayerType TYPE = new LayerType("batchnorm", "batchnorm[:EPSILON][:noscale]",
            arguments -> new BatchNormLayer(arguments.real("EPSILON", EPSILON), !arguments.flag("noscale")));

    /** Batch normalization with a scale. */
    public BatchNormLayer() {
        this(true);
    }

    /** Batch normalization with an epsilon of 1e-5. */
    public BatchNormLayer(boolean scaled) {
        this(EPSILON, scaled);
    }

    /** @throws IllegalArgumentException if epsilon is out of range */
    public BatchNormLayer {
        if (!((float) epsilon > 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon: " + epsilon + ", expected above 0, also in float32, and below 1");
        }
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        List<Parameter> parameters = new ArrayList<>();
        if (scaled) {
            parameters.add(Parameter.scale("scale", input[0]));
        }
        parameters.add(Parameter.shift("shift", input[0]));
        parameters.add(Parameter.runningMean("mean", input[0]));
        parameters.add(Parameter.runningVariance("variance", input[0]));
        return parameters;
    }

    /** A channel needs two values for a variance: two pixels, or else two examples. */
    @Override
    public int leastExamples(long[] input) {
        return Shapes.length(input) > input[0] ? 1 : 2;
    }

    @Override
    public INDArray predict(INDArray x, NamedArrays parameters, Functions functions) {
        return functions.batchNormalization(x, scale(x, parameters), parameters.get("shift"), parameters.get("mean"),
                parameters.get("variance"), epsilon);
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        Functions.NormalizedPass forward = functions.batchNormalization(
                x, scale(x, parameters), parameters.get("shift"), epsilon);
        return new Forward(forward.out(), (dOut, gradients, needsInput) -> {
            INDArray dScale = scaled ? gradients.get("scale") : Nd4j.createUninitialized(x.dataType(), x.size(1));
            INDArray dx = forward.backward().apply(dOut, dScale, gradients.get("shift"));
            long elements = x.length() / x.size(1);
            boolean hasVariance = elements > 1;
            gradients.get("mean").assign(hasVariance ? forward.mean() : parameters.get("mean"));
            gradients.get("variance").assign(hasVariance
                    // unbiased, as the paper takes it for prediction
                    ? forward.variance().mul((double) elements / (elements - 1)) : parameters.get("variance"));
            return dx;
        });
    }

    private INDArray scale(INDArray x, NamedArrays parameters) {
        return scaled ? parameters.get("scale") : Nd4j.ones(x.dataType(), x.size(1));
    }

    @Override
    public String toString() {
        return TYPE.keyword() + (epsilon == EPSILON ? "" : ":" + epsilon) + (scaled ? "" : ":noscale");
    }
}
