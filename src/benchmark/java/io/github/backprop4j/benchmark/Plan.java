package io.github.backprop4j.benchmark;

import java.util.Map;

/**
 * How many rounds a comparison has, which is settled before it begins.
 *
 * @param rounds that it has
 * @param needed that it would take to find what {@link Gate} seeks, in its noisiest benchmark
 */
record Plan(int rounds, int needed) {

    /** Rounds beforehand, which show the spread and are not judged. */
    static final int PILOT = 6;

    /**
     * Plans.
     *
     * @param pilot of each benchmark, logarithms of head/base, one a round
     * @param fit how many rounds there is time for
     */
    static Plan of(Map<String, double[]> pilot, int fit) {
        int needed = pilot.values().stream()
                .mapToInt(ratios -> Gate.rounds(Gate.spread(ratios), pilot.size())).max().orElseThrow();
        return new Plan(Math.max(1, Math.min(needed, fit)), needed);
    }

    /** In a sentence. */
    @Override
    public String toString() {
        return "the pilot's spread asks for " + needed + " rounds"
                + (rounds < needed ? "; there is time for " + rounds : "");
    }
}
