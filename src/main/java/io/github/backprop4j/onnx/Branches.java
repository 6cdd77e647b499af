package io.github.backprop4j.onnx;

import io.github.backprop4j.network.Chain;
import io.github.backprop4j.network.GeluLayer;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.Residual;
import io.github.backprop4j.network.ScaleLayer;
import io.github.backprop4j.onnx.Piece.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the residual blocks of a graph. Where two branches join, their block begins at the last tensor that all ways to both
 * of them pass, their nearest common dominator (Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm, 2001).
 */
final class Branches {

    /** As the text of an architecture has it. */
    private static final int MAX_DEPTH = 8;

    /** A step of a row, with what it comes to. */
    private record Link(Step step, Piece piece) {}

    private final SourceGraph graph;
    private final Map<String, String> dominators = new HashMap<>();
    private final Map<String, Integer> depths = new HashMap<>();
    private final Set<String> passed = new HashSet<>();

    private Branches(SourceGraph graph) {
        this.graph = graph;
        depths.put(graph.input(), 0);
        graph.steps().forEach((name, step) -> {
            String dominator = step.inputs().stream().reduce(this::commonDominator).orElseThrow();
            dominators.put(name, dominator);
            depths.put(name, depths.get(dominator) + 1);
        });
    }

    private String commonDominator(String first, String second) {
        String one = first;
        String other = second;
        while (!one.equals(other)) {
            if (depths.get(one) >= depths.get(other)) {
                one = dominators.get(one);
            } else {
                other = dominators.get(other);
            }
        }
        return one;
    }

    /**
     * Returns the layers of a graph, with residual blocks for its branches.
     *
     * @throws IllegalArgumentException if there is no such row of layers
     */
    static Sequence sequence(SourceGraph graph) {
        if (!graph.steps().containsKey(graph.output())) {
            throw new IllegalArgumentException("gives \"" + graph.output() + "\", which does not depend on the images");
        }
        Sequence sequence = Sequence.ofNetwork();
        new Branches(graph).row(graph.input(), graph.output(), sequence, 0);
        return sequence;
    }

    private void row(String from, String to, Sequence sequence, int depth) {
        List<Link> links = new ArrayList<>();
        String name = to;
        while (!name.equals(from)) {
            Step step = graph.steps().get(name);
            pass(name, step);
            links.add(new Link(step, resolved(step, dominators.get(name), depth)));
            name = dominators.get(name);
        }
        Collections.reverse(links);
        links.forEach(link -> sequence.add(link.step, link.piece));
    }

    private void pass(String name, Step step) {
        if (!passed.add(name)) {
            throw step.node().error("is part of two branches that join apart, expected residual blocks, one in the other or"
                    + " one after the other");
        }
    }

    private Piece resolved(Step step, String from, int depth) {
        if (step.piece() instanceof Piece.Sum) {
            return residual(step, from, depth + 1);
        }
        if (step.piece() instanceof Piece.Product) {
            GeluPattern gelu = new GeluPattern(graph, from, step);
            gelu.inside().forEach(name -> pass(name, graph.steps().get(name)));
            return new Piece.Scaled(new GeluLayer(), gelu.factor());
        }
        return step.piece();
    }

    private Part residual(Step step, String from, int depth) {
        if (depth > MAX_DEPTH) {
            throw step.node().error("ends a residual block inside more than " + MAX_DEPTH + " others");
        }
        List<Part> first = branch(step, from, 0, depth);
        List<Part> second = branch(step, from, 1, depth);
        if (first.isEmpty() && second.isEmpty()) {
            return new Part(new ScaleLayer(2));
        }
        List<Part> body = first.isEmpty() ? second : first;
        List<Part> shortcut = first.isEmpty() ? first : second;
        return new Part(new Residual(chain(body), chain(shortcut)),
                Stream.concat(body.stream(), shortcut.stream()).flatMap(part -> part.arrays().stream()).toList());
    }

    private List<Part> branch(Step step, String from, int place, int depth) {
        Sequence sequence = Sequence.ofBranch();
        row(from, step.inputs().get(place), sequence, depth);
        return sequence.parts();
    }

    static Chain chain(List<Part> parts) {
        return new Chain(parts.stream().map(Part::layer).toArray(Layer[]::new));
    }
}
