package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * What a training was begun with, kept in its checkpoints: a training that went on with anything else would end in a network
 * that no settings give.
 *
 * @param settings the {@link TrainingSettings#recipe}, and with a lookahead, which depends on them, all {@code steps}
 * @param updater the optimizer with all its numbers and its schedule; the name of its class if it cannot be written as JSON
 * @param platforms what computed it, in turn, at least one: more only if it was told to go on elsewhere
 */
record Origin(JsonNode settings, JsonNode updater, List<Platform> platforms) {

    private static final String LOCAL_STEPS = "local-steps";

    /** @throws IllegalArgumentException if a part is missing */
    Origin {
        if (settings == null || !settings.isObject() || updater == null || updater.isNull()
                || platforms == null || platforms.isEmpty() || platforms.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("origin lacks settings, updater or platforms");
        }
    }

    /** @param localSteps from one average of copies to the next; 0 if there are none */
    static Origin of(TrainingSettings settings, IUpdater updater, long steps, int localSteps, Network network) {
        ObjectNode recipe = settings.recipe();
        if (localSteps > 0) {
            recipe.put(LOCAL_STEPS, localSteps);
        }
        if (settings.lookahead() > 0) {
            recipe.put("steps", steps);
        }
        return new Origin(recipe, description(updater),
                List.of(Platform.here(network.engine(), network.precision())));
    }

    private static JsonNode description(IUpdater updater) {
        try {
            return Json.tree(updater);
        } catch (IllegalArgumentException e) {
            return Json.tree(updater.getClass().getName());
        }
    }

    /**
     * Checks that a training may go on with what it would be begun with today.
     *
     * @throws InvalidInputException naming the first setting that is another
     */
    void requireSame(Origin now) {
        // settings that were added later had the default then, but for the one that was random before there was a choice
        ObjectNode defaults = TrainingSettings.builder().split(RunDirectory.OLDER_SPLIT).build().recipe();
        defaults.put(LOCAL_STEPS, 0);
        now.settings.fields().forEachRemaining(setting -> {
            String name = setting.getKey();
            requireSame(name, settings.has(name) ? settings.get(name) : defaults.get(name), setting.getValue());
        });
        requireSame(LOCAL_STEPS, localSteps(), now.localSteps());
        requireSame("updater", updater, now.updater);
    }

    private JsonNode localSteps() {
        return settings.has(LOCAL_STEPS) ? settings.get(LOCAL_STEPS) : Json.tree(0);
    }

    /**
     * Returns what is wrong with going on on this platform: that one has other bits than the one before.
     *
     * @return empty if it is the same
     */
    Optional<String> mixture(Platform here) {
        Platform before = platform();
        return here.equals(before) ? Optional.empty() : Optional.of("platform: " + here.besides(before)
                + ", but the checkpoint is of " + before.besides(here) + ", and a model of both is neither's");
    }

    /** Returns what computed the last step. */
    Platform platform() {
        return platforms.get(platforms.size() - 1);
    }

    /** Returns the same with a platform more. */
    Origin goingOnOn(Platform platform) {
        return new Origin(settings, updater, Stream.concat(platforms.stream(), Stream.of(platform)).toList());
    }

    /** Numbers that a file has gone through may be of other types. */
    private static void requireSame(String name, JsonNode then, JsonNode now) {
        if (!then.toString().equals(now.toString())) {
            throw new InvalidInputException(name + ": " + text(now) + ", but the checkpoint is of a training with "
                    + text(then) + "; go on with that, or train anew");
        }
    }

    private static String text(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
