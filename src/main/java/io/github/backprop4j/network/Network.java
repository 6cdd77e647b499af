package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Finite;
import io.github.backprop4j.layers.Softmax;
import io.github.backprop4j.parallel.Natives;
import io.github.backprop4j.parallel.Scratch;
import io.github.backprop4j.parallel.SingleThreadedMath;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.UnsupportedPlatformException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
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

    private final Architecture architecture;
    private final Parameters parameters;
    private final InputScaling scaling;
    private final Engine engine;
    private final Precision precision;
    private final Functions functions;
    private final Optional<ModelCard> card;
    private final Chain frozen;
    private final Chain trained;

    Network(Architecture architecture, Parameters parameters, InputScaling scaling) {
        this(architecture, parameters, scaling, Engine.fastest(), Precision.FLOAT32, Optional.empty(), 0);
    }

    private Network(Architecture architecture, Parameters parameters, InputScaling scaling, Engine engine,
            Precision precision, Optional<ModelCard> card, int frozenLayers) {
        long[] image = architecture.input();
        if (!Arrays.equals(scaling.mean().shape(), image)) {
            throw new InvalidInputException("network: the mean image has shape "
                    + Arrays.toString(scaling.mean().shape()) + ", expected " + Arrays.toString(image));
        }
        this.architecture = architecture;
        this.parameters = parameters;
        this.scaling = scaling.as(parameters.dataType());
        this.engine = engine;
        this.precision = precision;
        // oneDNN has no float64, which is for checking gradients
        functions = parameters.dataType() == DataType.DOUBLE ? Functions.OF_LAYERS : engine.functions(precision);
        this.card = card;
        frozen = architecture.layers().first(frozenLayers);
        trained = architecture.layers().behind(frozenLayers);
    }

    /**
     * Makes a network with random weights, in float32; the same seed gives the same.
     *
     * @param scaling of its images, with a mean of their size
     * @throws InvalidInputException if a layer begins with what it sees in images, as {@link WhitenLayer} does
     */
    public static Network initialize(Architecture architecture, InputScaling scaling, long seed) {
        return initialize(architecture, scaling, seed, DataType.FLOAT);
    }

    /** Makes a network with random weights in float32, or in float64 for those who check gradients. */
    public static Network initialize(Architecture architecture, InputScaling scaling, long seed, DataType type) {
        return begin(architecture, scaling, seed, type, () -> {
            throw new IllegalArgumentException("begins with what it sees in training images, and there are none; give them"
                    + " to Network.initialize");
        });
    }

    /**
     * Makes a network with random weights, in float32, of which some layers begin with what they see in images; the same
     * seed and images give the same, whatever the number of threads. It is computed on the calling thread, with ND4J and
     * OpenBLAS held to one thread for each operation in the whole process meanwhile.
     *
     * @param scaling of its images, with a mean of their size
     * @param images gives some training images, (N, C, H, W), float32, in their own scale (0–255 for {@code data}'s); asked
     *     only if there is such a layer
     * @throws InvalidInputException if a layer cannot begin with these images, naming it
     * @throws IllegalArgumentException if the images have another size or data type
     */
    public static Network initialize(
            Architecture architecture, InputScaling scaling, long seed, Supplier<INDArray> images) {
        return begin(architecture, scaling, seed, DataType.FLOAT, images);
    }

    private static Network begin(
            Architecture architecture, InputScaling scaling, long seed, DataType type, Supplier<INDArray> images) {
        Natives.load();
        Network network = new Network(architecture, Parameters.initialize(architecture, type, seed), scaling);
        try (SingleThreadedMath held = SingleThreadedMath.hold()) {
            architecture.layers().initialize(() -> network.scaled(images.get()), network.parameters);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("network: " + e.getMessage(), e);
        }
        return network;
    }

    /** The same for all engines. */
    private INDArray scaled(INDArray images) {
        requireFits(images);
        return scaling.apply(images, Functions.OF_LAYERS);
    }

    /**
     * Reads a network from a model file.
     *
     * @throws InvalidFileException if it is none, is damaged, or has layers that are not in the {@link LayerRegistry}
     * @throws UnsupportedPlatformException if this machine cannot load the native libraries; the message says what to do
     */
    public static Network load(Path file) throws IOException {
        Natives.load();
        return ModelFile.read(file);
    }

    /**
     * Makes a network of what it consists of.
     *
     * @param parameters by their names ({@link Architecture#parameters}), of their shapes, copied, all of the mean image's type
     * @throws InvalidInputException if one is missing, or has another shape, or NaN or infinity in it, or the mean image has
     *     another size than the images, or NaN or infinity in it
     */
    public static Network of(Architecture architecture, InputScaling scaling, Map<String, INDArray> parameters) {
        if (!Finite.allFinite(scaling.mean())) {
            throw new InvalidInputException("network: the mean image holds NaN or infinite numbers");
        }
        try {
            return new Network(architecture, ModelFile.parameters(architecture, parameters, scaling.mean().dataType()),
                    scaling);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("network: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the network in the arrays of a file, which errors name, whatever else is among them.
     *
     * @throws InvalidFileException as {@link #load}
     */
    public static Network ofArrays(Path file, Map<String, INDArray> arrays) throws InvalidFileException {
        return ModelFile.network(file, arrays);
    }

    /** Returns the arrays of its file, not copied, by their names. */
    public Map<String, INDArray> toArrays() {
        return ModelFile.arrays(this);
    }

    /**
     * Writes a model file, which {@code numpy.load} reads too: the parameters by name, the mean image as
     * {@code input.mean}, and {@code architecture}, the rest as JSON in bytes. Equal networks give equal bytes.
     *
     * @param file replaced if it exists; either all is written or nothing
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        ModelFile.write(this, file);
    }

    /** Returns what it is made of. */
    public Architecture architecture() {
        return architecture;
    }

    /** Returns the parameters themselves, not a copy. */
    public Parameters parameters() {
        return parameters;
    }

    /** Returns what is done to images before the first layer. */
    public InputScaling scaling() {
        return scaling;
    }

    /** Returns what computes it. */
    public Engine engine() {
        return engine;
    }

    /** Returns the engine's functions, with which the layers compute. */
    public Functions functions() {
        return functions;
    }

    /** Returns the precision of what its convolutions multiply. */
    public Precision precision() {
        return precision;
    }

    /** Returns where it comes from, if it was trained with settings that are known. */
    public Optional<ModelCard> card() {
        return card;
    }

    /** Returns a copy with its own parameters. */
    public Network copy() {
        return new Network(architecture, parameters.copy(), scaling, engine, precision, card, frozenLayers());
    }

    /**
     * Returns a network that another engine computes, in float32, with the same parameters, not a copy.
     *
     * @throws InvalidInputException if the engine is not available here
     */
    public Network using(Engine other) {
        return using(other, Precision.FLOAT32);
    }

    /**
     * Returns a network that another engine computes, with the same parameters, not a copy. The engine is not part of a
     * model file; a network has the fastest in float32 unless told otherwise ({@link Engine#fastest}).
     *
     * @param operands of its convolutions
     * @throws InvalidInputException if the engine is not available here, or has no such precision
     */
    public Network using(Engine other, Precision operands) {
        return new Network(architecture, parameters, scaling, other, operands, card, frozenLayers());
    }

    /** Returns the network in float32 or float64: this if it is so, otherwise a rounded or widened copy. */
    public Network castTo(DataType type) {
        return parameters.dataType() == type ? this
                : new Network(architecture, parameters.castTo(type), scaling, engine, precision, card, frozenLayers());
    }

    /** Returns a network with another card and the same parameters, not a copy. */
    public Network with(Optional<ModelCard> other) {
        return new Network(architecture, parameters, scaling, engine, precision, other, frozenLayers());
    }

    /**
     * Returns a network of which training leaves the first layers as they are, with the same parameters, not a copy. Frozen
     * layers pass images as in prediction: they drop nothing, and batch normalization keeps to its running statistics.
     *
     * @param layers how many, in the order of {@link Architecture#text}; not the output layer
     * @throws InvalidInputException if there are not so many
     */
    public Network freeze(int layers) {
        int most = architecture.layers().layers().size() - 1;
        if (layers < 0 || layers > most) {
            throw new InvalidInputException(
                    "freeze: " + layers + ", expected 0 to " + most + ", the layers before the output");
        }
        Set<String> names = architecture.layers().first(layers).parameters(architecture.input()).stream()
                .map(Parameter::name).collect(Collectors.toSet());
        return new Network(architecture, parameters.freeze(names), scaling, engine, precision, card, layers);
    }

    /** Returns how many images a mini-batch must have for every layer that is trained to learn from it. */
    public int leastExamples() {
        return trained.leastExamples(frozen.outputShape(architecture.input()));
    }

    private int frozenLayers() {
        return frozen.layers().size();
    }

    /**
     * Returns a copy that tells other classes apart, to be trained on: all layers but the output are kept, with their
     * parameters and the scaling of images. The new output begins at 0, so that no class is preferred, however large the
     * numbers are that it gets. With the same classes the output is kept, too.
     */
    public Network forClasses(List<String> classNames) {
        if (classNames.equals(architecture.classNames())) {
            return copy();
        }
        Architecture other = architecture.withClasses(classNames);
        Parameters kept = Parameters.uninitialized(other, parameters.dataType());
        String output = Output.TYPE.keyword() + ".";
        kept.names().forEach(name -> kept.get(name).assign(name.startsWith(output)
                ? Nd4j.scalar(parameters.dataType(), 0) : parameters.get(name)));
        return new Network(other, kept, scaling, engine, precision, card, 0).freeze(frozenLayers());
    }

    /**
     * What {@link #backward} needs of a training pass.
     *
     * @param logits the output, (N, K): before softmax
     * @param backward the way back through all layers
     */
    public record Pass(INDArray logits, Layer.Backward backward) {}

    /**
     * Passes images through the network for training: dropout drops, batch normalization takes the statistics of these
     * images.
     *
     * <p>Inside an ND4J workspace, as {@code parallel}'s workers have one, the pass ends with the workspace: go backward, and
     * copy what is to stay, before it closes.
     *
     * @param x images, (N, C, H, W), in the parameters' data type
     * @param random decides what is dropped
     */
    public Pass forward(INDArray x, RandomGenerator random) {
        requireFits(x);
        INDArray in = frozen.predict(scaling.apply(x, functions), parameters, functions);
        Layer.Forward forward = trained.forward(in, parameters, functions, random);
        return new Pass(forward.out(), forward.backward());
    }

    /** Returns the name of the first layer whose output in {@link #forward} is not all finite: where a training diverges. */
    public Optional<String> firstNotFinite(INDArray x, RandomGenerator random) {
        INDArray in = frozen.predict(scaling.apply(x, functions), parameters, functions);
        return trained.firstNotFinite(in, parameters, functions, random);
    }

    /** Computes the gradients of the parameters, as {@link #backward(INDArray, Pass, Parameters)}, in new arrays. */
    public Parameters backward(INDArray dLogits, Pass pass) {
        Parameters gradients = parameters.uninitializedLike();
        backward(dLogits, pass, gradients);
        return gradients;
    }

    /**
     * Computes the gradients of the parameters.
     *
     * @param dLogits gradient of the logits, (N, K)
     * @param pass from the forward of the same images
     * @param gradients of the parameters' form, overwritten: of each parameter with its gradient, summed over the
     *     examples, and of each running statistic with that of these images; those of frozen layers stay as they are
     */
    public void backward(INDArray dLogits, Pass pass, Parameters gradients) {
        pass.backward.apply(dLogits, gradients, false);
    }

    /**
     * Computes the output before softmax, on the calling thread alone, 32 images at a time: to predict with several
     * processors, call it from several threads. Some megabytes are kept for each call at the same time, for whichever thread
     * calls next. Meanwhile ND4J and OpenBLAS are held to one thread for each operation in the whole process.
     *
     * @param x images, (N, C, H, W), in the parameters' data type and the training images' scale (0–255 for {@code data}'s)
     * @return (N, K)
     * @throws IllegalArgumentException if the images have another size or data type
     */
    public INDArray predictLogits(INDArray x) {
        requireFits(x);
        Slices slices = Slices.full(Math.toIntExact(x.size(0)));
        INDArray logits = Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), architecture.classNames().size()}, 'c');
        try (SingleThreadedMath held = SingleThreadedMath.hold()) {
            for (int i = 0; i < slices.count(); i++) {
                INDArrayIndex slice = NDArrayIndex.interval(slices.from(i), slices.to(i));
                predictSlice(x.get(slice), logits.get(slice));
            }
        }
        return logits;
    }

    private void predictSlice(INDArray x, INDArray logits) {
        try (Scratch.Loan scratch = Scratch.borrow()) {
            logits.assign(architecture.layers().predict(scaling.apply(x, functions), parameters, functions));
        }
    }

    /** Computes the probability of each class, (N, K); see {@link #predictLogits}. */
    public INDArray predictProbabilities(INDArray x) {
        return Softmax.forward(predictLogits(x));
    }

    /** Returns the most likely class of each image; see {@link #predictLogits}. */
    public int[] predict(INDArray x) {
        return predictLogits(x).argMax(1).toIntVector();
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

    /** Returns the layers and how many numbers they learn. */
    @Override
    public String toString() {
        return "Network " + architecture.text() + " (" + parameters.trainedCount() + " parameters)";
    }
}
