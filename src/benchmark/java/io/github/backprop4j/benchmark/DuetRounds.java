package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures two checkouts in rounds of fresh processes: a process keeps for its life what chance gave it, like the places of
 * its memory. The sides swap their processors every round.
 *
 * @param base the unchanged checkout
 * @param head the changed one
 * @param processors of the two sides, or none if they cannot be pinned
 */
record DuetRounds(Checkout base, Checkout head, List<Integer> processors) {

    /** How long each benchmark is measured in a round, in seconds of the processor's time. */
    private static final double WINDOW = 0.05;

    /**
     * What a round measured.
     *
     * @param groups of the benchmarks
     * @param uncommon benchmarks that only one side has
     * @param length of the round in seconds of wall-clock time, with the start of its processes
     */
    record Round(Map<String, Group> groups, List<String> uncommon, Map<String, Duet.Seconds> seconds, double length) {}

    private List<Round> attempt(int number, List<Double> slowdowns) throws Duet.FailedException {
        long begin = System.nanoTime();
        List<Map<String, Duet.Seconds>> seconds = new ArrayList<>();
        slowdowns.forEach(slowdown -> seconds.add(new LinkedHashMap<>()));
        Map<String, Group> common;
        List<String> uncommon;
        long measuring = 0;
        try (Duet duet = Duet.start(command(base, number), command(head, number + 1))) {
            common = duet.common();
            uncommon = duet.uncommon();
            for (String benchmark : common.keySet()) {
                duet.warmUp(benchmark);
                long start = System.nanoTime();
                for (int i = 0; i < slowdowns.size(); i++) {
                    // each comes first in its turn
                    int which = (i + number) % slowdowns.size();
                    seconds.get(which).put(benchmark, duet.measure(benchmark, WINDOW, slowdowns.get(which)));
                }
                measuring += System.nanoTime() - start;
            }
        }
        double length = (System.nanoTime() - begin - measuring + measuring / slowdowns.size()) / 1e9;
        return seconds.stream().map(each -> new Round(common, uncommon, each, length)).toList();
    }

    /**
     * Lets both sides measure all benchmarks that both have; once more if that fails, as a machine that is short of memory
     * for a moment is no version's fault.
     *
     * @param number of the round; an odd one has the sides' processors swapped
     * @param slowdowns of the head that are measured in turn, see {@link OperationClock}; {@code List.of(0.0)} for none
     * @return a round for each slowdown; its length is what it would have taken alone
     */
    List<Round> run(int number, List<Double> slowdowns) throws Duet.FailedException {
        try {
            return attempt(number, slowdowns);
        } catch (Duet.FailedException e) {
            System.err.println(e.getMessage() + "; once more");
            return attempt(number, slowdowns);
        }
    }

    private List<String> command(Checkout checkout, int number) {
        List<String> command = new ArrayList<>();
        if (!processors.isEmpty()) {
            command.addAll(List.of("taskset", "-c", processors.get(number % processors.size()).toString()));
        }
        command.addAll(checkout.command("worker"));
        return command;
    }
}
