package io.github.backprop4j.network;

import io.github.backprop4j.layers.Finite;
import io.github.backprop4j.parallel.Scratch;
import io.github.backprop4j.parallel.Slices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Layers in a row, each taking what the one before it gives: {@code chain(LAYERS)}. Without layers it passes its input on.
 *
 * <p>Its layers are called by their kind and a number, {@code conv1}, {@code conv2}, {@code dense1}; the output layer, of
 * which a network has one, is {@code output}.
 */
public final class Chain implements Layer {

    static final LayerType TYPE =
            new LayerType("chain", "chain(LAYERS)", arguments -> arguments.chains(1, 1).get(0));

    /** The most numbers of a sample's images that a layer begins with: 256 MB of float32. */
    private static final long MAX_SAMPLE = 1 << 26;

    private record Named(String name, Layer layer) {}

    /** A layer with the shapes that come in and go out. */
    private record Placed(String name, Layer layer, long[] input, long[] output) {}

    private final List<Named> named;
    private final List<Named> order;

    /** A chain of layers, the first of which takes the input. */
    public Chain(Layer... layers) {
        this(List.of(layers));
    }

    /** A chain of layers, the first of which takes the input. */
    public Chain(List<Layer> layers) {
        named = name(layers);
        order = poolFirst(named);
    }

    private Chain(List<Named> named, List<Named> order) {
        this.named = named;
        this.order = order;
    }

    private static Chain of(List<Named> named) {
        return new Chain(named, poolFirst(named));
    }

    private static List<Named> name(List<Layer> layers) {
        Map<String, Integer> counts = new HashMap<>();
        List<Named> named = new ArrayList<>();
        for (Layer layer : layers) {
            String kind = layer.kind();
            boolean isOutput = kind.equals(Output.TYPE.keyword());
            named.add(new Named(isOutput ? kind : kind + counts.merge(kind, 1, Integer::sum), layer));
        }
        return List.copyOf(named);
    }

    /**
     * Returns the layers in the order in which they are computed: max pooling before a ReLU that stands before it. The
     * larger of two numbers is the larger after ReLU too, and where all are negative no gradient passes in either order;
     * so finite numbers give the same to the bit, and ReLU has the fewer to work on.
     */
    private static List<Named> poolFirst(List<Named> named) {
        List<Named> order = new ArrayList<>(named);
        for (int i = 1; i < order.size(); i++) {
            if (order.get(i).layer instanceof MaxPoolLayer && order.get(i - 1).layer instanceof ReluLayer) {
                Collections.swap(order, i - 1, i);
            }
        }
        return List.copyOf(order);
    }

    /** Returns the layers as they were given. */
    public List<Layer> layers() {
        return named.stream().map(Named::layer).toList();
    }

    /** Returns the first layers, under the names that they have here. */
    Chain first(int count) {
        return of(named.subList(0, count));
    }

    /** Returns the layers behind the first, under the names that they have here. */
    Chain behind(int count) {
        return of(named.subList(count, named.size()));
    }

    /** Returns the names that the layers have here, in the order of {@link #layers}. */
    public List<String> names() {
        return named.stream().map(Named::name).toList();
    }

    @Override
    public long[] outputShape(long[] input) {
        List<Placed> placed = place(input);
        return placed.isEmpty() ? input : placed.get(placed.size() - 1).output;
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        List<Parameter> parameters = new ArrayList<>();
        List<Placed> placed = place(input);
        for (int i = 0; i < placed.size(); i++) {
            Placed each = placed.get(i);
            try {
                for (Parameter own : each.layer.parameters(each.input)) {
                    requireArray(own.length());
                    parameters.add(own.in(each.name));
                }
            } catch (IllegalArgumentException e) {
                throw doesNotFit(i, each.input, e);
            }
        }
        return parameters;
    }

    @Override
    public int leastExamples(long[] input) {
        return place(input).stream().mapToInt(each -> each.layer.leastExamples(each.input)).max().orElse(1);
    }

    /** @throws IllegalArgumentException if a layer cannot take what the one before it gives, naming both */
    private List<Placed> place(long[] input) {
        List<Placed> placed = new ArrayList<>();
        long[] shape = input;
        for (Named next : named) {
            try {
                long[] output = next.layer.outputShape(shape);
                requireArray(Shapes.length(output));
                placed.add(new Placed(next.name, next.layer, shape, output));
                shape = output;
            } catch (IllegalArgumentException e) {
                throw doesNotFit(placed.size(), shape, e);
            }
        }
        return placed;
    }

    private IllegalArgumentException doesNotFit(int index, long[] input, IllegalArgumentException cause) {
        return new IllegalArgumentException("layer " + (index + 1) + ", " + named.get(index).layer + ", cannot take "
                + Shapes.text(input) + " from " + (index == 0 ? "the input" : named.get(index - 1).name) + ": "
                + cause.getMessage(), cause);
    }

    private static void requireArray(long length) {
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    length + " numbers, expected at most " + Integer.MAX_VALUE + " in one array");
        }
    }

    /** The layers behind the first see what those before them predict, with the functions of {@code layers}. */
    @Override
    public void initialize(Supplier<INDArray> x, NamedArrays parameters) {
        for (int i = 0; i < order.size(); i++) {
            Named next = order.get(i);
            List<Named> before = order.subList(0, i);
            try {
                next.layer.initialize(() -> before.isEmpty() ? x.get() : predictSample(before, x.get(), parameters),
                        parameters.in(next.name));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(next.name + ", " + next.layer + ": " + e.getMessage(), e);
            }
        }
    }

    /** A sample is many images, whose arrays between two layers would not fit into memory at once. */
    private static INDArray predictSample(List<Named> layers, INDArray x, NamedArrays parameters) {
        long[] shape = of(layers).outputShape(Shapes.ofOne(x));
        int count = (int) Math.max(1, Math.min(x.size(0), MAX_SAMPLE / Shapes.length(shape)));
        INDArray out = Nd4j.createUninitialized(
                x.dataType(), LongStream.concat(LongStream.of(count), LongStream.of(shape)).toArray(), 'c');
        Slices slices = Slices.full(count);
        for (int i = 0; i < slices.count(); i++) {
            INDArrayIndex slice = NDArrayIndex.interval(slices.from(i), slices.to(i));
            try (MemoryWorkspace scratch = Scratch.open("backprop4j-initialize")) {
                out.get(slice).assign(predict(layers, x.get(slice), parameters, Functions.OF_LAYERS));
            }
        }
        return out;
    }

    @Override
    public INDArray predict(INDArray x, NamedArrays parameters, Functions functions) {
        return predict(order, x, parameters, functions);
    }

    private static INDArray predict(List<Named> layers, INDArray x, NamedArrays parameters, Functions functions) {
        INDArray out = x;
        for (Named next : layers) {
            out = next.layer.predict(out, parameters.in(next.name), functions);
        }
        return out;
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        List<Backward> backwards = new ArrayList<>();
        INDArray out = x;
        for (Named next : order) {
            Forward forward = next.layer.forward(out, parameters.in(next.name), functions, random);
            backwards.add(forward.backward());
            out = forward.out();
        }
        return new Forward(out, (dOut, gradients, needsInput) -> {
            INDArray error = dOut;
            for (int i = order.size() - 1; i >= 0; i--) {
                error = backwards.get(i).apply(error, gradients.in(order.get(i).name), i > 0 || needsInput);
            }
            return error;
        });
    }

    /** Returns the name of the first layer whose output in training is not all finite. */
    Optional<String> firstNotFinite(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        INDArray out = x;
        for (Named next : order) {
            out = next.layer.forward(out, parameters.in(next.name), functions, random).out();
            if (!Finite.allFinite(out)) {
                return Optional.of(next.name);
            }
        }
        return Optional.empty();
    }

    /** Returns the layers' texts, separated by commas. */
    String text() {
        return named.stream().map(each -> each.layer.toString()).collect(Collectors.joining(","));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Chain chain && named.equals(chain.named);
    }

    @Override
    public int hashCode() {
        return named.hashCode();
    }

    @Override
    public String toString() {
        return TYPE.keyword() + "(" + text() + ")";
    }
}
