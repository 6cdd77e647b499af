package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Comparator;
import java.util.List;

/**
 * Which trainings of a sweep go on: successive halving (Jamieson and Talwalkar, Non-stochastic Best Arm Identification and
 * Hyperparameter Optimization, 2016). All are trained up to a rung, the best of them up to the next, and so on; each keeps
 * the schedule that it has over all of its epochs.
 *
 * @param factor η, by which epochs grow and trainings become fewer from rung to rung, at least 2; 1 for one rung, the end
 */
public record Halving(int factor) {

    /** The order of results: first those that did not fail, of higher accuracy, of lower loss, of a smaller number. */
    public static final Comparator<TrialResult> BEST_FIRST = Comparator.comparing((TrialResult each) -> each.failed())
            .thenComparing(Comparator.comparingDouble(TrialResult::accuracy).reversed())
            .thenComparingDouble(TrialResult::loss).thenComparingInt(TrialResult::number);

    /** @throws InvalidInputException if the factor is below 1 */
    public Halving {
        if (factor < 1) {
            throw new InvalidInputException("halving: " + factor + ", expected at least 2, or 1 for none");
        }
    }

    /**
     * Returns how many rungs there are: as many as leave one training of all, if the epochs of each are more than those of
     * the one before.
     *
     * @param epochs of the longest training
     * @param trainings on the first rung
     */
    public int rungs(int epochs, int trainings) {
        int rungs = 1;
        int first = epochs;
        for (int left = trainings; factor > 1 && left > 1; left = survivors(left)) {
            int before = epochs(epochs, 0, rungs + 1);
            if (before == first) {
                break;
            }
            first = before;
            rungs++;
        }
        return rungs;
    }

    /**
     * Returns the epoch in which a training reaches a rung: {@code E / η^(rungs - 1 - rung)}, rounded, at least 1.
     *
     * @param epochs of the training, E
     * @param rung from 0
     * @param rungs of the sweep
     */
    public int epochs(int epochs, int rung, int rungs) {
        return Math.max(1, (int) Math.round(epochs / Math.pow(factor, rungs - 1.0 - rung)));
    }

    /** Returns how many of some trainings on a rung go on: one of η, rounded up. */
    public int survivors(int trainings) {
        return (trainings + factor - 1) / factor;
    }

    /**
     * Returns those that go on.
     *
     * @param results all of a rung
     * @return none that failed, so that there may be fewer than {@link #survivors(int)}
     */
    public List<TrialResult> survivors(List<TrialResult> results) {
        return results.stream().filter(result -> !result.failed()).sorted(BEST_FIRST)
                .limit(survivors(results.size())).toList();
    }
}
