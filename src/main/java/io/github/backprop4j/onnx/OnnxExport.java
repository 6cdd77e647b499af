package io.github.backprop4j.onnx;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes networks as ONNX files (Open Neural Network Exchange, onnx.ai).
 *
 * <p>The graph has one input, {@value #IMAGES}: float32, (N, C, H, W), N free, values from 0 to 255, colours in the order
 * red, green, blue. It has one output, {@value #PROBABILITIES}: float32, (N, K), each row adds up to 1. The scaling of
 * images and softmax are part of it. It predicts: batch normalization has its running statistics, nothing is dropped.
 */
public final class OnnxExport {

    /**
     * Version of ONNX's operators, of April 2021, which ONNX Runtime reads since 1.8: the first in which batch normalization
     * says whether it trains or predicts.
     */
    static final int OPSET = 14;

    /** Version of the file format that came with that opset. */
    private static final int IR_VERSION = 7;

    /** Name of the graph's input. */
    static final String IMAGES = "images";

    /** Name of the graph's output. */
    static final String PROBABILITIES = "probabilities";

    private static final String BATCH = "N";
    private static final String FEATURE = "DATA_FEATURE";

    /** A protobuf message ends at 2 GB; 16 MB are left for everything that is no array. */
    private static final long MAX_BYTES = (1L << 31) - (1L << 24);

    private OnnxExport() {}

    /**
     * Writes a network with all that a model file has: the arrays by their names, as float32, and the description with class
     * names, training settings and data's digest as metadata. Equal networks give equal bytes.
     *
     * @param network its numbers are rounded if they are float64
     * @param file replaced if it exists; either all is written or nothing
     * @throws InvalidInputException if the network has a layer that is not the library's own, holds NaN or what is
     *     infinite in float32, or is larger than the 2 GB that such a file can have
     * @throws InvalidFileException if something other than a file has that name, or its directory is missing
     * @throws IOException if the file cannot be written
     */
    public static void write(Network network, Path file) throws IOException {
        ModelProto model = model(network);
        AtomicFile.write(file, model::writeTo);
    }

    private static ModelProto model(Network network) {
        Architecture architecture = network.architecture();
        requireFits(architecture);
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setProducerName("backprop4j").setProducerVersion(ModelCard.libraryVersion())
                .setDocString("Classifies images of " + architecture.channels() + "x" + architecture.height() + "x"
                        + architecture.width() + ", float32 from 0 to 255, into " + architecture.classNames().size()
                        + " classes. Layers: " + architecture.text())
                .setGraph(graph(network.castTo(DataType.FLOAT)));
        Metadata.of(network).forEach((key, value) ->
                model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }

    /** Tells whether a file has the very graph that is written for a network, in float32. */
    static boolean isOf(Network network, ModelProto model) {
        return model.getOpsetImportCount() == 1 && model.getOpsetImport(0).getVersion() == OPSET
                && model.getGraph().equals(graph(network));
    }

    /** @throws InvalidInputException if the arrays are too large for one file */
    static void requireFits(Architecture architecture) {
        long[] image = {architecture.channels(), architecture.height(), architecture.width()};
        long bytes = Float.BYTES * Stream.concat(Stream.of(image), architecture.parameters().stream().map(Parameter::shape))
                .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact)).sum();
        if (bytes > MAX_BYTES) {
            throw new InvalidInputException("onnx: the network has " + bytes + " bytes of float32, expected at most "
                    + MAX_BYTES + ", as an ONNX file ends at 2 GB; use a smaller network");
        }
    }

    private static GraphProto graph(Network network) {
        Architecture architecture = network.architecture();
        long[] image = {architecture.channels(), architecture.height(), architecture.width()};
        Graph graph = new Graph("backprop4j");
        graph.input(value(IMAGES, "IMAGE", List.of(dimension(BATCH, "DATA_BATCH"), dimension(image[0], "DATA_CHANNEL"),
                dimension(image[1], FEATURE), dimension(image[2], FEATURE))));
        Tensor scaled = new Tensor(scaled(network, graph), image);
        Tensor logits = LayerExporters.export(architecture.layers(), scaled, new Scope(graph, "", network.parameters()));
        graph.node("Softmax", PROBABILITIES, List.of(logits.name()), Graph.attribute("axis", 1));
        graph.output(value(PROBABILITIES, "TENSOR",
                List.of(dimension(BATCH, "DATA_BATCH"), dimension(logits.shape()[0], FEATURE))));
        return graph.build();
    }

    /** {@code (images - mean) · factor}. */
    private static String scaled(Network network, Graph graph) {
        INDArray factor = Nd4j.scalar((float) network.scaling().factor());
        String centred = graph.node("Sub", "input.centred",
                List.of(IMAGES, graph.initializer("input.mean", network.scaling().mean())));
        return graph.node("Mul", "input.scaled", List.of(centred, graph.initializer("input.factor", factor)));
    }

    private static ValueInfoProto value(String name, String denotation, List<Dimension> dimensions) {
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(TensorShapeProto.newBuilder().addAllDim(dimensions)).build();
        return ValueInfoProto.newBuilder().setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor).setDenotation(denotation)).build();
    }

    private static Dimension dimension(long size, String denotation) {
        return Dimension.newBuilder().setDimValue(size).setDenotation(denotation).build();
    }

    private static Dimension dimension(String letter, String denotation) {
        return Dimension.newBuilder().setDimParam(letter).setDenotation(denotation).build();
    }
}
