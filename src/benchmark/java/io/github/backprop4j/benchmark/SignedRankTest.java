package io.github.backprop4j.benchmark;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Wilcoxon's signed-rank test for a number of differences, one-sided and exact: how likely as large a sum of the positive
 * ones' ranks is if each is as likely positive as negative.
 */
final class SignedRankTest {

    private final int count;
    /** For each rank sum, the probability of it or a larger one. */
    private final double[] tail;

    /** @param count of the differences, at least 1 */
    SignedRankTest(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("signed-rank test: " + count + " differences, expected at least 1");
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
     * @param value subtracted from each; equal ones are ranked in their order, one of zero is taken as negative
     * @return the probability of such ranks if their middle were the value: a small one says that it is larger
     */
    double largerThan(double value, double[] differences) {
        if (differences.length != count) {
            throw new IllegalArgumentException(
                    "signed-rank test: " + differences.length + " differences, expected " + count);
        }
        double[] shifted = Arrays.stream(differences).map(each -> each - value).toArray();
        int[] byMagnitude = IntStream.range(0, count).boxed()
                .sorted(Comparator.comparingDouble(i -> Math.abs(shifted[i]))).mapToInt(i -> i).toArray();
        int sum = 0;
        for (int rank = 1; rank <= count; rank++) {
            if (shifted[byMagnitude[rank - 1]] > 0) {
                sum += rank;
            }
        }
        return tail[sum];
    }
}
