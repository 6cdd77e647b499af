package io.github.backprop4j.network;

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
}
