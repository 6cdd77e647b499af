package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.layers.ConvolutionEngine;
import io.github.backprop4j.layers.Softmax;
import io.github.backprop4j.network.Architecture.Placed;
import io.github.backprop4j.parallel.Scratch;
import io.github.backprop4j.parallel.SingleThreadedMath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A network: an architecture, its parameters, and how its images are scaled.
 *
 * <p>Its methods change nothing and may be called from many threads at once. A trainer works on a copy.
 */
public final class Network {

    /** So many images are predicted at once: what is in work then stays in the processor's cache. */
    private static final int SLICE = 32;

    private final Architecture architecture;
    private final Parameters parameters;
    private final InputScaling scaling;
    private final ConvolutionEngine engine;
    private final List<Placed> layers;
    private final int firstTrained;

    Network(Architecture architecture, Parameters parameters, InputScaling scaling) {
        this(architecture, parameters, scaling, ConvolutionEngine.IM2COL);
    }

    private Network(
            Architecture architecture, Parameters parameters, InputScaling scaling, ConvolutionEngine engine) {
        this.engine = engine;
        long[] image = {architecture.channels(), architecture.height(), architecture.width()};
        if (!Arrays.equals(scaling.mean().shape(), image)) {
            throw new IllegalArgumentException("network: the mean image has shape "
                    + Arrays.toString(scaling.mean().shape()) + ", expected " + Arrays.toString(image));
        }
        this.architecture = architecture;
        this.parameters = parameters;
        this.scaling = scaling.as(parameters.dataType());
        layers = poolFirst(architecture.placed());
        int first = 0;
        while (layers.get(first).parameters().isEmpty()) {
            first++;
        }
        firstTrained = first;
    }

    /**
     * A network with random weights, in float32; the same seed gives the same.
     *
     * @param scaling of its images, with a mean of their size
     */
    public static Network initialize(Architecture architecture, InputScaling scaling, long seed) {
        return initialize(architecture, scaling, seed, DataType.FLOAT);
    }

    /** @param type float32, or float64 for those who check gradients */
    public static Network initialize(Architecture architecture, InputScaling scaling, long seed, DataType type) {
        return new Network(architecture, Parameters.initialize(architecture, type, seed), scaling);
    }

    /**
     * Reads a network from a model file.
     *
     * @throws io.github.backprop4j.files.InvalidFileException if it is none, or is damaged
     */
    public static Network load(Path file) throws IOException {
        return ModelFile.read(file);
    }

    /**
     * The network in a file's arrays, whatever else is among them.
     *
     * @param file where they are from, for errors
     * @throws InvalidFileException if they are not those of a network
     */
    public static Network ofArrays(Path file, Map<String, INDArray> arrays) throws InvalidFileException {
        return ModelFile.network(file, arrays);
    }

    /** The arrays of its file, by their names: the parameters themselves, not copies. */
    public Map<String, INDArray> toArrays() {
        return ModelFile.arrays(this);
    }

    /**
     * Writes a model file, which {@code numpy.load} reads too: the parameters by name, the mean image as
     * {@code input.mean}, and {@code architecture}, the rest as JSON in bytes. Equal networks give equal bytes.
     *
     * @param file replaced if it exists; either all is written or nothing
     */
    public void save(Path file) throws IOException {
        ModelFile.write(this, file);
    }

    /** What it is made of. */
    public Architecture architecture() {
        return architecture;
    }

    /** Not a copy. */
    public Parameters parameters() {
        return parameters;
    }

    /** What is done to images before the first layer. */
    public InputScaling scaling() {
        return scaling;
    }

    /** One like this with a copy of the parameters. */
    public Network copy() {
        return new Network(architecture, parameters.copy(), scaling, engine);
    }

    /**
     * One whose convolutions are computed by another engine, with the same parameters, not a copy. The engine is not part
     * of a model file; a network has {@link ConvolutionEngine#IM2COL} unless told otherwise.
     *
     * @throws IllegalArgumentException if the engine is not available here
     */
    public Network using(ConvolutionEngine other) {
        other.requireAvailable();
        return new Network(architecture, parameters, scaling, other);
    }

    /** What computes its convolutions. */
    public ConvolutionEngine engine() {
        return engine;
    }

    /**
     * What {@link #backward} needs of a training pass.
     *
     * @param logits the output, (N, K): before softmax
     */
    public record Pass(INDArray logits, List<Layer.Backward> backwards) {}

    /**
     * Passes images through the network for training: dropout drops, batch normalization takes the statistics of
     * these images.
     *
     * @param x images, (N, C, H, W), in the parameters' data type
     * @param random what is dropped
     */
    public Pass forward(INDArray x, RandomGenerator random) {
        requireFits(x);
        INDArray out = scaling.apply(x);
        List<Layer.Backward> backwards = new ArrayList<>();
        for (Placed layer : layers) {
            Layer.Forward forward = layer.layer().forward(out, parameters.of(layer.name()), random, engine);
            backwards.add(forward.backward());
            out = forward.out();
        }
        return new Pass(out, backwards);
    }

    /**
     * The first layer whose output for these images is not all finite, by its name: where a training diverges.
     *
     * @param x as of {@link #forward}
     * @param random as of {@link #forward}
     */
    public Optional<String> firstNotFinite(INDArray x, RandomGenerator random) {
        INDArray out = scaling.apply(x);
        for (Placed layer : layers) {
            out = layer.layer().forward(out, parameters.of(layer.name()), random, engine).out();
            if (!Double.isFinite(out.norm1Number().doubleValue())) {
                return Optional.of(layer.name());
            }
        }
        return Optional.empty();
    }

    /** As {@link #backward(INDArray, Pass, Parameters)}, into new arrays. */
    public Parameters backward(INDArray dLogits, Pass pass) {
        Parameters gradients = parameters.uninitializedLike();
        backward(dLogits, pass, gradients);
        return gradients;
    }

    /**
     * The gradients of the parameters.
     *
     * @param dLogits gradient of the logits, (N, K)
     * @param pass from the forward of the same images
     * @param gradients of the parameters' form, overwritten: of each parameter with its gradient, summed over the
     *     examples, and of each running statistic with that of these images
     */
    public void backward(INDArray dLogits, Pass pass, Parameters gradients) {
        INDArray error = dLogits;
        for (int i = layers.size() - 1; i >= firstTrained; i--) {
            error = pass.backwards.get(i).apply(error, gradients.of(layers.get(i).name()), i > firstTrained);
        }
    }

    /**
     * The output before softmax, computed by the calling thread alone, 32 images at a time: to predict with several
     * processors, call it from several threads. Each keeps some megabytes of memory for its next call. Meanwhile ND4J and
     * OpenBLAS are held to one thread for each operation in the whole process.
     *
     * @param x images, (N, C, H, W), in the parameters' data type and the scale of the training images (0–255 for
     *     those read by {@code data})
     * @return (N, K)
     * @throws IllegalArgumentException if the images have another size or data type
     */
    public INDArray predictLogits(INDArray x) {
        requireFits(x);
        long n = x.size(0);
        INDArray logits = Nd4j.createUninitialized(x.dataType(), new long[] {n, architecture.classNames().size()}, 'c');
        try (SingleThreadedMath held = SingleThreadedMath.hold()) {
            for (long from = 0; from < n; from += SLICE) {
                INDArrayIndex slice = NDArrayIndex.interval(from, Math.min(n, from + SLICE));
                predictSlice(x.get(slice), logits.get(slice));
            }
        }
        return logits;
    }

    private void predictSlice(INDArray x, INDArray logits) {
        try (MemoryWorkspace scratch = Scratch.open("backprop4j-predict")) {
            INDArray out = scaling.apply(x);
            for (Placed layer : layers) {
                out = layer.layer().predict(out, parameters.of(layer.name()), engine);
            }
            logits.assign(out);
        }
    }

    /** The probability of each class, (N, K); see {@link #predictLogits}. */
    public INDArray predictProbabilities(INDArray x) {
        return Softmax.forward(predictLogits(x));
    }

    /** The most likely class of each image; see {@link #predictLogits}. */
    public int[] predict(INDArray x) {
        return predictLogits(x).argMax(1).toIntVector();
    }

    /**
     * The layers in the order in which they are computed: max pooling before a ReLU that stands before it. The larger of
     * two numbers is the larger after ReLU too, and where all are negative no gradient passes in either order; so finite
     * numbers give the same to the bit, and ReLU has the fewer to work on.
     */
    private static List<Placed> poolFirst(List<Placed> layers) {
        List<Placed> ordered = new ArrayList<>(layers);
        for (int i = 1; i < ordered.size(); i++) {
            if (ordered.get(i).layer() instanceof Layer.MaxPool
                    && ordered.get(i - 1).layer() instanceof Layer.Rectifier) {
                Collections.swap(ordered, i - 1, i);
            }
        }
        return List.copyOf(ordered);
    }

    private void requireFits(INDArray x) {
        long[] expected = {x.size(0), architecture.channels(), architecture.height(), architecture.width()};
        if (!Arrays.equals(x.shape(), expected)) {
            throw new IllegalArgumentException("network: x has shape " + Arrays.toString(x.shape()) + ", expected "
                    + Arrays.toString(expected));
        }
        if (x.dataType() != parameters.dataType()) {
            throw new IllegalArgumentException("network: x is " + x.dataType() + ", expected " + parameters.dataType()
                    + "; use castTo");
        }
    }

    /** The layers and how many numbers they learn. */
    @Override
    public String toString() {
        return "Network " + architecture.text() + " (" + parameters.trainedCount() + " parameters)";
    }
}
