package io.github.backprop4j.cli;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.report.LearningRateCsv;
import io.github.backprop4j.report.LearningRatePlot;
import io.github.backprop4j.training.ExponentialRise;
import io.github.backprop4j.training.LearningRateCurve;
import io.github.backprop4j.training.LearningRateFinder;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds the learning rate to train with: {@link LearningRateFinder} with the options of {@code train}. */
@Command(
        name = "lr-find",
        description = {"Finds the learning rate for a training with these options: trains for some steps with a rate that"
                + " grows from far too small to far too large, and plots the loss over it.",
                "--epochs, --learning-rate, --schedule, --patience, --checkpoint-every, --lookahead, --freeze-after and"
                + " --views have no part in that and are refused.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        defaultValueProvider = TrainingOptions.Defaults.class)
final class LrFindCommand implements Callable<Integer> {

    /** Options of a training that a trial of learning rates has no use for. */
    private static final List<String> REFUSED =
            List.of("--epochs", "--learning-rate", "--schedule", "--patience", "--checkpoint-every", "--lookahead",
                    "--freeze-after", "--views");

    /** Options that train does not have, or has for itself. */
    private static final Set<String> OWN = Set.of("--steps", "--lowest", "--highest", "--output", "--json");

    private static final String PICTURE = "lr-find.png";
    private static final String CSV = "lr-find.csv";

    private static final double NEAR_THE_END = 0.9;

    /** The exit code if there is no learning rate to tell. */
    private static final int NOT_FOUND = 1;

    private final Console console;

    @Mixin
    private final TrainingOptions options = new TrainingOptions();

    @Option(names = "--steps", paramLabel = "N",
            description = "The most steps; it ends sooner when the loss explodes. More than an epoch has go on into the"
                    + " next.")
    private int steps = ExponentialRise.around(Optimizer.ADAM).steps();

    @Option(names = "--lowest", paramLabel = "RATE",
            description = "Learning rate of the first step. Default: a thousandth of what train takes for the optimizer.")
    private Double lowest;

    @Option(names = "--highest", paramLabel = "RATE",
            description = "Learning rate of the last step. Default: a thousand times what train takes for the optimizer.")
    private Double highest;

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Option(names = "--output", paramLabel = "DIR",
            description = "Directory for " + PICTURE + " and " + CSV + ", which are not there yet. Default:"
                    + " runs/lr-find-DATE-TIME.")
    private Path output;

    @Option(names = "--json",
            description = "The last line is JSON: learningRate, null if no rate lowers the loss, steps, how many were done,"
                    + " picture and csv, the files.",
            showDefaultValue = Visibility.NEVER)
    private boolean json;

    @Spec
    private CommandSpec command;

    LrFindCommand(Console console) {
        this.console = console;
    }

    /** Returns the command with the options that it refuses left out of its help. */
    static CommandLine commandLine(Console console) {
        CommandLine command = new CommandLine(new LrFindCommand(console));
        CommandSpec spec = command.getCommandSpec();
        for (String name : REFUSED) {
            OptionSpec option = spec.findOption(name);
            spec.remove(option).addOption(OptionSpec.builder(option).hidden(true).build());
        }
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionGroups());
        return command;
    }

    @Override
    public Integer call() throws IOException {
        requireNoneRefused();
        threads.tellIfFewer(console);
        Path directory = output == null ? TrainCommand.dated("lr-find-") : output;
        requireNothingThere(directory);
        ExponentialRise rates;
        Training training;
        try {
            training = options.training(command, Place.HERE);
            rates = rates(training.settings().optimizer());
        } catch (InvalidInputException e) {
            throw TrainCommand.namingTheOption(e, command);
        }
        make(directory);
        LearningRateCurve curve = find(training, rates);
        if (curve.points().size() < 2) {
            throw new InvalidInputException("--lowest: with a rate of " + rates.lowest() + " the training diverged at once;"
                    + " give a lower one");
        }
        LearningRateCsv.write(directory.resolve(CSV), curve);
        int exitCode = plot(curve, directory.resolve(PICTURE));
        tell(curve, rates, directory);
        return curve.suggestion().isPresent() ? exitCode : NOT_FOUND;
    }

    private void requireNoneRefused() {
        for (String name : REFUSED) {
            if (command.commandLine().getParseResult().hasMatchedOption(name)) {
                throw new InvalidInputException(name + ": found, but has no part in a trial of learning rates, which has"
                        + " --steps, --lowest and --highest; leave it out");
            }
        }
    }

    private static void requireNothingThere(Path directory) throws InvalidFileException {
        for (String name : List.of(PICTURE, CSV)) {
            Path file = directory.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidFileException(file, "is there already; name another --output");
            }
        }
    }

    /** Makes the directory for the results and sees that they can be written, before the work. */
    private static void make(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new InvalidFileException(directory, "cannot be made a directory; name another --output", e);
        }
        AtomicFile.requireWritable(directory.resolve(PICTURE));
    }

    private ExponentialRise rates(Optimizer optimizer) {
        ExponentialRise usual = ExponentialRise.around(optimizer);
        return new ExponentialRise(
                lowest == null ? usual.lowest() : lowest, highest == null ? usual.highest() : highest, steps);
    }

    private LearningRateCurve find(Training training, ExponentialRise rates) {
        try (Progress progress = new Progress(console, "Trying", "steps", steps)) {
            TrainingListener shown = new TrainingListener() {
                @Override
                public void trainingBegun(int threads, Network network) {
                    TrainingProgress.logBegun(threads, network);
                }

                @Override
                public void stepDone(long step, int examples, double loss) {
                    progress.advance(1);
                    progress.tell("loss " + TrainingProgress.rounded(loss));
                }
            };
            return LearningRateFinder.builder(training).rates(rates).threads(threads.count()).listener(shown).build().find();
        }
    }

    /** Without fonts there is no picture, which is no reason to withhold the result. */
    private int plot(LearningRateCurve curve, Path picture) {
        try {
            LearningRatePlot.write(picture, curve);
            return 0;
        } catch (IOException e) {
            return Main.report(e, console);
        }
    }

    private void tell(LearningRateCurve curve, ExponentialRise rates, Path directory) throws IOException {
        Optional<String> rate = curve.suggestion().isPresent()
                ? Optional.of(LearningRateCurve.rounded(curve.suggestion().getAsDouble())) : Optional.empty();
        Path picture = directory.resolve(PICTURE);
        if (rate.isPresent() && !curve.diverged() && curve.least().orElseThrow().step() > NEAR_THE_END * rates.steps()) {
            console.tell("The loss was least near the highest rate; a higher --highest may find a higher one.");
        }
        console.tell("The loss over the learning rate is " + picture + ", its numbers are " + directory.resolve(CSV)
                + (rate.isPresent() ? "; train with that rate:" : ""));
        if (rate.isPresent()) {
            console.tell("  scripts/backprop4j train " + given() + "--learning-rate " + rate.get());
        } else {
            console.tell("backprop4j: no learning rate from " + rates.lowest() + " to " + rates.highest()
                    + " clearly lowers the loss; try others (--lowest, --highest), more --steps or another network");
        }
        ObjectNode line = Json.object();
        rate.ifPresentOrElse(found -> line.put("learningRate", Double.parseDouble(found)),
                () -> line.putNull("learningRate"));
        console.print(json ? line.put("steps", curve.points().size()).put("picture", picture.toString())
                .put("csv", directory.resolve(CSV).toString()).toString() : "learning rate " + rate.orElse("none"));
    }

    /** Returns the options that were given and are train's, too, each with a space behind it. */
    private String given() {
        return command.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> !OWN.contains(option.longestName())).map(LrFindCommand::text)
                .collect(Collectors.joining());
    }

    private static String text(OptionSpec option) {
        if (option.arity().max() == 0) {
            return option.getValue().equals(true) ? option.longestName() + " " : "";
        }
        return option.longestName() + " " + new ShellWord(option.originalStringValues().get(0)) + " ";
    }
}
