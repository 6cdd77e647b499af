package io.github.backprop4j.network;

import io.github.backprop4j.layers.Finite;
import io.github.backprop4j.network.Parameter.Kind;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The arrays of a network by their names, like {@code residual1.conv1.weights}, all in one row of memory: what is trained
 * first, running statistics behind it, and last what is fixed. So an optimizer's step, a norm or a sum of gradients is one
 * operation on one array.
 *
 * <p>The gradients of a network have the same form; what they hold for fixed arrays is undefined, and nobody reads it.
 */
public final class Parameters implements NamedArrays {

    private final List<Parameter> layout;
    private final INDArray all;
    private final Set<String> frozen;
    private final INDArray trained;
    private final INDArray statistics;
    private final Map<String, INDArray> views;

    private Parameters(List<Parameter> layout, INDArray all, Set<String> frozen) {
        this.layout = layout;
        this.all = all;
        this.frozen = frozen;
        Map<String, INDArray> found = new LinkedHashMap<>();
        long offset = 0;
        for (Parameter parameter : layout) {
            long end = offset + parameter.length();
            found.put(parameter.name(), all.get(NDArrayIndex.interval(offset, end)).reshape('c', parameter.shape()));
            offset = end;
        }
        views = found;
        trained = row(0, Kind::isTrained);
        statistics = row(length(Kind::isTrained, any -> true), Kind::isFollowed);
    }

    /**
     * Returns the parameters of some kinds, which stand side by side; the frozen ones stand before the others and are left
     * out.
     */
    private INDArray row(long from, Predicate<Kind> kinds) {
        long first = from + length(kinds, frozen::contains);
        long end = from + length(kinds, any -> true);
        return first == end ? Nd4j.empty(all.dataType())
                : all.get(NDArrayIndex.interval(first, end)).reshape('c', 1, end - first);
    }

    private long length(Predicate<Kind> kinds, Predicate<String> names) {
        return layout.stream().filter(parameter -> kinds.test(parameter.kind()) && names.test(parameter.name()))
                .mapToLong(Parameter::length).sum();
    }

    private static int place(Parameter parameter) {
        return parameter.kind().isTrained() ? 0 : parameter.kind().isFollowed() ? 1 : 2;
    }

    /**
     * Makes arrays with undefined content.
     *
     * @param type float32 or float64
     * @throws IllegalArgumentException if they are too many numbers for one array
     */
    static Parameters uninitialized(Architecture architecture, DataType type) {
        List<Parameter> layout =
                architecture.parameters().stream().sorted(Comparator.comparingInt(Parameters::place)).toList();
        long length = layout.stream().mapToLong(Parameter::length).sum();
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("architecture: " + length + " parameters, expected at most "
                    + Integer.MAX_VALUE);
        }
        return new Parameters(layout, Nd4j.createUninitialized(type, length), Set.of());
    }

    /**
     * Makes the start of a training, each as its {@link Parameter.Start} has it.
     *
     * @param seed the same gives the same on every machine
     */
    static Parameters initialize(Architecture architecture, DataType type, long seed) {
        Parameters parameters = uninitialized(architecture, type);
        Random random = new Random(seed);
        for (Parameter parameter : parameters.layout) {
            parameter.start().fill(parameters.get(parameter.name()), parameter, random);
        }
        return parameters;
    }

    /**
     * Returns the same arrays, of which some are no longer trained and followed.
     *
     * @param names of parameters of the first layers, all of them
     */
    Parameters freeze(Set<String> names) {
        return new Parameters(layout, all, names);
    }

    /** Returns the names, in the order of the memory. */
    public List<String> names() {
        return List.copyOf(views.keySet());
    }

    /** Returns the names of those that an L2 penalty is for. */
    public List<String> weightNames() {
        return layout.stream().filter(parameter -> parameter.kind() == Kind.WEIGHTS).map(Parameter::name)
                .filter(name -> !frozen.contains(name)).toList();
    }

    @Override
    public INDArray get(String name) {
        INDArray view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException("parameters: no " + name + ", there are " + views.keySet());
        }
        return view;
    }

    /** Returns all, as one row (length), not a copy. */
    public INDArray row() {
        return all;
    }

    /** Returns all that is trained, as one row (1, length), not a copy; frozen parameters are not among it. */
    public INDArray trained() {
        return trained;
    }

    /**
     * Returns a number for each that is trained, by its kind: the factor of its learning rate, or whether it decays.
     *
     * @param number of a kind
     * @return in the order, shape and data type of {@link #trained}, a new array
     */
    public INDArray trainedRow(ToDoubleFunction<Kind> number) {
        if (trained.isEmpty()) {
            return Nd4j.empty(all.dataType());
        }
        INDArray row = Nd4j.createUninitialized(all.dataType(), trained.shape(), 'c');
        long from = 0;
        for (Parameter parameter : layout) {
            if (parameter.kind().isTrained() && !frozen.contains(parameter.name())) {
                long end = from + parameter.length();
                row.get(NDArrayIndex.all(), NDArrayIndex.interval(from, end))
                        .assign(number.applyAsDouble(parameter.kind()));
                from = end;
            }
        }
        return row;
    }

    /** Returns whether there are running statistics that training follows. */
    public boolean hasStatistics() {
        return !statistics.isEmpty();
    }

    /** Returns all running statistics that training follows, as one row (1, length), not a copy. */
    public INDArray statistics() {
        return statistics;
    }

    /**
     * Returns what is out of range among all that is trained or followed: the name of the first array with NaN or infinity in
     * it, or {@code their sum}, if only that of all magnitudes is infinite.
     */
    public Optional<String> firstNotFinite() {
        if (Finite.isSumFinite(trained) && Finite.isSumFinite(statistics)) {
            return Optional.empty();
        }
        return layout.stream().filter(parameter -> parameter.kind() != Kind.FIXED).map(Parameter::name)
                .filter(name -> !frozen.contains(name) && !Finite.allFinite(get(name))).findFirst()
                .or(() -> Optional.of("their sum"));
    }

    /** Returns how many numbers are trained. */
    public int trainedCount() {
        return Math.toIntExact(trained.length());
    }

    /** Returns float32 or float64, the type of all arrays. */
    public DataType dataType() {
        return all.dataType();
    }

    /** Returns a copy, in memory of its own. */
    public Parameters copy() {
        return new Parameters(layout, all.dup(), frozen);
    }

    /** Returns a copy in float32 or float64. */
    Parameters castTo(DataType type) {
        return new Parameters(layout, all.castTo(type), frozen);
    }

    /** Makes others of the same form, with undefined content. */
    public Parameters uninitializedLike() {
        return new Parameters(layout, Nd4j.createUninitialized(all.dataType(), all.length()), frozen);
    }

    /** Returns the arrays by name, not copied. */
    Map<String, INDArray> asMap() {
        return Collections.unmodifiableMap(views);
    }
}
