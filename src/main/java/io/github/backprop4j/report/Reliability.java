package io.github.backprop4j.report;

/**
 * How far a network's probabilities can be taken at their word: of the images that it gives a class with about 80 %, 80 of
 * 100 should be of that class. The probabilities are counted in bins of equal width, ((b, b + 1] / bins), as in Guo et al.,
 * On Calibration of Modern Neural Networks, ICML 2017.
 */
final class Reliability {

    static final int BINS = 15;

    private final int[] counts = new int[BINS];
    private final int[] correct = new int[BINS];
    private final double[] sums = new double[BINS];
    private int images;

    /** Counts an image. */
    void add(double probability, boolean isCorrect) {
        int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(probability * BINS) - 1));
        counts[bin]++;
        correct[bin] += isCorrect ? 1 : 0;
        sums[bin] += probability;
        images++;
    }

    /** Returns how many images' probabilities are in a bin. */
    int count(int bin) {
        return counts[bin];
    }

    /** Returns the share of a bin's images that are right; NaN of an empty bin. */
    double accuracy(int bin) {
        return (double) correct[bin] / counts[bin];
    }

    /** Returns the mean probability in a bin; NaN of an empty one. */
    double confidence(int bin) {
        return sums[bin] / counts[bin];
    }

    /** Returns the mean probability of all images. */
    double confidence() {
        double sum = 0;
        for (double each : sums) {
            sum += each;
        }
        return sum / images;
    }

    /** Returns the expected calibration error, {@code Σ_b n_b / N · |accuracy_b - confidence_b|}, in [0, 1]. */
    double expectedError() {
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += Math.abs(correct[bin] - sums[bin]);
        }
        return sum / images;
    }
}
