package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.layers.Finite;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * A network as an npz file.
 *
 * <p>The array {@code architecture} holds UTF-8 JSON:
 * {@code {"format":1,"input":[3,32,32],"layers":"conv:10:5:1:2,relu","classes":["cat","dog"],"factor":0.016,
 * "mean":"input.mean","card":{"version":"0.1.0","seed":1,"data":"cifar10","dataDigest":"9af3…","settings":{…},
 * "platforms":[…]}}}, of which {@code card} and {@code platforms} may be missing. The other arrays are the mean image and the
 * parameters, all float32 or all float64.
 */
final class ModelFile {

    private static final int FORMAT = 1;
    private static final String ARCHITECTURE = "architecture";
    private static final String MEAN = "input.mean";
    private static final String CARD = "card";
    /** Those that the first cards had, too. */
    private static final List<String> CARD_FIELDS = Stream.of(ModelCard.class.getRecordComponents())
            .map(RecordComponent::getName).filter(name -> !name.equals("platforms")).toList();
    private static final long MAX_BYTES = 4L << 30;
    /** What the model is called in the directory of a training. */
    private static final String IN_DIRECTORY = "model.npz";

    private ModelFile() {}

    static Map<String, INDArray> arrays(Network network) {
        Architecture architecture = network.architecture();
        ObjectNode description = Json.object().put("format", FORMAT);
        description.putArray("input").add(architecture.channels()).add(architecture.height()).add(architecture.width());
        description.put("layers", architecture.text());
        description.set("classes", Json.tree(architecture.classNames()));
        description.put("factor", network.scaling().factor()).put("mean", MEAN);
        network.card().ifPresent(card -> description.set(CARD, Json.tree(card)));
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put(ARCHITECTURE, Json.array(description));
        arrays.put(MEAN, network.scaling().mean());
        arrays.putAll(network.parameters().asMap());
        return arrays;
    }

    static void write(Network network, Path file) throws IOException {
        Npz.write(file, arrays(network));
    }

    static Network read(Path file) throws IOException {
        Path inside = file.resolve(IN_DIRECTORY);
        if (Files.isDirectory(file) && Files.exists(inside)) {
            throw new InvalidFileException(file, "is a directory; its model is " + inside);
        }
        return network(file, Npz.read(file, MAX_BYTES));
    }

    /** @param file where the arrays are from, for errors */
    static Network network(Path file, Map<String, INDArray> arrays) throws InvalidFileException {
        INDArray json = arrays.get(ARCHITECTURE);
        if (json == null || json.dataType() != DataType.UINT8 || json.rank() != 1) {
            throw new InvalidFileException(file, "is no model: it holds " + arrays.keySet() + ", expected "
                    + ARCHITECTURE + " (uint8, one-dimensional) among them");
        }
        try {
            JsonNode description = Json.parse(ARCHITECTURE, json);
            Architecture architecture = architecture(description);
            InputScaling scaling = new InputScaling(finite(arrays, text(description, "mean"), architecture.channels(),
                    architecture.height(), architecture.width()), field(description, "factor").asDouble(Double.NaN));
            Parameters parameters = parameters(architecture, arrays, scaling.mean().dataType());
            return new Network(architecture, parameters, scaling)
                    .with(Optional.ofNullable(description.get(CARD)).map(ModelFile::card));
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, e.getMessage(), e);
        }
    }

    /**
     * Returns copies of the parameters among arrays.
     *
     * @param type that all of them must have
     * @throws IllegalArgumentException if one is missing or is not what it should be
     */
    static Parameters parameters(Architecture architecture, Map<String, INDArray> arrays, DataType type) {
        for (Parameter parameter : architecture.parameters()) {
            INDArray found = finite(arrays, parameter.name(), parameter.shape());
            if (parameter.kind() == Parameter.Kind.RUNNING_VARIANCE && found.minNumber().doubleValue() < 0) {
                throw new IllegalArgumentException(
                        parameter.name() + " holds " + found.minNumber() + ", expected variances of at least 0");
            }
        }
        Parameters parameters = Parameters.uninitialized(architecture, type);
        for (String name : parameters.names()) {
            if (arrays.get(name).dataType() != parameters.dataType()) {
                throw new IllegalArgumentException(
                        name + " is " + arrays.get(name).dataType() + ", expected " + parameters.dataType());
            }
            parameters.get(name).assign(arrays.get(name));
        }
        return parameters;
    }

    private static ModelCard card(JsonNode card) {
        for (String name : CARD_FIELDS) {
            if (!card.hasNonNull(name)) {
                throw new IllegalArgumentException(CARD + " has no " + name);
            }
        }
        return Json.value(CARD, card, ModelCard.class);
    }

    private static Architecture architecture(JsonNode description) {
        int format = field(description, "format").asInt();
        if (format != FORMAT) {
            throw new IllegalArgumentException("is a model of format " + format + ", expected " + FORMAT
                    + "; it may be from a newer backprop4j");
        }
        JsonNode input = field(description, "input");
        if (input.size() != 3) {
            throw new IllegalArgumentException(ARCHITECTURE + " has the input " + input + ", expected three sizes");
        }
        List<String> classNames = new ArrayList<>();
        field(description, "classes").forEach(name -> classNames.add(name.asText()));
        return Architecture.parse(text(description, "layers"), input.get(0).asInt(), input.get(1).asInt(),
                input.get(2).asInt(), classNames);
    }

    private static String text(JsonNode description, String name) {
        return field(description, name).asText();
    }

    private static JsonNode field(JsonNode description, String name) {
        JsonNode field = description.get(name);
        if (field == null) {
            throw new IllegalArgumentException(ARCHITECTURE + " has no " + name);
        }
        return field;
    }

    /** Returns the array of that name if it has that shape and no NaN or infinity. */
    private static INDArray finite(Map<String, INDArray> arrays, String name, long... shape) {
        INDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("has no array " + name + ", only " + arrays.keySet());
        }
        if (!Arrays.equals(array.shape(), shape)) {
            throw new IllegalArgumentException(name + " has shape " + Arrays.toString(array.shape()) + ", expected "
                    + Arrays.toString(shape));
        }
        if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException(name + " is " + array.dataType() + ", expected FLOAT or DOUBLE");
        }
        if (!Finite.allFinite(array)) {
            throw new IllegalArgumentException(name + " holds NaN or infinite numbers");
        }
        return array;
    }
}
