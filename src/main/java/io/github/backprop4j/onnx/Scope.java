package io.github.backprop4j.onnx;

import io.github.backprop4j.network.NamedArrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The place of one layer in the graph: what it adds is called by the layer's name.
 *
 * @param graph that it adds to
 * @param name of the layer in the network, like {@code residual1.conv1}; empty for the network's own chain
 * @param parameters of the layer
 */
record Scope(Graph graph, String name, NamedArrays parameters) {

    /** Returns the place of a layer in this one. */
    Scope in(String layer) {
        return new Scope(graph, path(layer), parameters.in(layer));
    }

    private String path(String own) {
        return name.isEmpty() ? own : name + "." + own;
    }

    /** Adds a parameter of the layer, and returns its name in the graph, which is that in the network. */
    String parameter(String own) {
        return graph.initializer(path(own), parameters.get(own));
    }

    /** Adds an array that is no parameter, and returns its name in the graph. */
    String constant(String own, INDArray array) {
        return graph.initializer(path(own), array);
    }

    /** Adds the node that makes the layer's output, and returns its name. */
    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        return graph.node(operator, name, inputs, attributes);
    }

    /** Adds a node on the way to the layer's output, and returns its name. */
    String step(String own, String operator, List<String> inputs, AttributeProto... attributes) {
        return graph.node(operator, path(own), inputs, attributes);
    }
}
