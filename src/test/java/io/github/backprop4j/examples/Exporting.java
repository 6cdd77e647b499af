package io.github.backprop4j.examples;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Carries a trained network to other programs: its arrays to whatever reads NumPy's files, what it is made of as JSON, and
 * all of it to whatever reads ONNX. ({@code numpy.load} reads the model file itself as well; there the JSON is the array
 * {@code architecture}, in bytes.)
 */
public final class Exporting {

    private Exporting() {}

    /** @param arguments the model file, and the directory to write to */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: Exporting MODEL.npz DIR");
        }
        export(Network.load(Path.of(arguments[0])), Path.of(arguments[1]));
    }

    /**
     * Writes {@code parameters.npz}, {@code architecture.json} and {@code model.onnx} to a directory, which is made if need
     * be.
     */
    public static void export(Network network, Path directory) throws IOException {
        Files.createDirectories(directory);
        Map<String, INDArray> arrays = new LinkedHashMap<>(network.toArrays());
        // layers, image size, class names, the factor of the scaling, and where the network comes from
        JsonNode architecture = Json.parse("architecture", arrays.remove("architecture"));
        Files.write(directory.resolve("architecture.json"), Json.pretty(architecture));
        // each parameter by its name, such as conv1.weights, and the mean image as input.mean
        Npz.write(directory.resolve("parameters.npz"), arrays);
        // for ONNX Runtime and whatever else reads ONNX
        OnnxExport.write(network, directory.resolve("model.onnx"));
    }
}
