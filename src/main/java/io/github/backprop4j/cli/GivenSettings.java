package io.github.backprop4j.cli;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.function.IOFunction;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that somebody has given, of which a whole training is made with the defaults of {@link TrainingSettings}
 * or of a {@link Preset}.
 *
 * @param given by the names of the settings
 * @param preset that was asked for
 */
record GivenSettings(ObjectNode given, Optional<Preset> preset) {

    /** The settings that decide which images there are. */
    private static final List<String> OF_DATA =
            List.of("data", "size", "gray", "fit", "strict", "limit", "validation", "split", "seed");

    private static final Logger LOG = LoggerFactory.getLogger(GivenSettings.class);

    /**
     * Settings with nothing left to choose.
     *
     * @param dataset that they name
     * @param remark on what was chosen
     */
    record Complete(TrainingSettings settings, Dataset dataset, Optional<String> remark) {}

    /**
     * Makes ready the training: with layers or a model to go on from, of the settings' own defaults, and otherwise of a
     * preset's, which are those for the images of the data. What was given takes their place.
     *
     * @throws InvalidInputException if a setting is out of range, or two do not go together
     */
    Training training() throws IOException {
        Complete complete = complete(Training::open);
        complete.remark.ifPresent(LOG::info);
        return Training.of(complete.settings, complete.dataset);
    }

    /**
     * Completes the settings for the data that they name; see {@link #training}.
     *
     * @param open reads those data
     * @throws InvalidInputException if a setting is out of range, or two do not go together
     */
    Complete complete(IOFunction<TrainingSettings, Dataset> open) throws IOException {
        if (preset.isEmpty() && (given.has("layers") || given.has("from"))) {
            TrainingSettings plain = settings(given);
            return new Complete(plain, open.apply(plain), Optional.empty());
        }
        if (given.has("from")) {
            throw new InvalidInputException("--preset: " + preset.get() + " has layers of its own, but --from goes on with"
                    + " those of its model; leave one of them out");
        }
        ObjectNode wanted = withValidation();
        TrainingSettings ofData = settings(wanted.deepCopy().retain(OF_DATA));
        Dataset dataset = open.apply(ofData);
        if (!given.has("layers") && !Preset.fits(dataset.training())) {
            requireNoPreset(dataset.training());
            return new Complete(settings(given), dataset, Optional.of("images of less than 9x9 pixels are too small for a"
                    + " preset; taking a small network with dense layers"));
        }
        TrainingSettings.Builder usual = usual(
                Training.imagesPerEpoch(ofData, dataset.training()),
                new ImageSize(dataset.training().height(), dataset.training().width()));
        TrainingSettings settings = settings(changed(usual.build().toJson(), wanted));
        return new Complete(settings, dataset, Optional.of("preset " + chosen() + ": " + settings.epochs()
                + " epochs in mini-batches of " + settings.batchSize()));
    }

    /** Presets set no images apart, but for those who ask for something that needs them. */
    private ObjectNode withValidation() {
        ObjectNode with = given.deepCopy();
        if (!given.has("validation")) {
            with.put("validation", given.has("patience") || given.has("split")
                    ? TrainingSettings.builder().build().validation() : 0);
        }
        return with;
    }

    private void requireNoPreset(Images images) {
        if (preset.isPresent()) {
            throw new InvalidInputException("--preset: " + preset.get() + " is for images of at least 9x9 pixels, but those"
                    + " of the data are " + images.height() + "x" + images.width() + "; give --layers instead, or folders of"
                    + " images a --size");
        }
    }

    private TrainingSettings.Builder usual(int images, ImageSize size) {
        return given.has("batch-size")
                ? chosen().settings(images, size, given.get("batch-size").asInt()) : chosen().settings(images, size);
    }

    private Preset chosen() {
        return preset.orElse(Preset.QUICK);
    }

    /** Returns a preset's settings with others in their place; what goes with those, and is not given, is changed, too. */
    private static JsonNode changed(JsonNode preset, ObjectNode wanted) {
        ObjectNode changed = preset.deepCopy();
        if (isAnother("optimizer", preset, wanted)) {
            changed.remove(List.of("learning-rate", "momentum"));
        }
        if (isAnother("engine", preset, wanted)) {
            changed.remove("precision");
        }
        if (wanted.has("epochs")) {
            changed.put("freeze-after", Preset.freezeAfter(wanted.get("epochs").asInt()));
        }
        if (wanted.has("augment") && !wanted.get("augment").asText().contains("flip")) {
            // whose mirror images are something else, which more views would ask about
            changed.put("views", 1);
        }
        boolean freezesNothing = wanted.path("freeze").asInt(1) == 0 || wanted.path("freeze-after").asInt(1) == 0;
        if (wanted.has("layers") || freezesNothing) {
            changed.remove(List.of("freeze", "freeze-after"));
        }
        return changed.setAll(wanted);
    }

    private static boolean isAnother(String name, JsonNode preset, ObjectNode wanted) {
        return wanted.has(name) && !wanted.get(name).equals(preset.get(name));
    }

    /** Returns settings; an error names them as they do themselves, and not as those of a file. */
    private static TrainingSettings settings(JsonNode json) {
        try {
            return TrainingSettings.fromJson(json);
        } catch (IllegalArgumentException e) {
            throw e.getCause().getCause() instanceof InvalidInputException cause ? cause : e;
        }
    }
}
