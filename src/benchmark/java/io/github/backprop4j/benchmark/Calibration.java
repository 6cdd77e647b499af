package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How often comparisons find a slowdown, told from a long record of rounds in which the head was slower by a known share.
 * Whole comparisons, the pilot included, are drawn from the record's rounds without replacement, so that each is like one
 * that was run; hundreds of real ones would take days.
 *
 * @param slowdown of the head, as a share of the time
 * @param rounds of the record
 * @param found share of the comparisons with all benchmarks slower in which the gate closed; of equal versions, the false
 *     alarms
 * @param alone share of those in which a single benchmark would be found, had only it become slower: the mean over all
 * @param unknown share of the comparisons of which nothing was found slower and something could not be told
 * @param length rounds of a comparison in the middle, without the pilot
 * @param minutes that a comparison takes in the middle, with the pilot
 */
record Calibration(double slowdown, int rounds, Rate found, Rate alone, Rate unknown, int length, double minutes) {

    private static final int COMPARISONS = 1000;
    /** Parts of the record that are left out in turn. */
    private static final int PARTS = 10;
    private static final int COMPARISONS_WITHOUT_PART = 300;
    /** Of a normal distribution, for 95 %. */
    private static final double QUANTILE = 1.96;

    /**
     * A share of all comparisons, from 0 to 1, and the bounds of 95 % confidence: by the jackknife, from how far the share
     * changes when a tenth of the record is left out.
     */
    record Rate(double mean, double low, double high) {}

    private record Drawn(double found, double alone, double unknown, int length) {}

    /**
     * Draws.
     *
     * @param record of rounds with that slowdown
     * @param minutes that a comparison may take
     * @throws IllegalArgumentException if the record is too short for a comparison
     */
    static Calibration of(DuetRecord record, double slowdown, double minutes, Random random) {
        Map<String, double[]> all = record.logRatios();
        int size = record.count();
        if (size < 2 * (Plan.PILOT + Gate.rounds(0, all.size()))) {
            throw new IllegalArgumentException("calibration: a record of " + size + " rounds, expected at least "
                    + 2 * (Plan.PILOT + Gate.rounds(0, all.size())) + " to draw comparisons from; see --rounds");
        }
        int fit = (int) (minutes * 60 / record.roundSeconds()) - Plan.PILOT;
        List<Drawn> whole = draw(all, IntStream.range(0, size).toArray(), fit, COMPARISONS, random);
        List<List<Drawn>> without = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            int from = part * size / PARTS;
            int to = (part + 1) * size / PARTS;
            without.add(draw(all, IntStream.range(0, size).filter(i -> i < from || i >= to).toArray(), fit,
                    COMPARISONS_WITHOUT_PART, random));
        }
        double[] lengths = whole.stream().mapToDouble(Drawn::length).toArray();
        int length = (int) OperationClock.median(lengths);
        return new Calibration(slowdown, size, rate(whole, without, Drawn::found), rate(whole, without, Drawn::alone),
                rate(whole, without, Drawn::unknown), length, (length + Plan.PILOT) * record.roundSeconds() / 60);
    }

    private static Rate rate(List<Drawn> whole, List<List<Drawn>> without, ToDoubleFunction<Drawn> of) {
        double mean = mean(whole, of);
        double[] parts = without.stream().mapToDouble(drawn -> mean(drawn, of)).toArray();
        double middle = Arrays.stream(parts).average().orElseThrow();
        double error = Math.sqrt((parts.length - 1.0) / parts.length
                * Arrays.stream(parts).map(each -> (each - middle) * (each - middle)).sum());
        return new Rate(mean, Math.max(0, mean - QUANTILE * error), Math.min(1, mean + QUANTILE * error));
    }

    private static double mean(List<Drawn> drawn, ToDoubleFunction<Drawn> of) {
        return drawn.stream().mapToDouble(of).average().orElseThrow();
    }

    private static List<Drawn> draw(Map<String, double[]> all, int[] from, int fit, int count, Random random) {
        List<Drawn> drawn = new ArrayList<>();
        int[] shuffled = from.clone();
        for (int i = 0; i < count; i++) {
            shuffle(shuffled, random);
            int length = Math.min(Plan.of(rounds(all, shuffled, 0, Plan.PILOT), fit).rounds(), from.length - Plan.PILOT);
            List<Gate.Judgement> judgements = Gate.judge(rounds(all, shuffled, Plan.PILOT, Plan.PILOT + length));
            boolean slower = judgements.stream().anyMatch(each -> each.finding() == Gate.Finding.SLOWER);
            boolean unknown = judgements.stream().anyMatch(each -> each.finding() == Gate.Finding.UNKNOWN);
            drawn.add(new Drawn(slower ? 1 : 0,
                    judgements.stream().filter(Gate.Judgement::wouldBeFoundAlone).count() / (double) judgements.size(),
                    unknown && !slower ? 1 : 0, length));
        }
        return drawn;
    }

    private static void shuffle(int[] values, Random random) {
        for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int value = values[i];
            values[i] = values[other];
            values[other] = value;
        }
    }

    /** The same rounds of all benchmarks: what disturbs one may disturb others. */
    private static Map<String, double[]> rounds(Map<String, double[]> all, int[] order, int from, int to) {
        Map<String, double[]> rounds = new LinkedHashMap<>();
        all.forEach((name, values) ->
                rounds.put(name, Arrays.stream(order, from, to).mapToDouble(i -> values[i]).toArray()));
        return rounds;
    }
}
