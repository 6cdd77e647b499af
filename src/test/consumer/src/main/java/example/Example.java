package example;

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

/** Trains a network, keeps it, and asks it what an image shows. */
public final class Example {

    private Example() {}

    /**
     * Prints the class of an image and how many of the test images the network told right.
     *
     * @param arguments a folder with a folder of images for each class; the file to keep the network in; the image
     */
    public static void main(String[] arguments) throws IOException {
        System.out.println(trainAndClassify(arguments[0], Path.of(arguments[1]), Path.of(arguments[2])));
    }

    /** Returns what {@link #main} prints. */
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
