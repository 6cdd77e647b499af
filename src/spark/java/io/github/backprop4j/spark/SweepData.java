package io.github.backprop4j.spark;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What executors get of files for a training.
 *
 * @param name of the data set
 * @param training all of its training images
 * @param test one of those to test with, which a data set must have
 * @param model to go on from, its file as bytes; none if the training begins anew
 */
record SweepData(String name, ImageBytes training, ImageBytes test, byte[] model) implements Serializable {

    /** @throws IOException if the model to go on from cannot be read */
    static SweepData of(TrainingSettings settings, Dataset dataset) throws IOException {
        return new SweepData(dataset.name(), ImageBytes.of(dataset.training()), ImageBytes.of(dataset.test().range(0, 1)),
                settings.from() == null ? new byte[0] : Files.readAllBytes(Path.of(settings.from())));
    }

    /**
     * Makes ready a training.
     *
     * @param folder for temporary files
     */
    Training training(TrainingSettings settings, Path folder) throws IOException {
        Dataset dataset = new Dataset(name, training.images(), test.images());
        if (settings.from() == null) {
            return Training.of(settings, dataset);
        }
        return Training.of(settings, dataset, Files.write(folder.resolve("from.npz"), model));
    }
}
