package io.github.backprop4j.data;

import java.util.Locale;

/** What is done with an image that has other proportions than are wanted. */
public enum Fit {
    /** The largest centred part that has the wanted proportions is taken. */
    CROP,
    /** The whole image is taken, and its proportions change. */
    STRETCH;

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
