package io.github.backprop4j.onnx;

import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What an ONNX file says about its network beside the graph, as texts by their keys. */
final class Metadata {

    /** Key of the model file's description, its array {@code architecture}, as it stands there. */
    static final String ARCHITECTURE = "backprop4j.architecture";

    /** Name of that array in a model file. */
    static final String DESCRIPTION = "architecture";

    /** Of a description: thousands of long class names, in bytes. */
    private static final int MAX_DESCRIPTION = 1 << 22;

    /** Key of the class names. */
    private static final String NAMES = "names";
    /** A number and a text in quotes, read without steps back, however long it is. */
    private static final Pattern NAME = Pattern.compile(
            "(\\d{1,9}): (?:'([^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+)'|\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\")");

    /** By channels; of other images ONNX has no name for the format. */
    private static final Map<Integer, String> PIXEL_FORMATS = Map.of(1, "Gray8", 3, "Rgb8");

    private Metadata() {}

    /**
     * Returns the keys in the order of the file: {@code task}, {@code names}, {@code imgsz} and {@code channels} as
     * Ultralytics writes them, as Python literals; what ONNX defines for images (onnx/docs/MetadataProps.md); and the
     * description, with the model's card if it has one.
     */
    static Map<String, String> of(Network network) {
        Architecture architecture = network.architecture();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("task", "classify");
        metadata.put(NAMES, python(architecture.classNames()));
        metadata.put("imgsz", "[" + architecture.height() + ", " + architecture.width() + "]");
        metadata.put("channels", Integer.toString(architecture.channels()));
        if (PIXEL_FORMATS.containsKey(architecture.channels())) {
            metadata.put("Image.BitmapPixelFormat", PIXEL_FORMATS.get(architecture.channels()));
        }
        metadata.put("Image.ColorSpaceGamma", "SRGB");
        metadata.put("Image.NominalPixelRange", "NominalRange_0_255");
        metadata.put(ARCHITECTURE, text(network.toArrays().get(DESCRIPTION)));
        return metadata;
    }

    /** Returns a dictionary as Python writes it: {@code {0: 'cat', 1: 'dog'}}. */
    private static String python(List<String> names) {
        return IntStream.range(0, names.size()).mapToObj(k -> k + ": " + python(names.get(k)))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String python(String name) {
        String escaped = name.replace("\\", "\\\\");
        return name.contains("'") && !name.contains("\"") ? '"' + escaped + '"' : "'" + escaped.replace("'", "\\'") + "'";
    }

    /** Returns the description that {@link #of} wrote, as a model file has it; nothing if there is none, or a huge one. */
    static Optional<INDArray> description(ModelProto model) {
        return value(model, ARCHITECTURE).filter(text -> text.length() <= MAX_DESCRIPTION).map(text -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            INDArray array = Nd4j.createUninitialized(DataType.UINT8, bytes.length);
            for (int i = 0; i < bytes.length; i++) {
                array.putScalar(i, Byte.toUnsignedInt(bytes[i]));
            }
            return array;
        });
    }

    /**
     * Returns the names of the classes, if the file has a dictionary of them as {@link #of} writes it, and Ultralytics.
     *
     * @return nothing also if the dictionary is of something else: not 0, 1, 2 … in order, a blank name, or one twice
     */
    static Optional<List<String>> classNames(ModelProto model) {
        return value(model, NAMES).flatMap(text -> {
            List<String> names = new ArrayList<>();
            Matcher name = NAME.matcher(text);
            int end = 1;
            while (name.find(end) && name.start() == end && name.group(1).equals(Integer.toString(names.size()))) {
                String escaped = name.group(2) == null ? name.group(3) : name.group(2);
                names.add(escaped.replaceAll("\\\\(.)", "$1"));
                end = text.startsWith(", ", name.end()) ? name.end() + 2 : name.end();
            }
            boolean isWhole = text.startsWith("{") && end == text.length() - 1 && text.endsWith("}");
            boolean areNames = names.stream().distinct().filter(each -> !each.isBlank()).count() == names.size();
            return isWhole && areNames ? Optional.of(names) : Optional.empty();
        });
    }

    private static Optional<String> value(ModelProto model, String key) {
        return model.getMetadataPropsList().stream().filter(each -> each.getKey().equals(key))
                .map(StringStringEntryProto::getValue).filter(value -> !value.isEmpty()).findFirst();
    }

    private static String text(INDArray bytes) {
        byte[] text = new byte[Math.toIntExact(bytes.length())];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) bytes.getInt(i);
        }
        return new String(text, StandardCharsets.UTF_8);
    }
}
