package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Finite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** An ONNX graph that is being put together, node after node in the order in which they are computed. */
final class Graph {

    private final GraphProto.Builder proto = GraphProto.newBuilder();
    private final Set<String> values = new HashSet<>();

    /** @param name of the graph */
    Graph(String name) {
        proto.setName(name);
    }

    /** Adds the value that the caller of the graph gives. */
    void input(ValueInfoProto input) {
        claim(input.getName());
        proto.addInput(input);
    }

    /** Says which value, of a node that is there, is the result. */
    void output(ValueInfoProto output) {
        proto.addOutput(output);
    }

    /**
     * Adds a node with one output, and returns that output's name, which is the node's.
     *
     * @param operator of ONNX
     * @param name of the node
     * @param inputs names of values that are there already
     */
    String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
        claim(name);
        proto.addNode(NodeProto.newBuilder().setOpType(operator).setName(name).addAllInput(inputs).addOutput(name)
                .addAllAttribute(Arrays.asList(attributes)));
        return name;
    }

    /**
     * Adds an array that belongs to the graph, and returns its name.
     *
     * @param array float32
     * @throws InvalidInputException if a number is NaN or infinite
     */
    String initializer(String name, INDArray array) {
        if (!Finite.allFinite(array)) {
            throw new InvalidInputException("onnx: " + name + " holds NaN or numbers that are infinite in float32, expected"
                    + " finite ones");
        }
        claim(name);
        proto.addInitializer(TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(Arrays.stream(array.shape()).boxed().collect(Collectors.toList())).setRawData(bytes(array)));
        return name;
    }

    /** ONNX has the numbers row by row, the lowest byte of each first. */
    private static ByteString bytes(INDArray array) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(array.length() * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(array.dup('c').data().asNioFloat());
        // nobody else has the buffer, so it need not be copied
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** An attribute of a node. */
    static AttributeProto attribute(String name, long number) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(number).build();
    }

    /** An attribute of a node. */
    static AttributeProto attribute(String name, float number) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF(number).build();
    }

    /** An attribute of a node. */
    static AttributeProto attribute(String name, List<Long> numbers) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS).addAllInts(numbers).build();
    }

    private void claim(String name) {
        if (!values.add(name)) {
            throw new IllegalStateException("onnx: two values are called " + name);
        }
    }

    /** Returns the graph as it is now. */
    GraphProto build() {
        return proto.build();
    }
}
