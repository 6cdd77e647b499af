package io.github.backprop4j.training;

import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;

/** Is told how a training goes on, by the thread that trains. */
public interface TrainingListener {

    /**
     * A training begins, or goes on from a checkpoint.
     *
     * @param threads that it computes on
     * @param network as it is now; the first step changes it
     */
    default void trainingBegun(int threads, Network network) {}

    /**
     * A mini-batch was learnt.
     *
     * @param step from 1, over all epochs
     * @param examples in the mini-batch
     * @param loss its mean cross-entropy, of smoothed labels if the training smooths them, before the step
     */
    default void stepDone(long step, int examples, double loss) {}

    /**
     * An image of the validation data was predicted after an epoch's last step. All of them come, in their order, before
     * {@link #epochDone}.
     *
     * @param epoch from 1
     */
    default void validated(int epoch, Evaluator.Prediction prediction) {}

    /**
     * All mini-batches were learnt once more.
     *
     * @param network as it is now; the next step changes it
     */
    default void epochDone(EpochMetrics metrics, Network network) {}
}
