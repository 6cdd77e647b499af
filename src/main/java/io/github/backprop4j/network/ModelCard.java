package io.github.backprop4j.network;

import io.github.backprop4j.files.Json;
import java.util.ResourceBundle;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Where a network comes from, kept with it in its file; nothing depends on it but the reader's knowledge.
 *
 * @param version of this library that trained it
 * @param seed of the training
 * @param data the name of the data set
 * @param dataDigest SHA-256 of the training images, their labels and class names, in hexadecimal digits
 * @param settings of the training, as JSON
 */
public record ModelCard(String version, long seed, String data, String dataDigest, JsonNode settings) {

    /** Returns the version of this library. */
    public static String libraryVersion() {
        return ResourceBundle.getBundle(ModelCard.class.getPackageName() + ".version").getString("version");
    }

    JsonNode toJson() {
        return Json.object().put("version", version).put("seed", seed).put("data", data)
                .put("data-digest", dataDigest).set("settings", settings);
    }

    /** @throws IllegalArgumentException if a field is missing */
    static ModelCard of(JsonNode json) {
        for (String name : new String[] {"version", "seed", "data", "data-digest", "settings"}) {
            if (!json.has(name)) {
                throw new IllegalArgumentException("its card has no " + name);
            }
        }
        return new ModelCard(json.get("version").asText(), json.get("seed").asLong(), json.get("data").asText(),
                json.get("data-digest").asText(), json.get("settings"));
    }
}
