package io.github.backprop4j.spark;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trainings that take a few seconds. */
final class Trainings {

    private Trainings() {}

    /** The notebook's network with its dropout, eight slices to a mini-batch and one of uneven ones at the end. */
    static TrainingSettings.Builder notebook() {
        return TrainingSettings.builder().limit(1200).validation(0.1).epochs(2).batchSize(256)
                .augment(Augmentation.parse("flip,shift,brightness")).lookahead(3).seed(5);
    }

    /** Saves the model of a training and returns the file's bytes. */
    static byte[] model(Trainer.Result result, Path file) throws IOException {
        result.network().save(file);
        return Files.readAllBytes(file);
    }
}
