package io.github.backprop4j.benchmark;

import java.util.Arrays;

/** The value in the middle of several. */
final class Median {

    private Median() {}

    /** The value in the middle, or the mean of the two there; not a number if there are no values. */
    static double of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
