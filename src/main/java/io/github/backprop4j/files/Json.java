package io.github.backprop4j.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.commons.io.input.BoundedInputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.MapperFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializationFeature;
import org.nd4j.shade.jackson.databind.json.JsonMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * JSON of values such as records, as text and as the uint8 array of UTF-8 bytes that npz files keep it in.
 * Constants of an enum are written as their {@code toString}.
 */
public final class Json {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_DIGITS = 100;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private Json() {}

    /** Makes an empty object to be filled. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Returns the tree of a value. */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Makes a value of its tree.
     *
     * @param name of the tree, for errors
     * @throws IllegalArgumentException if the tree is not that of such a value, saying what is wrong in one line
     */
    public static <T> T value(String name, JsonNode tree, Class<T> type) {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause() instanceof UserError ? e.getCause() : e;
            throw new IllegalArgumentException(name + ": " + line(cause == e ? e.getOriginalMessage()
                    : cause.getMessage()), e);
        }
    }

    /** Writes a tree as text over several lines, each with its end. */
    public static byte[] pretty(JsonNode tree) {
        return (tree.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Makes an array of a tree's text. */
    public static INDArray array(JsonNode tree) {
        byte[] bytes = tree.toString().getBytes(StandardCharsets.UTF_8);
        INDArray array = Nd4j.createUninitialized(DataType.UINT8, bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            array.putScalar(i, Byte.toUnsignedInt(bytes[i]));
        }
        return array;
    }

    /**
     * Reads an array's text.
     *
     * @param name of the array, for errors
     * @throws IllegalArgumentException if it is no JSON, saying what is wrong in one line
     */
    public static JsonNode parse(String name, INDArray array) {
        byte[] bytes = new byte[Math.toIntExact(array.length())];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) array.getInt(i);
        }
        return parse(name, bytes);
    }

    /**
     * Reads a file.
     *
     * @param maxBytes more are not read, and make the text one that is cut off
     * @throws IllegalArgumentException if it is no JSON, saying what is wrong in one line
     * @throws IOException if it cannot be read
     */
    public static JsonNode read(Path file, int maxBytes) throws IOException {
        try (InputStream in = BoundedInputStream.builder().setPath(file).setMaxCount(maxBytes).get()) {
            return parse(file.getFileName().toString(), in.readAllBytes());
        }
    }

    /**
     * Reads a text in UTF-8.
     *
     * @param name of the text, for errors
     * @throws IllegalArgumentException if it is no JSON, saying what is wrong in one line
     */
    public static JsonNode parse(String name, byte[] text) {
        try {
            requireHarmless(name, text);
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + " is no JSON: " + line(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " is no JSON: " + e.getMessage(), e);
        }
    }

    private static String line(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** ND4J's Jackson, 2.13, prints a deep tree until the stack overflows and takes a minute for a million digits. */
    private static void requireHarmless(String name, byte[] text) throws IOException {
        try (JsonParser parser = MAPPER.createParser(text)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth > MAX_DEPTH) {
                    throw new IllegalArgumentException(name + " nests more than " + MAX_DEPTH + " levels deep");
                }
                if (token.isNumeric() && parser.getTextLength() > MAX_DIGITS) {
                    throw new IllegalArgumentException(name + " has a number of " + parser.getTextLength()
                            + " characters, expected at most " + MAX_DIGITS);
                }
            }
        }
    }
}
