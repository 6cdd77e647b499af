package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * A network as an npz file.
 *
 * <p>The array {@code architecture} holds UTF-8 JSON:
 * {@code {"format":1,"input":[3,32,32],"layers":"conv:10:5:1:2,relu","classes":["cat","dog"],"factor":0.016,
 * "mean":"input.mean"}}. The others are the mean image and the parameters, all float32 or all float64.
 */
final class ModelFile {

    private static final int FORMAT = 1;
    private static final String ARCHITECTURE = "architecture";
    private static final String MEAN = "input.mean";
    private static final long MAX_BYTES = 4L << 30;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_DIGITS = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelFile() {}

    static Map<String, INDArray> arrays(Network network) {
        Architecture architecture = network.architecture();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("format", FORMAT);
        description.put("input", List.of(architecture.channels(), architecture.height(), architecture.width()));
        description.put("layers", architecture.text());
        description.put("classes", architecture.classNames());
        description.put("factor", network.scaling().factor());
        description.put("mean", MEAN);
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put(ARCHITECTURE, bytes(json(description)));
        arrays.put(MEAN, network.scaling().mean());
        arrays.putAll(network.parameters().asMap());
        return arrays;
    }

    private static byte[] json(Map<String, Object> description) {
        try {
            return JSON.writeValueAsBytes(description);
        } catch (JsonProcessingException e) {
            throw new AssertionError("numbers and text are JSON", e);
        }
    }

    static void write(Network network, Path file) throws IOException {
        Npz.write(file, arrays(network));
    }

    static Network read(Path file) throws IOException {
        return network(file, Npz.read(file, MAX_BYTES));
    }

    /** @param file where the arrays are from, for errors */
    static Network network(Path file, Map<String, INDArray> arrays) throws InvalidFileException {
        JsonNode description = description(file, arrays);
        try {
            Architecture architecture = architecture(description);
            InputScaling scaling = new InputScaling(finite(arrays, text(description, "mean"), architecture.channels(),
                    architecture.height(), architecture.width()), field(description, "factor").asDouble(Double.NaN));
            for (Parameter parameter : architecture.parameters()) {
                finite(arrays, parameter.name(), parameter.shape());
            }
            Parameters parameters = Parameters.uninitialized(architecture, scaling.mean().dataType());
            for (String name : parameters.names()) {
                if (arrays.get(name).dataType() != parameters.dataType()) {
                    throw new IllegalArgumentException(
                            name + " is " + arrays.get(name).dataType() + ", expected " + parameters.dataType());
                }
                parameters.get(name).assign(arrays.get(name));
            }
            return new Network(architecture, parameters, scaling);
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, e.getMessage());
        }
    }

    private static JsonNode description(Path file, Map<String, INDArray> arrays) throws InvalidFileException {
        INDArray bytes = arrays.get(ARCHITECTURE);
        if (bytes == null || bytes.dataType() != DataType.UINT8) {
            throw new InvalidFileException(file, "is no model: it holds " + arrays.keySet() + ", expected "
                    + ARCHITECTURE + " (uint8) among them");
        }
        byte[] json = new byte[Math.toIntExact(bytes.length())];
        for (int i = 0; i < json.length; i++) {
            json[i] = (byte) bytes.getInt(i);
        }
        try {
            requireHarmless(file, json);
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new InvalidFileException(file,
                    ARCHITECTURE + " is no JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (InvalidFileException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidFileException(file, ARCHITECTURE + " is no JSON: " + e.getMessage());
        }
    }

    /** ND4J's Jackson, 2.13, prints a deep tree until the stack overflows and takes a minute for a million digits. */
    private static void requireHarmless(Path file, byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                }
                if (depth > MAX_DEPTH) {
                    throw new InvalidFileException(file, ARCHITECTURE + " nests more than " + MAX_DEPTH
                            + " levels deep, expected 2");
                }
                if (token.isNumeric() && parser.getTextLength() > MAX_DIGITS) {
                    throw new InvalidFileException(file, ARCHITECTURE + " has a number of " + parser.getTextLength()
                            + " characters, expected at most " + MAX_DIGITS);
                }
            }
        }
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

    /** The array of that name if it has that shape and no NaN or infinity. */
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
        double magnitude = Nd4j.getBlasWrapper().asum(array.reshape(array.ordering(), new long[] {array.length()}));
        if (!Double.isFinite(magnitude)) {
            throw new IllegalArgumentException(name + " holds NaN or infinite numbers");
        }
        return array;
    }

    private static INDArray bytes(byte[] bytes) {
        INDArray array = Nd4j.createUninitialized(DataType.UINT8, bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            array.putScalar(i, Byte.toUnsignedInt(bytes[i]));
        }
        return array;
    }
}
