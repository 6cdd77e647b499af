package io.github.backprop4j.cli;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.Fit;
import io.github.backprop4j.data.Splitting;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.RateFactors;
import io.github.backprop4j.training.Schedule;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options that are {@link TrainingSettings}, by their names there; the defaults are theirs, too. */
final class TrainingOptions {

    private static final String PRESET = "--preset";
    private static final String DATA = "data";

    @Option(names = "--data", paramLabel = "NAME|DIR", converter = PathArgument.Text.class,
            completionCandidates = DataForms.class,
            description = "${COMPLETION-CANDIDATES}. shapes are drawn and need no file; data fetch gets the other names.")
    private String data;

    @Option(names = PRESET, paramLabel = "NAME",
            description = "All settings at once, for images from 9 pixels on: ${COMPLETION-CANDIDATES}, by how long one may"
                    + " wait; other options change just theirs. Default: quick, but none with --layers or --from: the"
                    + " defaults that this help tells are for those. Presets set no images apart.")
    private Preset preset;

    @Option(names = "--layers", paramLabel = "TEXT", completionCandidates = LayerUsages.class,
            description = "Layers separated by commas: ${COMPLETION-CANDIDATES}. dropconnect belongs to the layer behind"
                    + " it; the output layer is added if it is left out. Not together with --from.")
    private String layers;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private int epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images in a step.")
    private int batchSize;

    @Option(names = "--optimizer", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}.")
    private Optimizer optimizer;

    @Option(names = "--momentum", paramLabel = "SHARE", description = "Momentum of nesterovs. Default: 0.9.")
    private Double momentum;

    @Option(names = "--learning-rate", paramLabel = "RATE", completionCandidates = LearningRates.class,
            description = "The highest learning rate of the schedule. Default: ${COMPLETION-CANDIDATES}.")
    private Double learningRate;

    @Option(names = "--schedule", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}.")
    private Schedule schedule;

    @Option(names = "--l2", paramLabel = "PENALTY", description = "L2 penalty of the weights.")
    private double l2;

    @Option(names = "--weight-decay", paramLabel = "DECAY",
            description = "Each weight also shrinks by the learning rate times this share of itself, beside the optimizer's"
                    + " step.")
    private double weightDecay;

    @Option(names = "--rate-factors", paramLabel = "WORDS", completionCandidates = RateFactorWords.class,
            description = "By what the learning rate is multiplied, kind by kind of parameters, separated by commas:"
                    + " ${COMPLETION-CANDIDATES}. shift and scale are batchnorm's.")
    private String rateFactors;

    @Option(names = "--lookahead", paramLabel = "STEPS",
            description = "Average the weights with a slow copy after so many steps, and end with the slow copy. 0: never.")
    private int lookahead;

    @Option(names = "--label-smoothing", paramLabel = "SHARE",
            description = "This share of each label is shared out among all classes in the loss of training.")
    private double labelSmoothing;

    @Option(names = "--ghost-batch", paramLabel = "N",
            description = "Images of a mini-batch that pass through the network together, at most, and over which batchnorm"
                    + " takes its statistics. Each is one thread's work.")
    private int ghostBatch;

    @Option(names = "--batchnorm-momentum", paramLabel = "SHARE",
            description = "Share of the old that batchnorm's running statistics keep at each ghost batch.")
    private double batchnormMomentum;

    @Option(names = "--clip-norm", paramLabel = "NORM",
            description = "Largest norm of a step's gradient; a larger one is scaled down to it. 0: never.")
    private double clipNorm;

    @Option(names = "--augment", paramLabel = "WORDS",
            completionCandidates = AugmentationWords.class,
            description = "Random changes of training images, separated by commas, each with an amount if need be:"
                    + " ${COMPLETION-CANDIDATES}. shift repeats the border, crop has a black one; README.md has more.")
    private String augment;

    @Option(names = "--validation", paramLabel = "FRACTION",
            description = "Share of the training images that is set apart to choose the best epoch by; 0: none, and the"
                    + " last epoch is taken.")
    private double validation;

    @Option(names = "--patience", paramLabel = "N",
            description = "Stop after N epochs without a lower validation loss; with schedule one-cycle they count once its rate"
                    + " has risen, after nine of twenty epochs, with triangular after 23 of 100. 0: never.")
    private int patience;

    @Option(names = "--views", paramLabel = "N",
            description = "Views of each image to take the mean answer of, in the test and later by evaluate and predict: 1"
                    + " is the image; 2 its mirror image, too; 6 both moved by a pixel, too.")
    private int views;

    @Option(names = "--engine", paramLabel = "NAME",
            description = "What computes the layers: ${COMPLETION-CANDIDATES}; im2col is the plain mathematics. Default: the"
                    + " faster one, onednn, where it is there.")
    private Engine engine;

    @Option(names = "--precision", paramLabel = "NAME",
            description = "What convolutions multiply: ${COMPLETION-CANDIDATES}. bf16 takes half the time in wide networks"
                    + " on processors that have it.")
    private Precision precision;

    @Option(names = "--seed", paramLabel = "S", description = "Decides all that is random; equal seeds give equal models.")
    private long seed;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training images only. Default: all.")
    private Integer limit;

    @Option(names = "--checkpoint-every", paramLabel = "STEPS",
            description = "Save all that --resume needs after so many steps, and after each epoch.")
    private int checkpointEvery;

    @Option(names = "--from", paramLabel = "MODEL.npz",
            converter = PathArgument.Text.class,
            description = "Start from this trained model instead of random weights, with its layers; for other classes"
                    + " than its own it gets a new output layer. Default: none.")
    private String from;

    @Option(names = "--freeze", paramLabel = "N",
            description = "Leave the first N layers of the --from model as they are, or with --freeze-after those of any,"
                    + " counted as --layers lists them.")
    private int freeze;

    @Option(names = "--freeze-after", paramLabel = "EPOCHS",
            description = "Train the layers of --freeze in the first so many epochs, and leave them as they are behind"
                    + " those, which is faster. 0: frozen from the beginning.")
    private int freezeAfter;

    @Option(names = "--size", paramLabel = "H[xW]",
            description = "Size of the images that are read from folders, in pixels. Default: their own if all have the"
                    + " same and no side is above 128, or else 32x32; that of the --from model.")
    private String size;

    @Option(names = "--gray", description = "Make grey images of those in folders.")
    private boolean gray;

    @Option(names = "--fit", paramLabel = "NAME",
            description = "What is done with images in folders that have other proportions: ${COMPLETION-CANDIDATES}. crop"
                    + " takes the middle, stretch all of it.")
    private Fit fit;

    @Option(names = "--balance",
            description = "Weigh the images of rare classes more, so that each class weighs the same in the loss of"
                    + " training.")
    private boolean balance;

    @Option(names = "--strict", description = "Refuse folders with files that cannot be read as images. Otherwise such"
            + " files are counted and left out.")
    private boolean strict;

    @Option(names = "--split", paramLabel = "NAME",
            description = "Which images --validation sets apart: ${COMPLETION-CANDIDATES}. stratified takes its share of"
                    + " each class.")
    private Splitting split;

    /** What {@code --data} takes: names, and what a directory holds. */
    static final class DataForms extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        DataForms() {
            super(Datasets.names());
            add("or a directory with " + Datasets.expected());
        }
    }

    /** The words that {@code --augment} takes. */
    static final class AugmentationWords extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        AugmentationWords() {
            super(List.of(Augmentation.usage()));
        }
    }

    /** The words that {@code --rate-factors} takes. */
    static final class RateFactorWords extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        RateFactorWords() {
            super(List.of(RateFactors.usage()));
        }
    }

    /** The learning rate that each optimizer has unless another is given. */
    static final class LearningRates extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        LearningRates() {
            super(Arrays.stream(Optimizer.values()).map(each -> each.learningRate() + " for " + each).toList());
        }
    }

    /** The text forms of all kinds of layers. */
    static final class LayerUsages extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        LayerUsages() {
            super(LayerRegistry.types().stream().map(LayerType::usage).toList());
        }
    }

    /** Looks defaults up in {@link TrainingSettings}, for options whose default does not depend on another option. */
    static final class Defaults implements IDefaultValueProvider {

        private static final Set<String> DEPENDING = Set.of("learning-rate");

        private final JsonNode defaults = TrainingSettings.builder().build().toJson();

        @Override
        public String defaultValue(ArgSpec argument) {
            JsonNode value = argument instanceof OptionSpec option && !DEPENDING.contains(name(option))
                    ? defaults.get(name(option)) : null;
            return value == null || value.isNull() ? null : value.asText();
        }
    }

    /**
     * Makes ready the training that the options ask for; see {@link GivenSettings#training}.
     *
     * @throws InvalidInputException if an option is out of range, or two do not go together
     */
    Training training(CommandSpec command, Place place) throws IOException {
        return given(command, place).training();
    }

    /**
     * Returns the settings that were given, with data that this process can read.
     *
     * @throws IOException if the data cannot be had
     */
    GivenSettings given(CommandSpec command, Place place) throws IOException {
        ObjectNode given = given(command);
        if (given.has("data")) {
            given.put("data", place.readable(data));
        }
        return new GivenSettings(given, Optional.ofNullable(preset));
    }

    /** Returns the options that were given, by the names of the settings. */
    private static ObjectNode given(CommandSpec command) {
        JsonNode settings = TrainingSettings.builder().build().toJson();
        ObjectNode given = Json.object();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            if (settings.has(name(option))) {
                given.set(name(option), Json.tree(option.getValue()));
            }
        }
        return given;
    }

    /**
     * Checks the options that were given beside {@code --resume}.
     *
     * @param saved settings with which the training was begun
     * @param directory of the training, for the error
     * @param place from where data come
     * @throws InvalidInputException if one says otherwise
     */
    static void requireSame(TrainingSettings saved, Path directory, CommandSpec command, Place place) {
        if (command.commandLine().getParseResult().hasMatchedOption(PRESET)) {
            throw new InvalidInputException(PRESET + ": found beside --resume, but " + directory
                    + " goes on with the settings that it was begun with; leave it out");
        }
        JsonNode then = saved.toJson();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            JsonNode begun = then.get(name(option));
            if (begun != null && !begun.equals(changed(then, option, place).get(name(option)))) {
                throw new InvalidInputException(option.longestName() + ": " + option.getValue() + ", but " + directory
                        + " was begun " + (begun.isNull() ? "without" : "with " + begun.asText()) + "; leave it out");
            }
        }
    }

    /** Returns settings with the value of an option in the form that they save it in; none if they cannot have it. */
    private static JsonNode changed(JsonNode settings, OptionSpec option, Place place) {
        ObjectNode changed = settings.deepCopy();
        changed.set(name(option),
                Json.tree(name(option).equals(DATA) ? place.located(option.getValue()) : option.getValue()));
        try {
            return TrainingSettings.fromJson(changed).toJson();
        } catch (IllegalArgumentException e) {
            return Json.object();
        }
    }

    private static String name(OptionSpec option) {
        return option.longestName().substring("--".length());
    }
}
