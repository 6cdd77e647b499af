package io.github.backprop4j.spark;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.training.TrainingSettings;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What computes a training where it was begun: executors with anything else would give other bits.
 *
 * @param json of a {@link Platform}
 */
record HomePlatform(byte[] json) implements Serializable {

    /** What is to be done about a mixture. */
    static final String REMEDY = "; give the whole cluster the same backprop4j, and processors of one kind";

    static HomePlatform of(TrainingSettings settings) {
        return new HomePlatform(Json.tree(here(settings)).toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Platform here(TrainingSettings settings) {
        return Platform.here(settings.engine(), settings.precision());
    }

    /** Tells what computes here otherwise than at home; empty if nothing does. */
    Optional<String> mixture(TrainingSettings settings) {
        Platform here = here(settings);
        Platform home = Json.value("platform", Json.parse("platform", json), Platform.class);
        return here.equals(home) ? Optional.empty() : Optional.of("computes with " + here.besides(home)
                + ", but the driver with " + home.besides(here) + ", and the bits of their sums would differ");
    }
}
