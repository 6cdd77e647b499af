package io.github.backprop4j.network;

import java.util.List;
import java.util.ResourceBundle;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Where a network comes from, kept with it in its file; nothing depends on it but the reader's knowledge.
 *
 * @param version of this library that trained it
 * @param seed of the training
 * @param data the name of the data set
 * @param dataDigest SHA-256 of the training images, their labels and class names, in hexadecimal digits
 * @param settings of the training, as JSON
 * @param platforms what computed it, in turn: more than one only if it was asked to go on elsewhere than it was begun; none
 *     for a model of before they were kept
 */
public record ModelCard(String version, long seed, String data, String dataDigest, JsonNode settings,
        List<Platform> platforms) {

    public ModelCard {
        platforms = platforms == null ? List.of() : List.copyOf(platforms);
    }

    /** Returns a card with a platform more. */
    public ModelCard goingOnOn(Platform platform) {
        return new ModelCard(version, seed, data, dataDigest, settings,
                Stream.concat(platforms.stream(), Stream.of(platform)).toList());
    }

    /** Returns the version of this library. */
    public static String libraryVersion() {
        return ResourceBundle.getBundle(ModelCard.class.getPackageName() + ".version").getString("version");
    }
}
