package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.network.Network;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads what {@link OnnxExport} has written: the model file's description from the metadata, its arrays from the graph. */
final class OwnExport {

    private OwnExport() {}

    /**
     * Returns the network that a file was written from, with all that its graph does not say.
     *
     * @param file for errors
     * @return nothing if there are no such metadata, or the graph is not the very one that is written for the network that
     *     they describe: somebody has changed the file since, or an older version has written it
     */
    static Optional<Network> read(Path file, ModelProto model) {
        return Metadata.description(model).flatMap(description -> {
            try {
                Map<String, INDArray> arrays = new LinkedHashMap<>(Map.of(Metadata.DESCRIPTION, description));
                for (TensorProto tensor : model.getGraph().getInitializerList()) {
                    arrays.put(tensor.getName(), StoredArrays.floats(tensor));
                }
                Network network = Network.ofArrays(file, arrays);
                return OnnxExport.isOf(network, model) ? Optional.of(network) : Optional.empty();
            } catch (InvalidFileException | IllegalArgumentException e) {
                // whatever is wrong with the metadata, the graph may be right
                return Optional.empty();
            }
        });
    }
}
