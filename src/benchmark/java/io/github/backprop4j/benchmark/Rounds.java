package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Lets contestants measure, all in turn, then all again.
 *
 * <p>A process keeps for its life what chance gave it, like the places of its memory, and a machine is slower for
 * minutes: so each round has fresh processes, and what slows a round slows all of it.
 *
 * @param count of the rounds, at least 1
 * @param progress is told, in a line each, of values and failures
 */
record Rounds(int count, Consumer<String> progress) {

    /**
     * Runs them.
     *
     * @return of each that never failed, in their order; one that fails does not run again
     * @throws InterruptedException if the thread is interrupted
     */
    List<Measurement> run(List<Contestant> contestants) throws InterruptedException {
        Map<Contestant, List<Outcome>> outcomes = new LinkedHashMap<>();
        Map<Contestant, Double> loads = new HashMap<>();
        contestants.forEach(contestant -> outcomes.put(contestant, new ArrayList<>()));
        for (int round = 1; round <= count; round++) {
            for (Contestant contestant : List.copyOf(outcomes.keySet())) {
                String head = "round " + round + " of " + count + ": " + contestant.name() + ": ";
                try {
                    loads.merge(contestant, Machine.load(), Math::max);
                    Outcome outcome = contestant.run();
                    outcomes.get(contestant).add(outcome);
                    progress.accept(head + String.format(Locale.ROOT, "%.4g ", outcome.value()) + contestant.unit());
                } catch (Contestant.FailedException e) {
                    outcomes.remove(contestant);
                    progress.accept(head + "left out: " + e.getMessage());
                }
            }
        }
        return outcomes.entrySet().stream().map(entry -> measurement(
                entry.getKey(), entry.getValue(), loads.get(entry.getKey()))).toList();
    }

    private static Measurement measurement(Contestant contestant, List<Outcome> outcomes, double load) {
        Map<String, Double> details = new TreeMap<>(contestant.details());
        outcomes.stream().map(Outcome::residentMegabytes).filter(Objects::nonNull).max(Double::compare)
                .ifPresent(most -> details.put(Measurement.RESIDENT_MEGABYTES, most));
        if (load >= 0) {
            details.put(Measurement.OTHER_LOAD, load);
        }
        return new Measurement(contestant.name(), contestant.group(), contestant.unit(),
                outcomes.stream().map(Outcome::value).toList(), details);
    }
}
