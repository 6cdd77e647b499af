package io.github.backprop4j.examples;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Goes on from a trained network with classes that it has never seen, of which a few images may be enough. It keeps its
 * layers and its scaling of images, and gets a new output layer.
 */
public final class FineTuning {

    private FineTuning() {}

    /** @param arguments the trained model, the folder of folders with images of the new classes, the model file to write */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("usage: FineTuning MODEL.npz DATA TUNED.npz");
        }
        Network tuned = tune(Path.of(arguments[0]), arguments[1], 3);
        tuned.save(Path.of(arguments[2]));
        System.out.println(tuned);
    }

    /**
     * Returns the tuned network.
     *
     * @param trained a model file, which stays as it is
     * @param data with the new classes; images in folders are read in the size and colours that the trained network takes
     * @param freeze how many of the first layers stay as they are: those that see edges and textures; activations and
     *     pooling count, too
     */
    public static Network tune(Path trained, String data, int freeze) throws IOException {
        // few images want small mini-batches, so that there are enough steps in an epoch
        TrainingSettings settings = TrainingSettings.builder()
                .from(trained.toString()).data(data).freeze(freeze).epochs(20).batchSize(16).validation(0).build();
        Trainer.Result result = Training.of(settings).run();
        return result.network();
    }
}
