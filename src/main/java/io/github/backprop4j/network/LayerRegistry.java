package io.github.backprop4j.network;

import io.github.backprop4j.files.Suggestion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kinds of layers that texts and model files may name. Parsing, its errors and the help of {@code --layers} come
 * from this list alone.
 *
 * <p>It is the process's own, like the classes in it, and only grows: a model file names its layers and is read by
 * callers who do not know which.
 */
public final class LayerRegistry {

    private static final Map<String, LayerType> TYPES = Collections.synchronizedMap(new LinkedHashMap<>(Stream.of(
            ConvLayer.TYPE,
            MaxPoolLayer.TYPE,
            AveragePoolLayer.TYPE,
            GlobalAveragePoolLayer.TYPE,
            GlobalMaxPoolLayer.TYPE,
            DenseLayer.TYPE,
            ReluLayer.TYPE,
            LeakyReluLayer.TYPE,
            GeluLayer.TYPE,
            DropoutLayer.TYPE,
            DropConnect.TYPE,
            BatchNormLayer.TYPE,
            ScaleLayer.TYPE,
            WhitenLayer.TYPE,
            Residual.TYPE,
            Chain.TYPE,
            Output.TYPE)
            .collect(Collectors.toMap(LayerType::keyword, type -> type, (a, b) -> a, LinkedHashMap::new))));

    private LayerRegistry() {}

    /**
     * Makes texts and model files of this process know a layer of the caller's own. To register the same again does
     * nothing.
     *
     * @throws IllegalArgumentException if another type has the keyword
     */
    public static void register(LayerType type) {
        LayerType known = TYPES.putIfAbsent(type.keyword(), type);
        if (known != null && !known.equals(type)) {
            throw new IllegalArgumentException("layer type: " + type.usage() + " has the keyword of " + known.usage()
                    + "; choose another");
        }
    }

    /** Returns all types, those of the library first. */
    public static List<LayerType> types() {
        synchronized (TYPES) {
            return List.copyOf(TYPES.values());
        }
    }

    /** @throws IllegalArgumentException if there is no such type */
    static LayerType find(String keyword) {
        LayerType type = TYPES.get(keyword);
        if (type == null) {
            List<String> keywords = types().stream().map(LayerType::keyword).toList();
            throw new IllegalArgumentException("unknown layer; there are " + String.join(", ", keywords)
                    + Suggestion.of(keyword, keywords));
        }
        return type;
    }
}
