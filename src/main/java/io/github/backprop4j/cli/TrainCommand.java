package io.github.backprop4j.cli;

import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.StopSignal;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.report.ConfusionMatrixPlot;
import io.github.backprop4j.report.FilterPlot;
import io.github.backprop4j.report.MetricsCsv;
import io.github.backprop4j.report.Outcomes;
import io.github.backprop4j.report.TensorBoardEvents;
import io.github.backprop4j.report.TrainingCurves;
import io.github.backprop4j.report.TrainingReport;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network, tests it, and saves it in a directory with the history of its training. */
@Command(
        name = "train",
        description = {"Trains a convolutional network, tests it, and writes it to a directory with plots of its"
                + " training. Without options: on drawn shapes, within a minute.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        defaultValueProvider = TrainingOptions.Defaults.class)
final class TrainCommand implements Callable<Integer> {

    private static final String FILTERS = "conv1.weights";

    /** The exit code of a process that Ctrl-C has stopped; one that SIGTERM has stopped gets its own from Java. */
    private static final int STOPPED = 130;

    private final Console console;
    private final Place place;

    @Mixin
    private final TrainingOptions options = new TrainingOptions();

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Option(names = "--output", paramLabel = "DIR",
            description = "Directory to write, with no other training in it. Default: runs/DATE-TIME.")
    private Path output;

    @Option(names = "--resume", paramLabel = "DIR",
            description = "Go on with the training in DIR, with its settings; only --threads may differ, and libraries"
                    + " and processor must be of the same kind.")
    private Path resume;

    @Option(names = "--tensorboard",
            description = "Write events for TensorBoard into the folder tensorboard of the directory, as the training goes"
                    + " on: losses, accuracies, learning rate, images per second, some training images and the first"
                    + " filters. To look at them: tensorboard --logdir DIR.",
            showDefaultValue = Visibility.NEVER)
    private boolean tensorboard;

    @Option(names = "--json",
            description = "The last line is JSON: testAccuracy, testLoss, model, bestEpoch, epochs and imagesPerSecond, the"
                    + " median of the epochs.",
            showDefaultValue = Visibility.NEVER)
    private boolean json;

    @Option(names = "--resume-anyway",
            description = "Let --resume go on though libraries or their kernels are others than before; the model"
                    + " is then one that neither gives alone.")
    private boolean resumeAnyway;

    @Spec
    private CommandSpec command;

    TrainCommand(Console console, Place place) {
        this.console = console;
        this.place = place;
    }

    @Override
    public Integer call() throws IOException {
        int count = threads.count();
        if (resumeAnyway && resume == null) {
            throw new InvalidInputException(
                    "--resume-anyway: found without --resume DIR, which names the training to go on with");
        }
        threads.tellIfFewer(console);
        Training training;
        try {
            training = resume == null ? options.training(command, place) : Training.of(saved());
        } catch (InvalidInputException e) {
            throw namingTheOption(e, command);
        }
        try (StopSignal stop = new StopSignal()) {
            try {
                return place.train(training, training.trainer().threads(count).resumeAnyway(resumeAnyway)
                        .stopWhen(stop::isGiven), stop::isGiven, trainer -> run(training, trainer));
            } catch (IOException | RuntimeException e) {
                if (stop.isGiven()) {
                    // told here: once the signal is closed the process ends
                    return Main.report(e, console);
                }
                throw e;
            }
        }
    }

    /** Returns the error with the option where it names the setting: "batch size" is {@code --batch-size} here. */
    static InvalidInputException namingTheOption(InvalidInputException e, CommandSpec command) {
        String[] nameAndProblem = e.getMessage().split(":", 2);
        String option = "--" + nameAndProblem[0].replace(' ', '-');
        return command.findOption(option) == null ? e : new InvalidInputException(option + ":" + nameAndProblem[1], e);
    }

    /** Returns the settings of the training to go on with. */
    private TrainingSettings saved() throws IOException {
        if (output != null) {
            throw new InvalidInputException("--output: " + output + ", but --resume goes on in its own directory");
        }
        TrainingSettings saved = RunDirectory.settings(resume);
        TrainingOptions.requireSame(saved, resume, command, place);
        return saved;
    }

    private int run(Training training, Trainer.Builder trainer) throws IOException {
        try (RunDirectory directory = resume == null
                ? RunDirectory.create(output == null ? dated("") : output) : RunDirectory.resume(resume)) {
            if (resume == null) {
                directory.save(training.settings());
            }
            return run(training, trainer, directory);
        }
    }

    private int run(Training training, Trainer.Builder trainer, RunDirectory directory) throws IOException {
        Optional<TrainingState> from = resume == null ? Optional.empty() : directory.latestCheckpoint();
        Optional<TensorBoardEvents> events = tensorboard ? Optional.of(events(training, directory, from))
                : Optional.empty();
        events.ifPresent(trainer::listener);
        try (TrainingReport report = new TrainingReport(
                directory.report(), training, from, problem -> Main.report(problem, console))) {
            Trainer.Result result = train(training, trainer.listener(report), directory, from);
            if (result.stopped()) {
                console.tell("backprop4j: training stopped after step " + result.steps() + "; go on with: scripts/backprop4j "
                        + command.name() + " --resume " + new ShellWord(directory.path().toString()));
                return STOPPED;
            }
            result.network().save(directory.model());
            // in float32, as evaluate and predict will ask it
            Network trained = result.network().using(result.network().engine());
            Outcomes outcomes = new Outcomes(trained.architecture().classNames().size());
            Evaluator.Result test = test(trained, training.dataset().test(), training.settings().views(), outcomes);
            events.ifPresent(each -> each.tested(test, result.steps()));
            int reported = finish(report, result, test, outcomes);
            int exitCode = Math.max(plot(result, test, directory), reported);
            exitCode = Math.max(exitCode, events.flatMap(TensorBoardEvents::problem)
                    .map(problem -> Main.report(problem, console)).orElse(0));
            console.tell("The network is " + directory.model() + "; try it on an image of yours:");
            console.tell("  scripts/backprop4j predict " + new ShellWord(directory.model().toString()) + " IMAGE.png");
            if (reported == 0) {
                console.tell("What it has learned is in " + directory.report() + ", a page for your browser.");
            }
            console.print(json ? json(result, test, directory).toString()
                    : "test accuracy " + TrainingProgress.rounded(test.accuracy()));
            return exitCode;
        }
    }

    private static ObjectNode json(Trainer.Result result, Evaluator.Result test, RunDirectory directory) {
        double[] speeds = result.history().stream().mapToDouble(EpochMetrics::imagesPerSecond).sorted().toArray();
        return Json.object().put("testAccuracy", test.accuracy()).put("testLoss", test.loss())
                .put("model", directory.model().toString()).put("bestEpoch", result.bestEpoch())
                .put("epochs", result.history().size()).put("imagesPerSecond", speeds[speeds.length / 2]);
    }

    private static TensorBoardEvents events(Training training, RunDirectory directory, Optional<TrainingState> from)
            throws IOException {
        TensorBoardEvents events = TensorBoardEvents.create(directory.path().resolve("tensorboard"), from);
        events.images(training.batches().epoch(1).next());
        return events;
    }

    private Trainer.Result train(Training training, Trainer.Builder trainer, RunDirectory directory,
            Optional<TrainingState> from) throws IOException {
        if (resume != null) {
            console.tell("resumed at step " + from.map(TrainingState::steps).orElse(0L));
            MetricsCsv.write(directory.metrics(), from.map(TrainingState::history).orElse(List.of()));
        }
        try (TrainingProgress progress = new TrainingProgress(
                console, directory.metrics(), training.settings().epochs(), training.imagesPerEpoch(), from)) {
            Trainer built = trainer.checkpoints(directory).listener(progress).build();
            return from.isPresent() ? training.resume(built, from.get()) : training.run(built);
        }
    }

    private Evaluator.Result test(Network network, Images images, Views views, Outcomes outcomes) {
        try (Workers workers = threads.workers();
                Progress progress = new Progress(console, "Testing", "images", images.count())) {
            return Evaluator.evaluate(
                    network, Evaluator.batches(images), views, workers, progress::advance, outcomes);
        }
    }

    /** Without fonts there are no plots, which is no reason to withhold the result. */
    private int plot(Trainer.Result result, Evaluator.Result test, RunDirectory directory) {
        try {
            TrainingCurves.write(directory.plot("training"), result.history());
            ConfusionMatrixPlot.write(directory.plot("confusion"), test.evaluation().getConfusionMatrix(),
                    result.network().architecture().classNames());
            if (result.network().parameters().names().contains(FILTERS)) {
                FilterPlot.write(directory.plot("filters"), result.network().parameters().get(FILTERS));
            }
            return 0;
        } catch (IOException e) {
            return Main.report(e, console);
        }
    }

    /** A report that cannot be written is no reason to withhold the result, either. */
    private int finish(TrainingReport report, Trainer.Result result, Evaluator.Result test, Outcomes outcomes) {
        try {
            report.finish(result, test, outcomes);
            return 0;
        } catch (IOException e) {
            return Main.report(e, console);
        }
    }

    /** Returns a directory for results under {@code runs}, by a name that ends with the time. */
    static Path dated(String name) {
        DateTimeFormatter time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
        return Path.of("runs", name + time.format(LocalDateTime.now()));
    }
}
