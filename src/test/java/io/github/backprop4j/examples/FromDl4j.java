package io.github.backprop4j.examples;

import io.github.backprop4j.data.IteratorBatches;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingSettings;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Trains with what a program for DL4J has already: a {@link DataSetIterator} of images, with whatever reading and scaling
 * is behind it, an {@link IUpdater} with its {@link ISchedule}, and an {@link Evaluation} in the end. They are ND4J's own
 * types, so nothing is converted.
 */
public final class FromDl4j {

    private FromDl4j() {}

    /**
     * Trains a small network and returns how well it does.
     *
     * @param training images (N, C, H, W) with labels (N, K), one 1 in each row
     * @param test of the same kind
     * @param architecture for images of that size and as many classes
     * @param rates the learning rate of each step
     */
    public static Evaluation train(
            DataSetIterator training, DataSetIterator test, Architecture architecture, int epochs, ISchedule rates) {
        IUpdater updater = new Adam(rates);
        // the iterator scales the images, so the network need not
        InputScaling scaling = InputScaling.none(architecture.channels(), architecture.height(), architecture.width());
        Network start = Network.initialize(architecture, scaling, 1);
        Trainer trainer = Trainer.builder(TrainingSettings.builder().epochs(epochs).build()).updater(updater).build();
        Network network = trainer.train(start, new IteratorBatches(training)).network();

        try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
            return Evaluator.evaluate(network, new IteratorBatches(test), workers, images -> {}).evaluation();
        }
    }
}
