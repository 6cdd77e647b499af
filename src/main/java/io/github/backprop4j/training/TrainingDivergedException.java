package io.github.backprop4j.training;

/** A loss or a parameter became NaN or infinite, so that going on would teach the network nothing. */
public final class TrainingDivergedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TrainingDivergedException(int epoch, long step, String found) {
        super("training diverged in epoch " + epoch + ", step " + step + ": " + found
                + "; use a lower learning rate or clip the gradient's norm");
    }
}
