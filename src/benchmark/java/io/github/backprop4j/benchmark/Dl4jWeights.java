package io.github.backprop4j.benchmark;

import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.BatchNormLayer;
import io.github.backprop4j.network.ConvLayer;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.network.DropoutLayer;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.MaxPoolLayer;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Output;
import io.github.backprop4j.network.ReluLayer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Moves weights between a network and DL4J's {@link MultiLayerNetwork} of the same layers: an example to copy, for chains of
 * conv, pool, batchnorm, dense, relu, dropout and the output.
 *
 * <p>Layer by layer, DL4J's parameters are called by the layer's index and a letter or word, and hold the same numbers:
 *
 * <pre>
 * conv1.weights (F, C, K, K)       0_W (F, C, K, K)
 * conv1.bias (F)                   0_b (1, F)
 * batchnorm1.scale, shift (C)      1_gamma, 1_beta (1, C); without a scale, gamma is 1
 * batchnorm1.mean, variance (C)    1_mean, 1_var (1, C); the variance itself, as useLogStd is off
 * dense1.weights (D, M)            4_W (D, M), whose memory lies column by column
 * dense1.bias (M)                  4_b (1, M)
 * </pre>
 *
 * <p>Before the first dense layer DL4J flattens images row by row, as we do, so that the D features are in the same order.
 * What is not part of a {@code MultiLayerNetwork} is our scaling of images; {@link #scaled} does it before.
 */
public final class Dl4jWeights {

    private Dl4jWeights() {}

    /**
     * Returns DL4J's network of the same layers, with a copy of the weights.
     *
     * @param network in float32
     * @param updater for those who go on training it there
     * @throws IllegalArgumentException if a layer is none of those above
     */
    public static MultiLayerNetwork toDl4j(Network network, IUpdater updater) {
        Architecture architecture = network.architecture();
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT).updater(updater).convolutionMode(ConvolutionMode.Truncate).list();
        architecture.layers().layers().forEach(layer -> layers.layer(layer(layer)));
        InputType images =
                InputType.convolutional(architecture.height(), architecture.width(), architecture.channels());
        MultiLayerNetwork dl4j = new MultiLayerNetwork(layers.setInputType(images).build());
        dl4j.init();
        places(architecture).forEach((ours, theirs) -> {
            INDArray to = dl4j.getParam(theirs);
            to.assign(network.parameters().get(ours).reshape('c', to.shape()));
        });
        return dl4j;
    }

    /**
     * Returns a copy of a network with the weights of DL4J's, such as {@link #toDl4j} made and DL4J trained.
     *
     * @param like a network of the same layers, whose scaling of images, class names and card are kept
     * @throws IllegalArgumentException if a layer is none of those above, or DL4J has learnt a gamma where the network has
     *     no scale
     */
    public static Network fromDl4j(MultiLayerNetwork dl4j, Network like) {
        Network network = like.copy();
        Map<String, String> places = places(like.architecture());
        dl4j.paramTable().forEach((theirs, array) -> {
            boolean isKnown = places.containsValue(theirs);
            if (!isKnown && !(theirs.endsWith("_gamma") && array.minNumber().doubleValue() == 1
                    && array.maxNumber().doubleValue() == 1)) {
                throw new IllegalArgumentException("from DL4J: " + theirs + " has no place in " + like);
            }
        });
        places.forEach((ours, theirs) -> {
            INDArray to = network.parameters().get(ours);
            to.assign(dl4j.getParam(theirs).dup('c').reshape('c', to.shape()));
        });
        return network;
    }

    /**
     * Returns images as DL4J's network takes them.
     *
     * @param images (N, C, H, W), float32, 0 to 255
     */
    public static INDArray scaled(Network network, INDArray images) {
        return images.sub(network.scaling().mean()).mul(network.scaling().factor());
    }

    /** Maps our names of parameters to DL4J's. */
    private static Map<String, String> places(Architecture architecture) {
        Map<String, String> places = new LinkedHashMap<>();
        List<Layer> layers = architecture.layers().layers();
        List<String> names = architecture.layers().names();
        Map<String, String> words = Map.of("weights", "W", "bias", "b",
                "scale", "gamma", "shift", "beta", "mean", "mean", "variance", "var");
        architecture.parameters().forEach(parameter -> {
            String[] layerAndWord = parameter.name().split("\\.");
            places.put(parameter.name(), names.indexOf(layerAndWord[0]) + "_" + words.get(layerAndWord[1]));
        });
        return places;
    }

    private static org.deeplearning4j.nn.conf.layers.Layer layer(Layer layer) {
        if (layer instanceof ConvLayer conv) {
            return new ConvolutionLayer.Builder(conv.kernelSize(), conv.kernelSize())
                    .stride(conv.stride(), conv.stride()).padding(conv.padding(), conv.padding())
                    .nOut(conv.filters()).hasBias(conv.bias()).activation(Activation.IDENTITY).build();
        }
        if (layer instanceof MaxPoolLayer pool) {
            return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(pool.size(), pool.size()).stride(pool.stride(), pool.stride()).build();
        }
        if (layer instanceof BatchNormLayer batchNorm) {
            return new BatchNormalization.Builder().eps(batchNorm.epsilon()).useLogStd(false).build();
        }
        if (layer instanceof DenseLayer dense) {
            return new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder()
                    .nOut(dense.outputs()).hasBias(dense.bias()).activation(Activation.IDENTITY).build();
        }
        if (layer instanceof ReluLayer) {
            return new ActivationLayer(Activation.RELU);
        }
        if (layer instanceof DropoutLayer dropout) {
            // DL4J's number is what is kept
            return new org.deeplearning4j.nn.conf.layers.DropoutLayer(1 - dropout.rate());
        }
        if (layer instanceof Output output) {
            return new OutputLayer.Builder(LossFunction.MCXENT).nOut(output.classes()).hasBias(output.bias())
                    .activation(Activation.SOFTMAX).build();
        }
        throw new IllegalArgumentException("to DL4J: " + layer + ", expected conv, pool, batchnorm, dense, relu, dropout and"
                + " the output");
    }
}
