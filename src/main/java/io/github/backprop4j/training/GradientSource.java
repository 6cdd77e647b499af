package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Slices;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes the slices of a mini-batch forward and backward and adds up their gradients, with threads of this process
 * ({@link LocalGradients}) or elsewhere. Whoever does gives the same numbers, to the bit, on the same
 * {@link io.github.backprop4j.network.Platform}.
 */
public interface GradientSource {

    /**
     * A step of a training.
     *
     * @param network as it is before the step; not to be changed
     * @param batch of the network's shapes
     * @param settings of the training
     * @param step steps done before, over all epochs
     * @param epoch from 1
     * @param batchOfEpoch the mini-batch's number in its epoch, from 0
     */
    record Step(Network network, MiniBatch batch, TrainingSettings settings, long step, int epoch, int batchOfEpoch) {

        /** Returns how the mini-batch is cut. */
        public Slices slices() {
            return Slices.even(batch.size(), settings.ghostBatch());
        }
    }

    /** Is told what comes of each slice, one at a time and in their order. */
    @FunctionalInterface
    interface SliceListener {

        /**
         * A slice has passed.
         *
         * @param loss summed over its images
         * @param correct images that were classified right
         * @param statistics its own, in the form of {@link io.github.backprop4j.network.Parameters#statistics}; may be
         *     changed, and is good for nothing when this returns
         */
        void passed(double loss, int correct, INDArray statistics);
    }

    /**
     * Passes all slices of a mini-batch.
     *
     * @param listener may throw, which ends the training
     * @return the sum of all slices' gradients, in the order of {@link SumTree} and the form of
     *     {@link io.github.backprop4j.network.Parameters#trained}; good until the next call
     */
    INDArray sum(Step step, SliceListener listener);
}
