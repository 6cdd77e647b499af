package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * How often comparisons find a slowdown, told from a long record of rounds in which the head was slower by a known share.
 * Whole comparisons, the pilot included, are drawn from the record's rounds with replacement: hundreds of them, which would
 * take days to run. The bounds hold 95 of 100 records that are drawn from the record in turn, so they tell how far the rate
 * hangs on the rounds that happened to be measured.
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
record Calibration(double slowdown, int rounds, Rate found, Rate alone, double unknown, int length, double minutes) {

    private static final int RECORDS = 100;
    private static final int COMPARISONS = 50;
    private static final double OUTSIDE = 0.025;

    /** A share of all comparisons, from 0 to 1, and the bounds that hold 95 % of the records. */
    record Rate(double mean, double low, double high) {

        static Rate of(double[] ofRecords) {
            double[] sorted = ofRecords.clone();
            Arrays.sort(sorted);
            int outside = (int) (OUTSIDE * sorted.length);
            return new Rate(Arrays.stream(sorted).average().orElseThrow(), sorted[outside],
                    sorted[sorted.length - 1 - outside]);
        }
    }

    /**
     * Draws.
     *
     * @param record of rounds with that slowdown
     * @param minutes that a comparison may take
     */
    static Calibration of(DuetRecord record, double slowdown, double minutes, Random random) {
        Map<String, double[]> all = record.logRatios();
        double roundSeconds = record.roundSeconds();
        int fit = (int) (minutes * 60 / roundSeconds) - Plan.PILOT;
        double[] found = new double[RECORDS];
        double[] alone = new double[RECORDS];
        int unknown = 0;
        List<Integer> lengths = new ArrayList<>();
        for (int r = 0; r < RECORDS; r++) {
            Map<String, double[]> drawn = draw(all, record.count(), random);
            for (int c = 0; c < COMPARISONS; c++) {
                int length = Plan.of(draw(drawn, Plan.PILOT, random), fit).rounds();
                lengths.add(length);
                List<Gate.Judgement> judgements = Gate.judge(draw(drawn, length, random));
                boolean slower = judgements.stream().anyMatch(each -> each.finding() == Gate.Finding.SLOWER);
                found[r] += slower ? 1.0 / COMPARISONS : 0;
                alone[r] += judgements.stream().filter(Gate.Judgement::wouldBeFoundAlone).count()
                        / (double) judgements.size() / COMPARISONS;
                if (!slower && judgements.stream().anyMatch(each -> each.finding() == Gate.Finding.UNKNOWN)) {
                    unknown++;
                }
            }
        }
        int length = (int) OperationClock.median(lengths.stream().mapToDouble(each -> each).toArray());
        return new Calibration(slowdown, record.count(), Rate.of(found), Rate.of(alone),
                unknown / (double) (RECORDS * COMPARISONS), length, (length + Plan.PILOT) * roundSeconds / 60);
    }

    /** The same rounds for all benchmarks: what disturbs one may disturb others. */
    private static Map<String, double[]> draw(Map<String, double[]> from, int count, Random random) {
        int size = from.values().iterator().next().length;
        int[] chosen = IntStream.range(0, count).map(i -> random.nextInt(size)).toArray();
        Map<String, double[]> drawn = new LinkedHashMap<>();
        from.forEach((name, values) -> drawn.put(name, Arrays.stream(chosen).mapToDouble(i -> values[i]).toArray()));
        return drawn;
    }
}
