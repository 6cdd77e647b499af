package io.github.backprop4j.data;

import java.util.Locale;

/** Which images are set apart for validation. */
public enum Splitting {
    /** Of each class its share, chosen at random. */
    STRATIFIED,
    /** Chosen at random from all, whatever their classes; so it was before there was a choice. */
    RANDOM;

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
