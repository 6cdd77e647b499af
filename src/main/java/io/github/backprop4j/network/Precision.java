package io.github.backprop4j.network;

import java.util.Locale;

/** The type of the numbers that convolutions multiply; they are added up in float32. */
public enum Precision {

    /** IEEE 754's single precision: 24 significant bits. */
    FLOAT32,

    /** The upper half of a float32: 8 significant bits. Only processors with instructions for it gain by it. */
    BF16;

    /** Returns the name in lower case, as the command line takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
