package io.github.backprop4j.cli;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.ConvolutionEngine;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Schedule;
import io.github.backprop4j.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nd4j.shade.jackson.databind.JsonNode;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options that are {@link TrainingSettings}, by their names there; the defaults are theirs, too. */
final class TrainingOptions {

    private static final String LAYERS = "--layers";

    @Option(names = "--data", paramLabel = "NAME|DIR", completionCandidates = DataForms.class,
            description = "${COMPLETION-CANDIDATES}. shapes are drawn and need no file; data fetch gets the other names.")
    private String data;

    @Option(names = LAYERS, paramLabel = "TEXT", completionCandidates = LayerUsages.class,
            description = "Layers separated by commas: ${COMPLETION-CANDIDATES}. dropconnect belongs to the layer behind it;"
                    + " the output layer is added if it is left out.")
    private String layers;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private int epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images to a step.")
    private int batchSize;

    @Option(names = "--optimizer", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}.")
    private Optimizer optimizer;

    @Option(names = "--learning-rate", paramLabel = "RATE",
            description = "The highest of the schedule. Default: one that suits the optimizer.")
    private Double learningRate;

    @Option(names = "--schedule", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}.")
    private Schedule schedule;

    @Option(names = "--l2", paramLabel = "PENALTY", description = "L2 penalty of the weights.")
    private double l2;

    @Option(names = "--clip-norm", paramLabel = "NORM",
            description = "Largest norm of a step's gradient, larger ones are scaled down; 0: never.")
    private double clipNorm;

    @Option(names = "--augment", paramLabel = "flip,shift",
            description = "Flip half of the training images, shift them by up to 2 pixels; none: neither.")
    private String augment;

    @Option(names = "--validation", paramLabel = "FRACTION",
            description = "Share of the training images that is set apart, to choose the best epoch by.")
    private double validation;

    @Option(names = "--patience", paramLabel = "N",
            description = "Stop after N epochs without a lower validation loss; 0: never.")
    private int patience;

    @Option(names = "--engine", paramLabel = "NAME",
            description = "What computes convolutions, ${COMPLETION-CANDIDATES}; onednn needs a build by mvn -Ponednn.")
    private ConvolutionEngine engine;

    @Option(names = "--seed", paramLabel = "S", description = "Decides all that is random.")
    private long seed;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training images only.")
    private Integer limit;

    @Option(names = "--checkpoint-every", paramLabel = "STEPS",
            description = "Save all that --resume needs after so many steps, and after each epoch.")
    private int checkpointEvery;

    @Option(names = "--from", paramLabel = "MODEL.npz",
            description = "Go on from a trained network, with its layers; for other classes it gets a new output layer.")
    private String from;

    @Option(names = "--freeze", paramLabel = "N",
            description = "Leave the first N layers of --from as they are, counted as --layers has them.")
    private int freeze;

    /** What {@code --data} takes: names, and what a directory holds. */
    static final class DataForms extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        DataForms() {
            super(Datasets.names());
            add("or a directory with " + Datasets.expected());
        }
    }

    /** What the layers' texts look like. */
    static final class LayerUsages extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        LayerUsages() {
            super(LayerRegistry.types().stream().map(LayerType::usage).toList());
        }
    }

    /** Defaults as {@link TrainingSettings} has them, of what does not depend on another option. */
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

    /** Returns the settings that the options make. */
    TrainingSettings settings(CommandSpec command) {
        boolean layersGiven = command.commandLine().getParseResult().hasMatchedOption(LAYERS);
        return TrainingSettings.builder().data(data).layers(from == null || layersGiven ? layers : null).epochs(epochs)
                .batchSize(batchSize).optimizer(optimizer).learningRate(learningRate).schedule(schedule).l2(l2)
                .clipNorm(clipNorm).augment(Augmentation.parse(augment)).validation(validation).patience(patience).engine(engine).seed(seed)
                .limit(limit).checkpointEvery(checkpointEvery).from(from).freeze(freeze).build();
    }

    /**
     * Checks options that were given to go on with a training.
     *
     * @param saved what the training was begun with
     * @throws InvalidInputException if one says otherwise
     */
    void requireSame(TrainingSettings saved, Path directory, CommandSpec command) {
        List<OptionSpec> given = command.commandLine().getParseResult().matchedOptions();
        JsonNode then = saved.toJson();
        if (given.stream().noneMatch(option -> then.has(name(option)))) {
            return;
        }
        JsonNode now = settings(command).toJson();
        for (OptionSpec option : given) {
            String name = name(option);
            if (then.has(name) && !then.get(name).equals(now.get(name))) {
                throw new InvalidInputException(option.longestName() + ": " + option.getValue() + ", but " + directory
                        + " was begun " + (then.get(name).isNull() ? "without" : "with " + then.get(name).asText())
                        + "; leave it out");
            }
        }
    }

    private static String name(OptionSpec option) {
        return option.longestName().substring("--".length());
    }
}
