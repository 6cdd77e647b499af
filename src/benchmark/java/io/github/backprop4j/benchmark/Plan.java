package io.github.backprop4j.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * How many rounds a comparison has, which is settled before it begins.
 *
 * @param rounds that it has
 * @param needed that it would take to find what {@link Gate} seeks in its noisiest benchmark, and half of that in one of
 *     middling noise
 */
record Plan(int rounds, int needed) {

    /** Rounds beforehand, which show the spread and are not judged. */
    static final int PILOT = 10;

    /**
     * Plans.
     *
     * @param pilot of each benchmark, logarithms of head/base, one a round
     * @param fit how many rounds there is time for
     */
    static Plan of(Map<String, double[]> pilot, int fit) {
        double[] spreads = pilot.values().stream().mapToDouble(Gate::spread).toArray();
        int needed = Math.max(Gate.rounds(Arrays.stream(spreads).max().orElseThrow(), spreads.length),
                Gate.roundsForHalf(new Median().evaluate(spreads), spreads.length));
        // an even number, so that each side has each processor as often
        return new Plan(Math.max(0, Math.min(needed + needed % 2, fit - fit % 2)), needed);
    }

    /** Returns a sentence about it. */
    String text(double roundSeconds) {
        return String.format(Locale.ROOT, "By the spread of %d rounds before, it takes %d rounds of %.1f s%s.%n", PILOT,
                needed, roundSeconds, rounds < needed ? "; there is time for " + rounds : "");
    }
}
