package io.github.backprop4j.inference;

/** A network gave NaN or infinity for an image, so that there is no class to tell. */
public final class OutputNotFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Says so of the network at hand. */
    public OutputNotFiniteException() {
        super("the network's output is NaN or infinite");
    }
}
