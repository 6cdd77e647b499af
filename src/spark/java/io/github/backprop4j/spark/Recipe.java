package io.github.backprop4j.spark;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.training.TrainingSettings;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Settings as they travel, with what computes where they come from: executors with anything else would give other bits.
 *
 * @param json of the settings
 * @param platform as JSON
 */
record Recipe(byte[] json, byte[] platform) implements Serializable {

    static Recipe of(TrainingSettings settings) {
        return new Recipe(bytes(settings.toJson()), bytes(Json.tree(here(settings))));
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Platform here(TrainingSettings settings) {
        return Platform.here(settings.engine(), settings.precision());
    }

    TrainingSettings settings() {
        return TrainingSettings.fromJson(Json.parse("settings", json));
    }

    /** Tells what computes here otherwise than where the settings come from; empty if nothing does. */
    Optional<String> mixture() {
        Platform here = here(settings());
        Platform there = Json.value("platform", Json.parse("platform", platform), Platform.class);
        return here.equals(there) ? Optional.empty() : Optional.of("computes with " + here.besides(there)
                + ", but the driver with " + there.besides(here) + ", and the bits of their sums would differ; give the"
                + " whole cluster the same backprop4j, and processors of one kind");
    }
}
