package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.Whitening;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution, with stride 1 and without padding, whose filters whiten the patches of the images that the network begins
 * with, {@link Whitening}: {@code whiten:KERNEL}, of C channels making 2·C·KERNEL². Training leaves the filters as they are;
 * the bias is trained.
 *
 * <p>It computes in float32 whatever the precision: filters of small eigenvalues multiply by up to 45, and so what rounding
 * does to images.
 *
 * @param kernelSize pixels on each side of a filter, at least 1
 */
public record WhitenLayer(int kernelSize) implements Layer {

    static final LayerType TYPE =
            new LayerType("whiten", "whiten:KERNEL", arguments -> new WhitenLayer(arguments.whole("KERNEL")));

    /** @throws IllegalArgumentException if kernelSize is out of range */
    public WhitenLayer {
        Ranges.requireAtLeast(1, "kernel", kernelSize);
    }

    /** @throws IllegalArgumentException if so many filters are too many for one array */
    private int filters(long channels) {
        try {
            return Math.toIntExact(Math.multiplyExact(2 * channels, (long) kernelSize * kernelSize));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a kernel of " + kernelSize + " makes too many filters; use a smaller one", e);
        }
    }

    @Override
    public long[] outputShape(long[] input) {
        Shapes.requireImages(input);
        if (kernelSize > Math.min(input[1], input[2])) {
            throw new IllegalArgumentException(
                    "a kernel of " + kernelSize + " is larger than the images; use a smaller one");
        }
        return new long[] {filters(input[0]), input[1] - kernelSize + 1, input[2] - kernelSize + 1};
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        int filters = filters(input[0]);
        return List.of(Parameter.fixed("weights", filters, input[0], kernelSize, kernelSize),
                Parameter.offset("bias", filters));
    }

    @Override
    public void initialize(Supplier<INDArray> x, NamedArrays parameters) {
        parameters.get("weights").assign(Whitening.filters(x.get(), kernelSize));
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        Functions exact = functions.inFloat32();
        INDArray weights = parameters.get("weights");
        Functions.WeightedPass pass = exact.convolution(x, weights, parameters.get("bias"), 1, 0);
        return new Forward(pass.out(), (dOut, gradients, needsInput) -> {
            if (needsInput) {
                // a gradient of the weights that nobody asks for comes with the input's
                return pass.backward().apply(dOut, weights.ulike(), gradients.get("bias"), true);
            }
            exact.sumChannels(dOut, gradients.get("bias"));
            return null;
        });
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + kernelSize;
    }
}
