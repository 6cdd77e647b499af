package io.github.backprop4j.benchmark;

import java.util.Arrays;

/**
 * Wilcoxon's signed-rank test for a number of differences, one-sided and exact: how likely as large a sum of the positive
 * ones' ranks is if each is as likely positive as negative. The one of commons-math tries all signs to be exact, which are
 * too many for 30 differences.
 */
final class SignedRanks {

    private final int count;
    /** For each rank sum, the probability of it or a larger one. */
    private final double[] tail;

    /** @param count of the differences, at least 1 */
    SignedRanks(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("signed ranks: " + count + " differences, expected at least 1");
        }
        this.count = count;
        double[] probabilities = new double[count * (count + 1) / 2 + 1];
        probabilities[0] = 1;
        for (int rank = 1; rank <= count; rank++) {
            // the rank is in the sum, or not
            for (int sum = probabilities.length - 1; sum >= 0; sum--) {
                probabilities[sum] = (probabilities[sum] + (sum >= rank ? probabilities[sum - rank] : 0)) / 2;
            }
        }
        tail = probabilities;
        for (int sum = tail.length - 2; sum >= 0; sum--) {
            tail[sum] += tail[sum + 1];
        }
    }

    /**
     * Tests whether the differences are larger than a value.
     *
     * @param differences as many as the constructor was told
     * @param value subtracted from each; of equal magnitudes positive ones are ranked first, and zero is taken as
     *     negative, so that ties raise no alarm
     * @return the probability of such ranks if their middle were the value: a small one says that it is larger
     */
    double largerThan(double value, double[] differences) {
        if (differences.length != count) {
            throw new IllegalArgumentException(
                    "signed ranks: " + differences.length + " differences, expected " + count);
        }
        // magnitudes as numbers that sort alike, the last bit of each given up for the sign
        long[] byMagnitude = Arrays.stream(differences).map(each -> each - value)
                .mapToLong(each -> Double.doubleToLongBits(Math.abs(each)) & ~1L | (each > 0 ? 0 : 1)).sorted().toArray();
        int sum = 0;
        for (int rank = 1; rank <= count; rank++) {
            sum += (~byMagnitude[rank - 1] & 1) * rank;
        }
        return tail[sum];
    }
}
