package io.github.backprop4j.examples;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.network.Functions;
import io.github.backprop4j.network.GradientCheck;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.network.NamedArrays;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameter;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A layer of one's own: written, checked, made known by its keyword, trained and saved. */
public final class OwnLayer {

    /**
     * {@code out = gain · x · sigmoid(x)}, with one gain for the layer, which is learned (Ramachandran et al., Searching
     * for Activation Functions, 2017, without its β).
     *
     * <p>A layer is a value without state: what it learns is handed to each pass, and what the way back needs stays in the
     * lambda that {@code forward} returns.
     */
    public record Swish() implements Layer {

        /** How texts name the layer, and how it is made of one: this one has no settings. */
        public static final LayerType TYPE = new LayerType("swish", "swish", arguments -> new Swish());

        /** One number, which begins at 1. The shape of the output is that of the input, so nothing is said about it. */
        @Override
        public List<Parameter> parameters(long[] input) {
            return List.of(Parameter.scale("gain", 1));
        }

        @Override
        public Forward forward(INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
            INDArray sigmoid = Transforms.sigmoid(x, true);
            INDArray swish = x.mul(sigmoid);
            double gain = parameters.get("gain").getDouble(0);
            return new Forward(swish.mul(gain), (dOut, gradients, needsInput) -> {
                // summed over all examples, and assigned, not added
                gradients.get("gain").assign(dOut.mul(swish).sumNumber());
                // swish' = sigmoid + swish · (1 - sigmoid); rsub makes a new array, which may be changed in place
                return sigmoid.rsub(1).muli(swish).addi(sigmoid).muli(dOut).muli(gain);
            });
        }

        /** The text that the layer is made of again when a model is loaded. */
        @Override
        public String toString() {
            return TYPE.keyword();
        }
    }

    private OwnLayer() {}

    /** @param arguments the data to train with, such as {@code shapes}, and the model file to write */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: OwnLayer DATA MODEL.npz");
        }
        System.out.println(check());
        System.out.println(train(Datasets.open(arguments[0]), 10, Path.of(arguments[1])));
    }

    /** Holds the gradients of x and of the gain against differences; belongs into a test of the layer. */
    public static GradientCheck check() {
        return GradientCheck.of(new Swish(), new long[] {2, 3, 4}, 1).requireMatch();
    }

    /** Trains a network that has the layer. Whoever loads the model in another process registers the layer there first. */
    public static Network train(Dataset data, int epochs, Path model) throws IOException {
        LayerRegistry.register(Swish.TYPE);
        TrainingSettings settings = TrainingSettings.builder()
                .layers("conv:6:5,swish,pool:4,dense:20,residual(swish)").epochs(epochs).batchSize(20).validation(0).build();
        Network network = Training.of(settings, data).run().network();
        network.save(model);
        return network;
    }
}
