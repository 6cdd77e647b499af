package io.github.backprop4j.cli;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.spark.Halving;
import io.github.backprop4j.spark.SearchSpace;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.function.IOFunction;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * What a sweep was asked for, as {@code sweep.json} keeps it.
 *
 * @param settings that all trainings share, by their names, as far as they were given
 * @param preset that was asked for; null if none was
 * @param vary texts of a {@link SearchSpace}
 * @param random settings to draw; null for the whole grid
 * @param searchSeed decides which are drawn
 * @param halving the factor of {@link Halving}
 */
record SweepPlan(ObjectNode settings, Preset preset, List<String> vary, Integer random, long searchSeed, int halving) {

    private static final String FILE = "sweep.json";
    private static final int MAX_BYTES = 1 << 20;
    private static final String VALIDATION = "validation";

    /** @throws InvalidInputException if a setting is given and varied */
    SweepPlan {
        for (String name : SearchSpace.parse(vary).names()) {
            if (settings.has(name)) {
                throw new InvalidInputException("--vary: " + name + ", but --" + name + " " + settings.get(name).asText()
                        + " is given, too; leave one of them out");
            }
        }
    }

    /** Returns the settings that are tried, by their names, in the order of their numbers. */
    List<Map<String, String>> found() {
        SearchSpace space = SearchSpace.parse(vary);
        return random == null ? space.grid() : space.random(random, searchSeed);
    }

    List<String> names() {
        return SearchSpace.parse(vary).names();
    }

    Halving rungs() {
        return new Halving(halving);
    }

    /**
     * Returns the options of {@code train} for the same settings, each with a space before it.
     *
     * @param varied one of {@link #found}
     */
    String arguments(Map<String, String> varied) {
        StringBuilder text = new StringBuilder(preset == null ? "" : " --preset " + preset);
        options(varied).fields().forEachRemaining(option -> {
            String value = option.getValue().asText();
            if (!value.equals("false")) {
                text.append(" --").append(option.getKey()).append(value.equals("true") ? "" : " " + new ShellWord(value));
            }
        });
        return text.toString();
    }

    /** Returns the settings that all trainings share with those that are varied. */
    private ObjectNode options(Map<String, String> varied) {
        ObjectNode options = settings.deepCopy();
        varied.forEach(options::put);
        if (!options.has(VALIDATION)) {
            options.put(VALIDATION, TrainingSettings.builder().build().validation());
        }
        return options;
    }

    /**
     * Completes settings as {@code train} would.
     *
     * @param varied one of {@link #found}
     * @param place from where data come
     * @param open reads data
     * @throws InvalidInputException if they do not go together, or set no images apart
     */
    GivenSettings.Complete complete(Map<String, String> varied, Place place, IOFunction<TrainingSettings, Dataset> open)
            throws IOException {
        ObjectNode options = options(varied);
        if (varied.containsKey("data")) {
            options.put("data", place.readable(varied.get("data")));
        }
        GivenSettings.Complete complete = new GivenSettings(options, Optional.ofNullable(preset)).complete(open);
        if (complete.settings().validation() == 0) {
            throw new InvalidInputException(VALIDATION + ": 0, but a sweep chooses by the accuracy on images that are set"
                    + " apart; give a share above 0");
        }
        return complete;
    }

    void write(Path directory) throws IOException {
        AtomicFile.write(directory.resolve(FILE), out -> out.write(Json.pretty(Json.tree(this))));
    }

    /** @throws InvalidFileException if there is no sweep in the directory */
    static SweepPlan read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        try {
            return Json.value(FILE, Json.read(file, MAX_BYTES), SweepPlan.class);
        } catch (NoSuchFileException e) {
            throw new InvalidFileException(directory, "holds no " + FILE + ", so there is no sweep to go on with", e);
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, "is no plan of a sweep: " + e.getMessage(), e);
        }
    }
}
