package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;
import org.apache.commons.math3.util.MathArrays;

/**
 * How often comparisons find a slowdown, told from a long record of rounds in which the head was slower by a known share.
 * Whole comparisons, the pilot included, are drawn from the record's rounds without replacement, so that each is like one
 * that was run; hundreds of real ones would take days. One comparison has at most half of the record.
 *
 * @param slowdown of the head, as a share of the time
 * @param rounds of the record
 * @param found share of the comparisons with all benchmarks slower in which the gate closed; of equal versions, the false
 *     alarms
 * @param alone share of those in which a single benchmark would be found, had only it become slower: the mean over all
 * @param leastAlone the benchmark of which that share is the smallest
 * @param least that smallest share
 * @param unknown share of the comparisons of which nothing was found slower and something could not be told
 * @param length rounds of a comparison in the middle, without the pilot
 * @param minutes that a comparison takes in the middle, with the pilot
 * @param bias the largest difference of a benchmark's median over the whole record from what was put in, as a share of the
 *     time
 */
record Calibration(double slowdown, int rounds, Rate found, Rate alone, String leastAlone, double least, Rate unknown,
        int length, double minutes, double bias) {

    private static final int COMPARISONS = 2000;
    /** Parts of the record that are left out in turn. */
    private static final int PARTS = 10;
    private static final double CONFIDENCE = 0.95;
    /** Of a normal distribution, for that confidence. */
    private static final double QUANTILE = 1.96;

    /**
     * A share of all comparisons, from 0 to 1, and bounds of 95 % confidence: Wilson's for the number that was drawn, and
     * beyond them the jackknife's, from how far the share changes when a tenth of the record is left out.
     */
    record Rate(double mean, double low, double high) {

        /**
         * Estimates one.
         *
         * @param drawn a share of each comparison drawn, 0 or 1 or in between
         * @param without the same, drawn as often, each time without another part of the record
         */
        static Rate of(double[] drawn, List<double[]> without) {
            double mean = StatUtils.mean(drawn);
            double[] parts = without.stream().mapToDouble(StatUtils::mean).toArray();
            // drawing alone spreads the parts' means, too; that is Wilson's
            double drawing = without.stream().mapToDouble(each -> StatUtils.variance(each) / each.length).average()
                    .orElseThrow();
            double variance = Math.max(0, StatUtils.variance(parts) - drawing) * (parts.length - 1) * (parts.length - 1)
                    / parts.length;
            double error = QUANTILE * Math.sqrt(variance);
            ConfidenceInterval ofDrawing = new WilsonScoreInterval()
                    .createInterval(drawn.length, (int) Math.round(mean * drawn.length), CONFIDENCE);
            return new Rate(mean, Math.max(0, Math.min(mean, ofDrawing.getLowerBound()) - error),
                    Math.min(1, Math.max(mean, ofDrawing.getUpperBound()) + error));
        }
    }

    /** What was found in a comparison: 1 or 0 each, and of each benchmark whether it would be found alone. */
    private record Drawn(double found, double[] alone, double unknown, int length) {}

    /**
     * Draws comparisons from a record.
     *
     * @param record of rounds with that slowdown
     * @param minutes that a comparison may take
     * @throws IllegalArgumentException if the record is too short for a comparison
     */
    static Calibration of(DuetRecord record, double slowdown, double minutes, RandomGenerator random) {
        Map<String, double[]> all = record.logRatios();
        int size = record.count();
        int fit = Math.min((int) (minutes * 60 / record.roundSeconds()), size / 2) - Plan.PILOT;
        if (fit < Gate.rounds(0, all.size())) {
            throw new IllegalArgumentException("calibration: a record of " + size + " rounds of " + record.roundSeconds()
                    + " s, expected at least " + 2 * (Plan.PILOT + Gate.rounds(0, all.size()))
                    + " and time for half as many; see --rounds and --minutes");
        }
        List<Drawn> whole = draw(all, IntStream.range(0, size).toArray(), fit, random);
        List<List<Drawn>> without = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            int from = part * size / PARTS;
            int to = (part + 1) * size / PARTS;
            without.add(draw(all, IntStream.range(0, size).filter(i -> i < from || i >= to).toArray(), fit, random));
        }
        List<String> names = List.copyOf(all.keySet());
        int hardest = IntStream.range(0, names.size()).boxed()
                .min(Comparator.comparingDouble(i -> mean(whole, each -> each.alone[i]))).orElseThrow();
        int length = (int) new Median().evaluate(whole.stream().mapToDouble(Drawn::length).toArray());
        double bias = all.values().stream().mapToDouble(ratios -> Math.abs(new Median().evaluate(ratios) - Math.log1p(slowdown)))
                .max().orElseThrow();
        return new Calibration(slowdown, size, rate(whole, without, Drawn::found),
                rate(whole, without, each -> Arrays.stream(each.alone).average().orElseThrow()), names.get(hardest),
                mean(whole, each -> each.alone[hardest]), rate(whole, without, Drawn::unknown), length,
                (length + Plan.PILOT) * record.roundSeconds() / 60, Math.expm1(bias));
    }

    private static Rate rate(List<Drawn> whole, List<List<Drawn>> without, ToDoubleFunction<Drawn> of) {
        return Rate.of(values(whole, of), without.stream().map(part -> values(part, of)).toList());
    }

    private static double[] values(List<Drawn> drawn, ToDoubleFunction<Drawn> of) {
        return drawn.stream().mapToDouble(of).toArray();
    }

    private static double mean(List<Drawn> drawn, ToDoubleFunction<Drawn> of) {
        return drawn.stream().mapToDouble(of).average().orElseThrow();
    }

    private static List<Drawn> draw(Map<String, double[]> all, int[] from, int fit, RandomGenerator random) {
        List<Drawn> drawn = new ArrayList<>();
        int[] shuffled = from.clone();
        for (int i = 0; i < COMPARISONS; i++) {
            MathArrays.shuffle(shuffled, random);
            int length = Plan.of(rounds(all, shuffled, 0, Plan.PILOT), fit).rounds();
            List<Gate.Judgement> judgements = Gate.judge(rounds(all, shuffled, Plan.PILOT, Plan.PILOT + length));
            boolean slower = judgements.stream().anyMatch(each -> each.finding() == Gate.Finding.SLOWER);
            boolean unknown = judgements.stream().anyMatch(each -> each.finding() == Gate.Finding.UNKNOWN);
            drawn.add(new Drawn(slower ? 1 : 0,
                    judgements.stream().mapToDouble(each -> each.wouldBeFoundAlone() ? 1 : 0).toArray(),
                    unknown && !slower ? 1 : 0, length));
        }
        return drawn;
    }

    /** The same rounds of all benchmarks: what disturbs one may disturb others. */
    private static Map<String, double[]> rounds(Map<String, double[]> all, int[] order, int from, int to) {
        Map<String, double[]> rounds = new LinkedHashMap<>();
        all.forEach((name, values) ->
                rounds.put(name, Arrays.stream(order, from, to).mapToDouble(i -> values[i]).toArray()));
        return rounds;
    }
}
