package io.github.backprop4j.report;

import java.util.List;
import java.util.Locale;

/**
 * One of the settings that a sweep tries, and what came of it so far.
 *
 * @param number from 1
 * @param values of the settings that are varied, in their order
 * @param epochs that are done
 * @param accuracy of the best epoch on the validation images; NaN if there is none
 * @param loss of the best epoch on the validation images; NaN if there is none
 * @param bestEpoch the one with the lowest validation loss; 0 if there is none
 * @param seconds that it has taken
 * @param reason why it failed; empty if it did not
 */
public record SweepRow(int number, List<String> values, Status status, int epochs, double accuracy, double loss,
        int bestEpoch, double seconds, String reason) {

    /** How far a training is. */
    public enum Status {
        /** It is not begun, or is to go on. */
        WAITING,
        /** It has come to its end. */
        FINISHED,
        /** Others were better, so that it was not worth to go on. */
        STOPPED,
        /** It cannot be trained. */
        FAILED;

        /** Returns the word for it in a table. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
