package io.github.backprop4j.examples;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.nd4j.evaluation.classification.Evaluation;

/**
 * Trains with images of one's own, and tells how well each class is known. The images lie in a folder for each class:
 *
 * <pre>
 * photos/cat/1.jpg
 * photos/cat/2.png
 * photos/dog/1.jpg
 * </pre>
 *
 * <p>Every fifth image of a class is kept for testing, unless there are folders {@code train} and {@code test} with such
 * folders in them.
 */
public final class OwnImages {

    private OwnImages() {}

    /** @param arguments the folder of folders, and the model file to write */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: OwnImages DIR MODEL.npz");
        }
        Evaluation evaluation = train(arguments[0], Path.of(arguments[1]));
        System.out.printf("%.0f %% of the test images right%n", 100 * evaluation.accuracy());
        for (int k = 0; k < evaluation.getLabelsList().size(); k++) {
            System.out.printf("%s: %.0f %% of its images found, %.0f %% of what is taken for it right%n",
                    evaluation.getClassLabel(k), 100 * evaluation.recall(k), 100 * evaluation.precision(k));
        }
    }

    /** Trains, writes the model, and returns how it does with the images that are kept for testing. */
    public static Evaluation train(String photos, Path model) throws IOException {
        // images of one size up to 128 a side stay as they are, others become 32×32; an ImageReading says it otherwise
        Dataset dataset = Datasets.open(photos);
        TrainingSettings settings = Preset.QUICK.settings(dataset.training()).data(photos)
                // a class of few images counts as much as one of many
                .balance(true).build();
        Network network = Training.of(settings, dataset).run().network();
        network.save(model);
        return Evaluator.evaluate(network, dataset.test(), settings.views()).evaluation();
    }
}
