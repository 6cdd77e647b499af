package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The places where the level of a noisy series changes, by optimal partitioning (Jackson et al., An Algorithm for Optimal
 * Partitioning of Data on an Interval, 2005; PELT finds the same partition sooner) with a bounded loss, to which single
 * wild values are no change (Fearnhead and Rigaill, Changepoint Detection in the Presence of Outliers, 2019).
 *
 * <p>Of all ways to cut the series into stretches of at least {@value #SHORTEST} values, the one is taken that makes
 * {@code Σ min((x - median of its stretch)² / σ², 9) + penalty · cuts} least. σ is of the differences between neighbours,
 * by their median size, so that neither changes of level nor wild values raise it. Values of one level and independent
 * Gaussian noise give a change in less than one series of 200; ChangePointsTest has the figures.
 */
final class ChangePoints {

    /** Of fewer values in a row nobody can tell a change from noise. */
    static final int SHORTEST = 3;

    /** Fewer values have no changes: their spread is not known well enough. */
    static final int FEWEST = 10;

    /** The most that one value can tell, 3 σ squared. */
    private static final double BOUND = 9;

    /** Smaller noise than of one in a thousand is not believed, as of values that were rounded. */
    private static final double LEAST_SPREAD = 0.001;

    /** Of Gaussian noise: the standard deviation by the median of absolute differences of two. */
    private static final double OF_DIFFERENCES = 1.4826 / Math.sqrt(2);

    private ChangePoints() {}

    /**
     * Returns the changes of a series.
     *
     * @param values logarithms of what was measured, so that a change is a ratio; finite
     * @param leastEffect the least change of level that counts, as a difference of logarithms
     * @return indices of the first value of each stretch but the first, ascending
     */
    static List<Integer> of(double[] values, double leastEffect) {
        if (values.length < FEWEST) {
            return List.of();
        }
        List<Integer> changes = new ArrayList<>(optimal(values));
        dropSmall(changes, values, leastEffect);
        return List.copyOf(changes);
    }

    /** Returns the standard deviation of the noise, whatever the level does; NaN of fewer than 3 values. */
    static double spread(double[] values) {
        if (values.length < 3) {
            return Double.NaN;
        }
        double[] differences = IntStream.range(1, values.length)
                .mapToDouble(i -> Math.abs(values[i] - values[i - 1])).sorted().toArray();
        return Math.max(LEAST_SPREAD, OF_DIFFERENCES * middle(differences, differences.length));
    }

    /** Returns the median of the values from one index to before another. */
    static double level(double[] values, int from, int to) {
        double[] sorted = Arrays.copyOfRange(values, from, to);
        Arrays.sort(sorted);
        return middle(sorted, sorted.length);
    }

    /** More for few values, as their spread is known less well. */
    private static double penalty(int count) {
        return 4.5 * Math.log(count) * (1 + 15.0 / count);
    }

    /** The values before {@code end} cost at least {@code best[end]}, with a last stretch from {@code begin[end]} on. */
    private static List<Integer> optimal(double[] values) {
        int count = values.length;
        double spread = spread(values);
        double penalty = penalty(count);
        double[] best = new double[count + 1];
        int[] begin = new int[count + 1];
        Arrays.fill(best, Double.POSITIVE_INFINITY);
        best[0] = -penalty;
        for (int end = SHORTEST; end <= count; end++) {
            double[] sorted = new double[end];
            for (int from = end - 1; from >= 0; from--) {
                insert(sorted, end - 1 - from, values[from]);
                if (end - from >= SHORTEST && best[from] < Double.POSITIVE_INFINITY) {
                    double cost = best[from] + penalty + cost(sorted, end - from, spread);
                    if (cost < best[end]) {
                        best[end] = cost;
                        begin[end] = from;
                    }
                }
            }
        }
        List<Integer> changes = new ArrayList<>();
        for (int at = begin[count]; at > 0; at = begin[at]) {
            changes.add(0, at);
        }
        return changes;
    }

    private static void insert(double[] sorted, int count, double value) {
        int at = count;
        while (at > 0 && sorted[at - 1] > value) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = value;
    }

    private static double cost(double[] sorted, int count, double spread) {
        double level = middle(sorted, count);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double off = (sorted[i] - level) / spread;
            sum += Math.min(off * off, BOUND);
        }
        return sum;
    }

    private static double middle(double[] sorted, int count) {
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    }

    /** Drops the smallest change that is below the least effect, and so on: what it divided has another level then. */
    private static void dropSmall(List<Integer> changes, double[] values, double leastEffect) {
        while (true) {
            int smallest = -1;
            double least = leastEffect;
            for (int i = 0; i < changes.size(); i++) {
                int from = i == 0 ? 0 : changes.get(i - 1);
                int to = i == changes.size() - 1 ? values.length : changes.get(i + 1);
                double effect = Math.abs(level(values, changes.get(i), to) - level(values, from, changes.get(i)));
                if (effect < least) {
                    least = effect;
                    smallest = i;
                }
            }
            if (smallest < 0) {
                return;
            }
            changes.remove(smallest);
        }
    }
}
