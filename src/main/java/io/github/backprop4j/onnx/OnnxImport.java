package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Output;
import io.github.backprop4j.network.Parameter;
import io.github.backprop4j.onnx.Piece.Part;
import io.github.backprop4j.parallel.Natives;
import io.github.backprop4j.parallel.UnsupportedPlatformException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads networks from ONNX files (Open Neural Network Exchange, onnx.ai): those of {@link OnnxExport}, which come back as
 * they were, and those of other libraries, such as PyTorch, whose operators have counterparts among the layers here.
 */
public final class OnnxImport {

    /** Of classes without a fully connected layer before them: 100 MB of float32. */
    private static final int MAX_PASSED_CLASSES = 5000;

    private OnnxImport() {}

    /**
     * Reads a network, as {@link #read(Path, ImportSettings)} does, with everything as the file has it.
     *
     * @throws InvalidFileException if it is no ONNX file, or has something that has no counterpart here, naming the node
     */
    public static Network read(Path file) throws IOException {
        return read(file, ImportSettings.NONE);
    }

    /**
     * Reads a network, in float32. It predicts what the graph computes; softmax at the end may be there or not. To be
     * trained on, it has the graph's layers, with batch normalization where the graph has it. What has no fully connected
     * layer at the end gets one that passes its input on. Images are (N, C, H, W), with values from 0 to 255 unless the
     * graph or the settings scale them from there.
     *
     * <p>A file of {@link OnnxExport} comes back with dropout, its class names unless others are given, and all else that
     * its metadata have, if its graph is the very one that is written for them; otherwise, and if the settings have a size
     * or a scaling, it is read as any other.
     *
     * @param file in ONNX's format, of opset 7 to 24, with its weights inside
     * @param settings what the file does not say
     * @throws InvalidFileException if it is no ONNX file, or has something that has no counterpart here, naming the node
     * @throws UnsupportedPlatformException if this machine cannot load the native libraries; the message says what to do
     */
    public static Network read(Path file, ImportSettings settings) throws IOException {
        Natives.load();
        ModelProto model = OnnxFile.read(file);
        try {
            // whoever scales images anew, or wants another size, does not want the network as it was
            Optional<Network> own = settings.normalizes() || settings.height() > 0
                    ? Optional.empty() : OwnExport.read(file, model);
            return own.isPresent() ? named(own.get(), settings) : network(model, settings);
        } catch (ArithmeticException e) {
            throw new InvalidFileException(file, "has sizes beyond all bounds", e);
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, e.getMessage(), e);
        }
    }

    private static Network named(Network network, ImportSettings settings) {
        if (settings.classNames().isEmpty()) {
            return network;
        }
        Architecture before = network.architecture();
        requireCount(settings, before.classNames().size());
        Architecture after = Architecture.parse(
                before.text(), before.channels(), before.height(), before.width(), settings.classNames());
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        network.parameters().names().forEach(name -> parameters.put(name, network.parameters().get(name)));
        return Network.of(after, network.scaling(), parameters).with(network.card());
    }

    private static Network network(ModelProto model, ImportSettings settings) {
        SourceGraph graph = SourceGraph.read(model, settings);
        Sequence sequence = Branches.sequence(graph);
        Value scores = graph.steps().get(graph.output()).value();
        if (scores.length() != scores.dims()[0]) {
            throw new IllegalArgumentException("ends in " + scores + ", expected a score for each class, (N, K)");
        }
        Beginning.normalize(sequence, graph.image(), settings);
        Beginning beginning = Beginning.of(sequence, graph.image());
        List<Part> parts = withOutput(beginning.parts(), Math.toIntExact(scores.length()));
        Architecture architecture = architecture(graph.image(), parts, classNames(model, settings, (int) scores.length()));
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        List<INDArray> arrays = parts.stream().flatMap(part -> part.arrays().stream()).toList();
        List<Parameter> expected = architecture.parameters();
        for (int i = 0; i < expected.size(); i++) {
            parameters.put(expected.get(i).name(), arrays.get(i));
        }
        return Network.of(architecture, beginning.scaling(), parameters);
    }

    private static Architecture architecture(long[] image, List<Part> parts, List<String> classNames) {
        Architecture architecture = new Architecture((int) image[0], (int) image[1], (int) image[2],
                Branches.chain(parts), classNames);
        // a model file has it as text
        return Architecture.parse(architecture.text(), (int) image[0], (int) image[1], (int) image[2], classNames);
    }

    private static List<String> classNames(ModelProto model, ImportSettings settings, int classes) {
        if (settings.classNames().isEmpty()) {
            return Metadata.classNames(model).filter(names -> names.size() == classes)
                    .orElseGet(() -> IntStream.range(0, classes).mapToObj(Integer::toString).toList());
        }
        requireCount(settings, classes);
        return settings.classNames();
    }

    private static void requireCount(ImportSettings settings, int classes) {
        if (settings.classNames().size() != classes) {
            throw new InvalidInputException(
                    "has " + classes + " classes, but there are names for " + settings.classNames().size());
        }
    }

    /** Makes the last fully connected layer the output, or adds one that passes its input on. */
    private static List<Part> withOutput(List<Part> parts, int classes) {
        List<Part> all = new ArrayList<>(parts);
        Part last = all.isEmpty() ? null : all.get(all.size() - 1);
        if (last != null && last.layer() instanceof DenseLayer dense) {
            all.set(all.size() - 1, new Part(new Output(classes, dense.bias()), last.arrays()));
            return all;
        }
        if (classes > MAX_PASSED_CLASSES) {
            throw new IllegalArgumentException("has " + classes + " classes without a fully connected layer at the end,"
                    + " expected at most " + MAX_PASSED_CLASSES);
        }
        all.add(new Part(new Output(classes, true),
                List.of(Nd4j.eye(classes).castTo(DataType.FLOAT), Nd4j.zeros(DataType.FLOAT, classes))));
        return all;
    }
}
