package io.github.backprop4j.training;

import java.util.SplittableRandom;

/** Random numbers that depend on a place in the training, not on what was drawn before it. */
final class Seeds {

    private Seeds() {}

    /** A generator for a place, such as an epoch, or a step and a slice of it. */
    static SplittableRandom at(long seed, long... place) {
        long mixed = new SplittableRandom(seed).nextLong();
        for (long number : place) {
            mixed = new SplittableRandom(mixed + number).nextLong();
        }
        return new SplittableRandom(mixed);
    }
}
