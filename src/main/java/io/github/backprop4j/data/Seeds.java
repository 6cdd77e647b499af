package io.github.backprop4j.data;

import java.util.SplittableRandom;

/** Random numbers that depend on a place in the training, not on what was drawn before it. */
public final class Seeds {

    private Seeds() {}

    /** Makes a generator for a place, such as an epoch, or a step and a slice of it. */
    public static SplittableRandom at(long seed, long... place) {
        long mixed = new SplittableRandom(seed).nextLong();
        for (long number : place) {
            mixed = new SplittableRandom(mixed + number).nextLong();
        }
        return new SplittableRandom(mixed);
    }
}
