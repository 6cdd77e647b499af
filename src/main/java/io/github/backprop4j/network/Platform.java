package io.github.backprop4j.network;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.onednn.OneDnn;
import io.github.backprop4j.parallel.MathLibraries;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * What computes a network, as far as the bits of its numbers depend on it. Two platforms that are equal here may still round
 * differently, as libraries look at the sizes of a processor's caches, too.
 *
 * @param engine name of the {@link Engine}
 * @param precision name of the {@link Precision}
 * @param system operating system and processor architecture
 * @param backprop4j version of this library
 * @param nd4j its version, and the level of instructions that its natives were built for
 * @param openblas its version with that of its binding, and the processors that its kernels are for, if it has a choice
 * @param onednn its version, and the most that it uses of the processor's instructions; null with another engine
 */
public record Platform(String engine, String precision, String system, String backprop4j, String nd4j, String openblas,
        String onednn) {

    /** Returns this process's, for networks of an engine that is available and of a precision. */
    public static Platform here(Engine engine, Precision precision) {
        return new Platform(engine.toString(), precision.toString(), MathLibraries.system(), ModelCard.libraryVersion(),
                MathLibraries.nd4j(), MathLibraries.openBlas(), engine == Engine.ONEDNN ? OneDnn.version() : null);
    }

    /** Returns those of its parts that another platform has otherwise, by their names, as {@code onednn 3.11.0 avx2}. */
    public String besides(Platform other) {
        List<String> parts = new ArrayList<>();
        JsonNode others = Json.tree(other);
        Json.tree(this).fields().forEachRemaining(part -> {
            if (!part.getValue().equals(others.get(part.getKey()))) {
                parts.add(part.getKey() + " " + (part.getValue().isNull() ? "none" : part.getValue().asText()));
            }
        });
        return String.join(", ", parts);
    }
}
