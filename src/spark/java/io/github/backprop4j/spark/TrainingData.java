package io.github.backprop4j.spark;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All that an executor needs to compute steps of a training: it goes to each once.
 *
 * @param model the network as it begins, as a model file has it
 */
record TrainingData(Recipe recipe, byte[] model, ImageBytes images) implements Serializable {

    /** @throws IOException if the network cannot be written to the folder for temporary files */
    static TrainingData of(Training training) throws IOException {
        Path file = Files.createTempFile("backprop4j-start", ".npz");
        try {
            training.start().save(file);
            return new TrainingData(Recipe.of(training.settings()), Files.readAllBytes(file),
                    ImageBytes.of(training.images()));
        } finally {
            Files.delete(file);
        }
    }

    /** @throws IOException if the folder for temporary files has no room */
    Replica replica() throws IOException {
        Path file = Files.createTempFile("backprop4j-start", ".npz");
        try {
            Files.write(file, model);
            return new Replica(recipe.settings(), Network.load(file), images.images());
        } finally {
            Files.delete(file);
        }
    }
}
