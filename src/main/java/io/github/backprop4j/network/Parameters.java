package io.github.backprop4j.network;

import io.github.backprop4j.network.Parameter.Kind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The named arrays of a network, like {@code conv1.weights}, all in one row of memory: what is trained first, running
 * statistics behind it. So an optimizer's step, a norm or a sum of gradients is one operation on one array.
 *
 * <p>The gradients of a network have the same form.
 */
public final class Parameters {

    private final List<Parameter> layout;
    private final INDArray all;
    private final int trainedCount;
    private final INDArray trained;
    private final Map<String, INDArray> views;

    private Parameters(List<Parameter> layout, INDArray all) {
        this.layout = layout;
        this.all = all;
        Map<String, INDArray> found = new LinkedHashMap<>();
        long offset = 0;
        long trainedLength = 0;
        for (Parameter parameter : layout) {
            long end = offset + parameter.length();
            found.put(parameter.name(),
                    all.get(NDArrayIndex.interval(offset, end)).reshape('c', parameter.shape()));
            trainedLength = parameter.kind().isTrained() ? end : trainedLength;
            offset = end;
        }
        trainedCount = Math.toIntExact(trainedLength);
        trained = all.get(NDArrayIndex.interval(0, trainedCount)).reshape('c', 1, trainedCount);
        views = found;
    }

    /**
     * Arrays with undefined content.
     *
     * @param type float32 or float64
     * @throws IllegalArgumentException if they are too many numbers for one array
     */
    static Parameters uninitialized(Architecture architecture, DataType type) {
        List<Parameter> layout = Stream.concat(
                architecture.parameters().stream().filter(parameter -> parameter.kind().isTrained()),
                architecture.parameters().stream().filter(parameter -> !parameter.kind().isTrained())).toList();
        long length = layout.stream().mapToLong(Parameter::length).sum();
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("architecture: " + length + " parameters, expected at most "
                    + Integer.MAX_VALUE);
        }
        return new Parameters(layout, Nd4j.createUninitialized(type, length));
    }

    /**
     * The start of a training: weights normal with mean 0 and variance {@code 2 / fan-in} (He et al., Delving Deep into
     * Rectifiers, ICCV 2015), scales and variances 1, all else 0.
     *
     * @param seed the same gives the same on every machine
     */
    static Parameters initialize(Architecture architecture, DataType type, long seed) {
        Parameters parameters = uninitialized(architecture, type);
        Random random = new Random(seed);
        for (Parameter parameter : parameters.layout) {
            INDArray view = parameters.get(parameter.name());
            if (parameter.kind() == Kind.WEIGHTS) {
                double deviation = Math.sqrt(2.0 / parameter.fanIn());
                double[] values = random.doubles(parameter.length())
                        .map(ignored -> deviation * random.nextGaussian()).toArray();
                view.assign(Nd4j.create(values, parameter.shape(), 'c'));
            } else {
                view.assign(parameter.kind().start());
            }
        }
        return parameters;
    }

    /** The names, in the order of the memory. */
    public List<String> names() {
        return List.copyOf(views.keySet());
    }

    /** Those that an L2 penalty is for. */
    public List<String> weightNames() {
        return layout.stream().filter(parameter -> parameter.kind() == Kind.WEIGHTS).map(Parameter::name).toList();
    }

    /**
     * The array of that name, not a copy.
     *
     * @throws IllegalArgumentException if there is none
     */
    public INDArray get(String name) {
        INDArray view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException("parameters: no " + name + ", there are " + views.keySet());
        }
        return view;
    }

    /** All that is trained, as one row (1, length): not a copy. */
    public INDArray trained() {
        return trained;
    }

    /** Whether there are running statistics. */
    public boolean hasStatistics() {
        return trainedCount < all.length();
    }

    /** All running statistics as one row (1, length): not a copy. */
    public INDArray statistics() {
        return all.get(NDArrayIndex.interval(trainedCount, all.length()))
                .reshape('c', 1, all.length() - trainedCount);
    }

    /** How many numbers are trained. */
    public int trainedCount() {
        return trainedCount;
    }

    /** Float32 or float64, of all arrays. */
    public DataType dataType() {
        return all.dataType();
    }

    /** A copy, of its own memory. */
    public Parameters copy() {
        return new Parameters(layout, all.dup());
    }

    /** Others of the same form, with undefined content. */
    public Parameters uninitializedLike() {
        return new Parameters(layout, Nd4j.createUninitialized(all.dataType(), all.length()));
    }

    /** The arrays of one layer, by their names in it. */
    Function<String, INDArray> of(String layer) {
        return name -> get(layer + "." + name);
    }

    /** The arrays by name, not copied. */
    Map<String, INDArray> asMap() {
        return Collections.unmodifiableMap(views);
    }
}
