package io.github.backprop4j.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Whom we compare ourselves with. */
enum Peer {
    /** DL4J, on the same ND4J. */
    DL4J,
    /** DJL with PyTorch. */
    DJL,
    /** PyTorch from Python. */
    TORCH,
    /** The notebook's iteration in NumPy. */
    NUMPY;

    /** @throws IllegalArgumentException if none has that name */
    static Peer parse(String name) {
        return Arrays.stream(values()).filter(peer -> peer.toString().equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("--peers: '" + name + "', expected some of " + List.of(values())
                        + " with commas between, or none alone"));
    }

    /** As the command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
