package io.github.backprop4j.spark;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.training.EpochMetrics;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Optional;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * What came of one of a sweep's trainings up to a rung.
 *
 * @param number of its settings, from 1
 * @param rung from 0
 * @param state what it ended with
 * @param history of the epochs that are done
 * @param bestEpoch the one with the lowest validation loss, whose accuracy and loss count
 * @param seconds that it has taken, all rungs together
 * @param checkpoint to go on from, as bytes; none unless it is at a rung
 * @param model the trained network's file, as bytes; none unless it is finished
 * @param problem why it failed, in one line; empty if it did not
 */
public record TrialResult(int number, int rung, State state, ArrayList<EpochMetrics> history, int bestEpoch, double seconds,
        byte[] checkpoint, byte[] model, String problem) implements Serializable {

    /** How far a training is. */
    public enum State {
        /** It could go on to the next rung. */
        AT_RUNG,
        /** It has come to its last epoch, or its patience to an end. */
        FINISHED,
        /** The settings do not fit, or the training diverged or needed too much memory. */
        FAILED,
        /** It was not begun, as the executor's libraries or processor would give other bits than the driver's. */
        ELSEWHERE
    }

    private static final byte[] NONE = {};

    /** Returns the result of settings with which nothing can be trained. */
    public static TrialResult failed(int number, String problem) {
        return failed(number, 0, 0, problem);
    }

    /** @param problem its first line counts */
    static TrialResult failed(int number, int rung, double seconds, String problem) {
        String line = problem.lines().findFirst().orElse("").strip();
        return new TrialResult(number, rung, State.FAILED, new ArrayList<>(), 0, seconds, NONE, NONE, line);
    }

    static TrialResult elsewhere(int number, int rung, String problem) {
        return new TrialResult(number, rung, State.ELSEWHERE, new ArrayList<>(), 0, 0, NONE, NONE, problem);
    }

    /** Returns whether there is no network. */
    public boolean failed() {
        return state == State.FAILED;
    }

    /** Returns whether this is all that there will be. */
    public boolean finished() {
        return state == State.FINISHED;
    }

    /** Returns the metrics of the best epoch; empty if it failed. */
    public Optional<EpochMetrics> best() {
        return bestEpoch == 0 ? Optional.empty() : Optional.of(history.get(bestEpoch - 1));
    }

    /** Returns the validation accuracy of the best epoch; NaN if it failed. */
    public double accuracy() {
        return best().map(EpochMetrics::validationAccuracy).orElse(Double.NaN);
    }

    /** Returns the validation loss of the best epoch; NaN if it failed. */
    public double loss() {
        return best().map(EpochMetrics::validationLoss).orElse(Double.NaN);
    }

    /** Returns all but checkpoint and model. */
    public TrialResult withoutBytes() {
        return new TrialResult(number, rung, state, history, bestEpoch, seconds, NONE, NONE, problem);
    }

    /**
     * Returns the result that {@link Json#tree} has written.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static TrialResult fromJson(JsonNode json) {
        TrialResult result = Json.value("result", json, TrialResult.class);
        if (result.state == null || result.history == null || result.problem == null || result.bestEpoch < 0
                || result.bestEpoch > result.history.size() || (result.bestEpoch == 0) != result.failed()) {
            throw new IllegalArgumentException("result: it lacks state, history or best epoch");
        }
        return result;
    }
}
