package io.github.backprop4j.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** A graph that is put together by hand, from {@code images} to whatever its last node gives; weights are random. */
final class Crafted {

    private final Random random = new Random(1);
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("crafted");
    private long opset = 13;

    /** @param image (C, H, W); 0 for a size that is left open */
    Crafted(long... image) {
        graph.addInput(value("images", image));
    }

    private static ValueInfoProto value(String name, long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("N"));
        for (long size : sizes) {
            shape.addDim(size > 0 ? Dimension.newBuilder().setDimValue(size) : Dimension.newBuilder().setDimParam("open"));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE).setShape(shape))).build();
    }

    Crafted opset(long version) {
        opset = version;
        return this;
    }

    /** Adds an array of random numbers. */
    Crafted random(String name, double least, double most, long... shape) {
        int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (float) random.nextDouble(least, most);
        }
        return floats(name, shape, numbers);
    }

    /** Adds an array of weights. */
    Crafted weights(String name, long... shape) {
        return random(name, -0.4, 0.4, shape);
    }

    Crafted floats(String name, long[] shape, float... numbers) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
        Arrays.stream(shape).forEach(tensor::addDims);
        for (float number : numbers) {
            tensor.addFloatData(number);
        }
        return array(tensor.build());
    }

    Crafted number(String name, double number) {
        return floats(name, new long[0], (float) number);
    }

    Crafted integers(String name, long... numbers) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(numbers.length);
        for (long number : numbers) {
            tensor.addInt64Data(number);
        }
        return array(tensor.build());
    }

    Crafted array(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** Adds a node that has the name of its output. */
    Crafted node(String operator, String name, String inputs, AttributeProto... attributes) {
        return node(NodeProto.newBuilder().setOpType(operator).setName(name).addAllInput(List.of(inputs.split(" ")))
                .addOutput(name).addAllAttribute(Arrays.asList(attributes)).build());
    }

    Crafted node(NodeProto node) {
        graph.addNode(node);
        return this;
    }

    static AttributeProto of(String name, long... numbers) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(numbers).forEach(attribute::addInts);
        return attribute.build();
    }

    static AttributeProto one(String name, long number) {
        return Graph.attribute(name, number);
    }

    static AttributeProto real(String name, double number) {
        return Graph.attribute(name, (float) number);
    }

    static AttributeProto text(String name, String text) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text))
                .build();
    }

    GraphProto.Builder graph() {
        return graph;
    }

    ModelProto model() {
        String last = graph.getNode(graph.getNodeCount() - 1).getOutput(0);
        if (graph.getOutputCount() == 0) {
            graph.addOutput(value(last, 0));
        }
        return ModelProto.newBuilder().setIrVersion(7).setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset)).build();
    }

    Path write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            model().writeTo(out);
        }
        return file;
    }
}
