package io.github.backprop4j.examples;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Trains with images of one's own, and asks about another one. The images lie in a folder for each class:
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

    /** @param arguments the folder of folders, the model file to write, an image to classify */
    public static void main(String[] arguments) throws IOException {
        System.out.println(trainAndClassify(arguments[0], Path.of(arguments[1]), Path.of(arguments[2])));
    }

    /** Returns the class of the image, and the network's accuracy with the test images. */
    public static String trainAndClassify(String data, Path model, Path image) throws IOException {
        // begin of the README's example
        Dataset dataset = Datasets.open(data);
        TrainingSettings settings = Preset.QUICK.settings(dataset.training()).data(data).build();
        Network network = Training.of(settings, dataset).run().network();
        network.save(model);
        double accuracy = Evaluator.evaluate(network, dataset.test(), settings.views()).accuracy();

        Classifier classifier = Classifier.load(model);
        Classifier.Ranked best = classifier.classify(image).get(0);
        return best.className() + " " + accuracy;
        // end of the README's example
    }
}
