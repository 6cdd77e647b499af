package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Judges rounds in which two versions were measured at once, and says how many rounds a judgement takes.
 *
 * <p>Of each benchmark it takes the logarithms of head/base, one a round. A benchmark is slower if Wilcoxon's signed-rank
 * test says that it is so by more than {@link #LEAST}, by Holm's correction wrong in at most {@link #ALARMS} of all
 * comparisons of equal versions for all benchmarks together: what is less is not worth an alarm, and may come of where the
 * two lie on the disk. It is as fast if the same test says that it is not slower by {@link #SOUGHT}. Otherwise there is no
 * telling.
 */
final class Gate {

    /** Share of the comparisons of equal versions that may find one slower. */
    static final double ALARMS = 0.01;
    /** The least slowdown that counts, as a share of the time. */
    static final double LEAST = 0.01;
    /** The slowdown that a benchmark must be free of to pass. */
    static final double SOUGHT = 0.10;
    /** How sure it must be of that. */
    private static final double DOUBT = 0.05;
    /** How much a test of ranks loses to one that knows a normal distribution. */
    private static final double RANK_LOSS = Math.PI / 3;
    /** Makes of the median of absolute deviations a standard deviation. */
    private static final double NORMAL = 1.4826;

    /** What is said of a benchmark. */
    enum Finding {
        /** Slower, without doubt. */
        SLOWER,
        /** Not slower by what is sought. */
        PASSES,
        /** Too noisy to tell. */
        UNKNOWN
    }

    /**
     * What is said of a benchmark, and why.
     *
     * @param ratio of the times, head/base: the median of the rounds
     * @param probability of being called slower if it is not, corrected for the number of benchmarks
     * @param rounds that it takes to find what is sought, by the spread of these
     * @param wouldBeFoundAlone whether it would be called slower if all other benchmarks had stayed as they were
     */
    record Judgement(String name, double ratio, double probability, Finding finding, int rounds,
            boolean wouldBeFoundAlone) {}

    private Gate() {}

    /**
     * Judges.
     *
     * @param rounds of each benchmark, logarithms of head/base, of all the same number of rounds
     */
    static List<Judgement> judge(Map<String, double[]> rounds) {
        if (rounds.isEmpty()) {
            return List.of();
        }
        SignedRanks test = new SignedRanks(rounds.values().iterator().next().length);
        List<String> names = List.copyOf(rounds.keySet());
        double[] raw = names.stream().mapToDouble(name -> test.largerThan(Math.log1p(LEAST), rounds.get(name))).toArray();
        double[] corrected = holm(raw);
        List<Judgement> judgements = new ArrayList<>();
        for (int i = 0; i < raw.length; i++) {
            double[] ratios = rounds.get(names.get(i));
            double median = new Median().evaluate(ratios);
            boolean slower = corrected[i] <= ALARMS;
            boolean alone = raw[i] * raw.length <= ALARMS;
            double[] mirrored = Arrays.stream(ratios).map(each -> -each).toArray();
            boolean fast = test.largerThan(-Math.log1p(SOUGHT), mirrored) <= DOUBT;
            Finding finding = slower ? Finding.SLOWER : fast ? Finding.PASSES : Finding.UNKNOWN;
            judgements.add(new Judgement(names.get(i), Math.exp(median), corrected[i], finding,
                    rounds(spread(ratios), names.size()), alone));
        }
        return judgements;
    }

    /** Of all p-values in ascending order, the i-th is multiplied by the number of those from it on. */
    private static double[] holm(double[] raw) {
        int[] ascending = IntStream.range(0, raw.length).boxed()
                .sorted(Comparator.comparingDouble(i -> raw[i])).mapToInt(i -> i).toArray();
        double[] corrected = new double[raw.length];
        double largest = 0;
        for (int place = 0; place < raw.length; place++) {
            largest = Math.max(largest, Math.min(1, (raw.length - place) * raw[ascending[place]]));
            corrected[ascending[place]] = largest;
        }
        return corrected;
    }

    /**
     * A standard deviation that single wild rounds do not move; corrected for their number as Croux and Rousseeuw, "Time-
     * efficient algorithms for two highly robust estimators of scale", 1992, have it.
     */
    static double spread(double[] ratios) {
        double middle = new Median().evaluate(ratios);
        return NORMAL * ratios.length / (ratios.length - 0.8)
                * new Median().evaluate(Arrays.stream(ratios).map(each -> Math.abs(each - middle)).toArray());
    }

    /**
     * How many rounds find a benchmark that is slower by {@link #SOUGHT} in 95 of 100 comparisons.
     *
     * @param spread standard deviation of a round's logarithm
     * @param benchmarks how many are compared at once
     */
    static int rounds(double spread, int benchmarks) {
        return rounds(spread, benchmarks, SOUGHT, 0.95);
    }

    /** How many find one that is slower by half of {@link #SOUGHT} in 75 of 100. */
    static int roundsForHalf(double spread, int benchmarks) {
        return rounds(spread, benchmarks, SOUGHT / 2, 0.75);
    }

    private static int rounds(double spread, int benchmarks, double slowdown, double power) {
        NormalDistribution normal = new NormalDistribution();
        double sure = normal.inverseCumulativeProbability(1 - ALARMS / benchmarks);
        double quantiles = sure + normal.inverseCumulativeProbability(power);
        // the second term stands for the spread being unknown to the test, as with Student's
        double effect = Math.log1p(slowdown) - Math.log1p(LEAST);
        double count = RANK_LOSS * Math.pow(quantiles * spread / effect, 2) + sure * sure / 2;
        // with fewer, even if all agree, the test cannot be sure
        double least = Math.log(benchmarks / ALARMS) / Math.log(2);
        return (int) Math.ceil(Math.max(count, least));
    }
}
