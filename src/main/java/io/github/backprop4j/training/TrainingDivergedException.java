package io.github.backprop4j.training;

import java.nio.file.Path;

/** A loss, a gradient or a parameter became NaN or infinite, so that going on would teach the network nothing. */
public final class TrainingDivergedException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final String REMEDY = "; use a lower learning rate or clip the gradient's norm";

    private final String place;

    TrainingDivergedException(int epoch, long step, String found) {
        this(place(epoch, step, found), "");
    }

    /** @param cause says what was found */
    TrainingDivergedException(int epoch, long step, Throwable cause) {
        this(epoch, step, cause.getMessage());
        initCause(cause);
    }

    private static String place(int epoch, long step, String found) {
        return "training diverged in epoch " + epoch + ", step " + step + ": " + found;
    }

    private TrainingDivergedException(String place, String checkpoint) {
        super(place + checkpoint + REMEDY);
        this.place = place;
    }

    /** Returns where it diverged and what was found, without what can be done about it. */
    public String place() {
        return place;
    }

    /** The same with the checkpoint from before. */
    TrainingDivergedException after(Path checkpoint) {
        TrainingDivergedException named =
                new TrainingDivergedException(place, "; the last good checkpoint is " + checkpoint);
        if (getCause() != null) {
            named.initCause(getCause());
        }
        named.setStackTrace(getStackTrace());
        return named;
    }
}
