package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import java.util.List;

/** How mini-batches of an epoch move the parameters of a {@link TrainingState}. */
interface Steps {

    /**
     * What a mini-batch gave before its step.
     *
     * @param loss summed over its images
     */
    record Outcome(double lossSum, long correct, double learningRate) {}

    /** Returns how many mini-batches are taken at once, if the epoch has as many left. */
    int together();

    /**
     * Takes a step with each of some mini-batches.
     *
     * @throws TrainingDivergedException if a loss, a gradient or a parameter becomes NaN or infinite
     */
    List<Outcome> apply(List<MiniBatch> batches);

    /** Returns the steps that leave the first layers as they are from now on; these are then of no use. */
    Steps freezing(int layers);
}
