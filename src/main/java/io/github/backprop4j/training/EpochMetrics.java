package io.github.backprop4j.training;

import io.github.backprop4j.inference.Evaluator;
import java.io.Serializable;

/**
 * What one epoch of a training came to.
 *
 * <p>A loss is the mean cross-entropy of an example and may be infinite or NaN if the training diverges; an accuracy is
 * the share of examples classified right, in [0, 1]. Without a validation set both validation values are NaN.
 *
 * @param epoch counted from 1
 * @param step optimizer steps since the training began, this epoch's included
 * @param learningRate of the epoch's last step
 * @param trainLoss over the epoch's examples as they were trained on, with smoothed labels if the training smooths them
 * @param trainAccuracy over the epoch's examples as they were trained on
 * @param validationLoss after the epoch's last step
 * @param validationAccuracy after the epoch's last step
 * @param seconds that the epoch's training took, without any evaluation
 * @param imagesPerSecond examples trained on in one of those seconds
 */
public record EpochMetrics(int epoch, long step, double learningRate, double trainLoss, double trainAccuracy,
        double validationLoss, double validationAccuracy, double seconds, double imagesPerSecond) implements Serializable {

    /** The same epoch with what its network made of the validation set. */
    EpochMetrics validated(Evaluator.Result result) {
        return new EpochMetrics(epoch, step, learningRate, trainLoss, trainAccuracy, result.loss(),
                result.accuracy(), seconds, imagesPerSecond);
    }
}
