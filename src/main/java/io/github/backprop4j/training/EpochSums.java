package io.github.backprop4j.training;

/**
 * What the mini-batches of an epoch add up to so far.
 *
 * @param batches learnt
 * @param examples in them
 * @param correct examples that were classified right
 * @param loss summed over the examples
 * @param learningRate of the last step
 * @param seconds of training, over all starts
 */
record EpochSums(int batches, long examples, long correct, double loss, double learningRate, double seconds) {

    static final EpochSums NONE = new EpochSums(0, 0, 0, 0, Double.NaN, 0);

    EpochSums plus(int moreExamples, Steps.Outcome outcome) {
        return new EpochSums(batches + 1, examples + moreExamples, correct + outcome.correct(), loss + outcome.lossSum(),
                outcome.learningRate(), seconds);
    }

    EpochSums after(double moreSeconds) {
        return new EpochSums(batches, examples, correct, loss, learningRate, seconds + moreSeconds);
    }

    /** Returns the metrics of the whole epoch, not validated. */
    EpochMetrics metrics(int epoch, long step) {
        return new EpochMetrics(epoch, step, learningRate, loss / examples, (double) correct / examples, Double.NaN,
                Double.NaN, seconds, examples / seconds);
    }
}
