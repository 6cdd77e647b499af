package io.github.backprop4j.spark;

import io.github.backprop4j.training.LocalSteps;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A {@link LocalSteps.Copy} as it travels; without its numbers if it has learnt nothing.
 *
 * @param parameters all of its network's, as bytes, like those of the optimizer
 * @param seconds that the steps took
 * @param problem why there is no copy; empty if there is
 */
record CopyBytes(long images, long slices, ArrayList<LocalSteps.Taken> steps, byte[] parameters, byte[] optimizer,
        double seconds, String problem) implements Serializable {

    private static final byte[] NONE = {};

    static CopyBytes of(LocalSteps.Copy copy, double seconds) {
        boolean learnt = copy.images() > 0;
        return new CopyBytes(copy.images(), copy.slices(), new ArrayList<>(copy.steps()),
                learnt ? Rows.bytes(copy.parameters()) : NONE, learnt ? Rows.bytes(copy.optimizer()) : NONE, seconds, "");
    }

    static CopyBytes failed(String problem) {
        return new CopyBytes(0, 0, new ArrayList<>(), NONE, NONE, 0, problem);
    }

    Optional<String> failure() {
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    LocalSteps.Copy copy() {
        return new LocalSteps.Copy(images, slices, steps, Rows.row(parameters), Rows.row(optimizer));
    }
}
