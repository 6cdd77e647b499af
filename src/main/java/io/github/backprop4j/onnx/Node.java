package io.github.backprop4j.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A node of a graph: its attributes, its constant inputs, and errors with its name. */
final class Node {

    private static final Set<String> DEFAULT_DOMAINS = Set.of("", "ai.onnx");

    private final NodeProto proto;
    private final long opset;
    private final Constants constants;
    private final Map<String, AttributeProto> attributes;

    /**
     * @param opset version of the operators
     * @param constants of the graph
     * @throws IllegalArgumentException if an attribute is there twice
     */
    Node(NodeProto proto, long opset, Constants constants) {
        this.proto = proto;
        this.opset = opset;
        this.constants = constants;
        try {
            attributes = proto.getAttributeList().stream()
                    .collect(Collectors.toUnmodifiableMap(AttributeProto::getName, each -> each));
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(name() + " has an attribute twice", e);
        }
    }

    /** Returns the operator, with its domain unless that is ONNX's own. */
    String operator() {
        return DEFAULT_DOMAINS.contains(proto.getDomain()) ? proto.getOpType() : proto.getDomain() + "." + proto.getOpType();
    }

    long opset() {
        return opset;
    }

    Constants constants() {
        return constants;
    }

    List<String> inputs() {
        return proto.getInputList();
    }

    /** Returns the names of what the node gives; the empty ones are left out. */
    List<String> outputs() {
        return proto.getOutputList().stream().filter(name -> !name.isEmpty()).toList();
    }

    /** Returns the name of the first output. */
    String output() {
        if (proto.getOutputCount() == 0 || proto.getOutput(0).isEmpty()) {
            throw error("gives nothing");
        }
        return proto.getOutput(0);
    }

    boolean hasInput(int place) {
        return place < proto.getInputCount() && !proto.getInput(place).isEmpty();
    }

    /** Returns the name of an input that must be there. */
    String input(int place) {
        if (!hasInput(place)) {
            throw error("has no input " + place);
        }
        return proto.getInput(place);
    }

    /** Returns a constant input, float32. */
    INDArray floats(int place) {
        String name = input(place);
        return constants.floats(name).orElseThrow(() -> error("gets \"" + name + "\", which is no constant of float32 or"
                + " float64; weights must be in the file"));
    }

    /** Returns a constant input of that shape, float32. */
    INDArray floats(int place, long... shape) {
        INDArray array = floats(place);
        if (!Arrays.equals(array.shape(), shape)) {
            throw error("has \"" + input(place) + "\" of shape " + Arrays.toString(array.shape()) + ", expected "
                    + Arrays.toString(shape));
        }
        return array;
    }

    /** Returns a constant input of one number. */
    double number(int place) {
        INDArray array = floats(place);
        if (array.length() != 1) {
            throw error("has \"" + input(place) + "\" of shape " + Arrays.toString(array.shape()) + ", expected one number");
        }
        return array.getDouble(0);
    }

    /** Returns a constant input of whole numbers. */
    long[] integers(int place) {
        String name = input(place);
        return constants.integers(name).orElseThrow(() -> error("gets \"" + name
                + "\", which is no constant of whole numbers")).values();
    }

    /** Returns whether an input is a constant that is false. */
    boolean isFalse(int place) {
        return constants.isFalse(input(place));
    }

    /**
     * Says that this node makes an array of constants.
     *
     * @throws IllegalArgumentException if so many numbers are too many for one file
     */
    void make(long numbers) {
        if (!constants.made().take(numbers)) {
            throw error("makes more of the file's arrays than networks do");
        }
    }

    /**
     * Says that the network gets parameters from this node.
     *
     * @throws IllegalArgumentException if so many are too many for one file
     */
    void keep(long numbers) {
        if (!constants.kept().take(numbers)) {
            throw error("makes the network much larger than the file's arrays are");
        }
    }

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    Optional<AttributeProto> attribute(String name, AttributeProto.AttributeType type) {
        AttributeProto attribute = attributes.get(name);
        if (attribute != null && attribute.getType() != type) {
            throw error("has the attribute " + name + " as " + attribute.getType() + ", expected " + type);
        }
        return Optional.ofNullable(attribute);
    }

    long whole(String name, long fallback) {
        return attribute(name, AttributeProto.AttributeType.INT).map(AttributeProto::getI).orElse(fallback);
    }

    float real(String name, float fallback) {
        float number = attribute(name, AttributeProto.AttributeType.FLOAT).map(AttributeProto::getF).orElse(fallback);
        if (!Float.isFinite(number)) {
            throw error("has " + name + " " + number + ", expected a finite number");
        }
        return number;
    }

    String text(String name, String fallback) {
        return attribute(name, AttributeProto.AttributeType.STRING).map(each -> each.getS().toStringUtf8()).orElse(fallback);
    }

    long[] wholes(String name, long... fallback) {
        return attribute(name, AttributeProto.AttributeType.INTS)
                .map(each -> each.getIntsList().stream().mapToLong(number -> number).toArray()).orElse(fallback);
    }

    /** Checks that an attribute has the only value that has a counterpart here. */
    void require(String name, long expected) {
        long found = whole(name, expected);
        if (found != expected) {
            throw error("has " + name + " " + found + ", which has no counterpart here, expected " + expected);
        }
    }

    /** Checks that an attribute is given and has the only value that has a counterpart here. */
    void requireGiven(String name, long expected) {
        if (!has(name)) {
            throw error("has no " + name + ", expected " + expected + ", as else there is no counterpart here");
        }
        require(name, expected);
    }

    /** Checks that all numbers of an attribute have the only value that has a counterpart here. */
    void requireAll(String name, long expected) {
        long[] found = wholes(name);
        if (Arrays.stream(found).anyMatch(each -> each != expected)) {
            throw error("has " + name + " " + Arrays.toString(found) + ", which has no counterpart here, expected "
                    + expected);
        }
    }

    /** Checks that there are no attributes but these. */
    void requireKnown(Set<String> known) {
        for (String name : attributes.keySet()) {
            if (!known.contains(name)) {
                throw error("has the attribute " + name + ", which has no counterpart here");
            }
        }
    }

    /** Returns an error about this node. */
    IllegalArgumentException error(String problem) {
        return new IllegalArgumentException(name() + " (" + operator() + ") " + problem);
    }

    /** Returns the node's name, or what it gives if it has none. */
    String name() {
        return proto.getName().isEmpty() ? "the node that gives \"" + String.join(", ", proto.getOutputList()) + "\""
                : "node \"" + proto.getName() + "\"";
    }
}
