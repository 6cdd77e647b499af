package io.github.backprop4j.onnx;

import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What an ONNX file says about its network beside the graph, as texts by their keys. */
final class Metadata {

    /** Key of the model file's description, its array {@code architecture}, as it stands there. */
    static final String ARCHITECTURE = "backprop4j.architecture";

    /** Name of that array in a model file. */
    private static final String DESCRIPTION = "architecture";

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
        metadata.put("names", python(architecture.classNames()));
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

    private static String text(INDArray bytes) {
        byte[] text = new byte[Math.toIntExact(bytes.length())];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) bytes.getInt(i);
        }
        return new String(text, StandardCharsets.UTF_8);
    }
}
