package io.github.backprop4j.onnx;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Recognizes GELU where it is written out, {@code x · (1 + erf(x / √2)) / 2} in any order: what stands between x and the
 * product is computed for some numbers and compared.
 */
final class GeluPattern {

    private static final int MAX_NODES = 16;
    private static final double[] SAMPLES = DoubleStream.iterate(-5, x -> x <= 5, x -> x + 0.25).toArray();
    private static final double[] EXACT =
            DoubleStream.of(SAMPLES).map(x -> x * (1 + Operators.erf(x / Math.sqrt(2))) / 2).toArray();
    private static final double[] BY_TANH = DoubleStream.of(SAMPLES)
            .map(x -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2).toArray();
    /** What the constants of the graph, float32, leave of a difference. */
    private static final double TOLERANCE = 1e-6;

    /** A sample costs a node a native call, as long as a few hundred numbers take. */
    private static final long NUMBERS_PER_NODE = 1 << 14;

    private final SourceGraph graph;
    private final String from;
    private final Step product;
    private final Set<String> inside;

    /**
     * Looks between the beginning of two branches and their product.
     *
     * @throws IllegalArgumentException if there is more between them than a GELU has
     */
    GeluPattern(SourceGraph graph, String from, Step product) {
        this.graph = graph;
        this.from = from;
        this.product = product;
        inside = between();
    }

    private Set<String> between() {
        Set<String> found = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(product.inputs());
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!name.equals(from) && found.add(name)) {
                open.addAll(graph.steps().get(name).inputs());
            }
            if (found.size() > MAX_NODES) {
                throw unknown();
            }
        }
        return found;
    }

    private IllegalArgumentException unknown() {
        return product.node().error("multiplies two branches, which is known here only as GELU, x·(1 + erf(x/√2))/2, and"
                + " this is another function");
    }

    /** Returns the names of what flows between. */
    Set<String> inside() {
        return inside;
    }

    /**
     * Returns how many times GELU it is.
     *
     * @throws IllegalArgumentException if it is another function
     */
    double factor() {
        product.node().make(NUMBERS_PER_NODE * inside.size());
        double[] out = DoubleStream.of(SAMPLES).map(this::evaluate).toArray();
        int last = SAMPLES.length - 1;
        if (isMultiple(out, EXACT)) {
            return Operators.exact((float) (out[last] / EXACT[last]));
        }
        if (isMultiple(out, BY_TANH)) {
            throw product.node().error(Operators.GELU_BY_TANH);
        }
        throw unknown();
    }

    private static boolean isMultiple(double[] out, double[] expected) {
        int last = out.length - 1;
        double factor = out[last] / expected[last];
        for (int i = 0; i < out.length; i++) {
            if (!(Math.abs(out[i] - factor * expected[i]) <= TOLERANCE * Math.abs(out[last]))) {
                return false;
            }
        }
        return true;
    }

    private double evaluate(double x) {
        Map<String, Double> known = new HashMap<>(Map.of(from, x));
        Deque<String> open = new ArrayDeque<>(product.inputs());
        while (!open.isEmpty()) {
            String name = open.peek();
            if (known.containsKey(name)) {
                open.pop();
                continue;
            }
            Step step = graph.steps().get(name);
            List<String> missing = step.inputs().stream().filter(each -> !known.containsKey(each)).toList();
            missing.forEach(open::push);
            if (missing.isEmpty()) {
                known.put(name, apply(step, step.inputs().stream().map(known::get).toList()));
            }
        }
        return apply(product, product.inputs().stream().map(known::get).toList());
    }

    private double apply(Step step, List<Double> x) {
        Piece piece = step.piece();
        if (piece instanceof Piece.Elementwise elementwise) {
            return elementwise.function().applyAsDouble(x.get(0));
        }
        if (piece instanceof Piece.Affine affine && affine.isScalar()) {
            return affine.factor().getDouble(0) * x.get(0) + affine.offset().getDouble(0);
        }
        if (piece instanceof Piece.Same) {
            return x.get(0);
        }
        if (piece instanceof Piece.Sum) {
            return x.get(0) + x.get(1);
        }
        if (piece instanceof Piece.Product) {
            return x.get(0) * x.get(1);
        }
        throw unknown();
    }
}
