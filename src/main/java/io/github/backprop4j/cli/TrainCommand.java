package io.github.backprop4j.cli;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.layers.ConvolutionEngine;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.StopSignal;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.report.ConfusionMatrixPlot;
import io.github.backprop4j.report.FilterPlot;
import io.github.backprop4j.report.MetricsCsv;
import io.github.backprop4j.report.TrainingCurves;
import io.github.backprop4j.training.Batches;
import io.github.backprop4j.training.Checkpoint;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.Evaluator;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.ImageBatches;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Schedule;
import io.github.backprop4j.training.Split;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network and keeps it with the course of its training in a directory. */
@Command(
        name = "train",
        description = {"Trains a convolutional network, tests it, and writes it with images of its training to a"
                + " directory. Without options: on drawn shapes, within a minute.", ""},
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class TrainCommand implements Callable<Integer> {

    private static final int EVALUATION_BATCH = 512;
    private static final String FILTERS = "conv1.weights";

    /** What a process ends with that Ctrl-C has stopped; one that SIGTERM has gets its own from Java. */
    private static final int STOPPED = 130;

    @Option(names = "--data", paramLabel = "NAME|DIR",
            description = "shapes, which are drawn and need no file; cifar10, mnist or fashion-mnist, as data fetch"
                    + " left them; or a directory of CIFAR-10's or MNIST's files or with a folder of images for each"
                    + " class.")
    private String data = "shapes";

    @Option(names = "--layers", paramLabel = "TEXT",
            description = "conv:FILTERS:KERNEL[:STRIDE[:PADDING]], pool:SIZE[:STRIDE], avgpool:SIZE[:STRIDE],"
                    + " dense:OUTPUTS, relu, leakyrelu[:SLOPE], dropout:RATE, dropconnect:RATE, batchnorm, separated by"
                    + " commas; the output layer is added.")
    private String layers = "conv:10:5,relu,pool:2,conv:20:5,relu,pool:2,dense:100,relu,dropout:0.25";

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private int epochs = 8;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images to a step.")
    private int batchSize = 64;

    @Option(names = "--optimizer", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}.")
    private Optimizer optimizer = Optimizer.ADAM;

    @Option(names = "--learning-rate", paramLabel = "RATE",
            description = "The highest of the schedule. Default: one that suits the optimizer.")
    private Double learningRate;

    @Option(names = "--schedule", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES}.")
    private Schedule schedule = Schedule.ONE_CYCLE;

    @Option(names = "--l2", paramLabel = "PENALTY", description = "L2 penalty of the weights.")
    private double l2;

    @Option(names = "--clip-norm", paramLabel = "NORM",
            description = "Largest norm of a step's gradient, larger ones are scaled down; 0: never.")
    private double clipNorm;

    @Option(names = "--augment", paramLabel = "flip,shift",
            description = "Flip half of the training images, shift them by up to 2 pixels. Default: neither.")
    private String augment;

    @Option(names = "--validation", paramLabel = "FRACTION",
            description = "Share of the training images that is set apart, to choose the best epoch by.")
    private double validation = 0.1;

    @Option(names = "--patience", paramLabel = "N",
            description = "Stop after N epochs without a lower validation loss; 0: never.")
    private int patience;

    @Option(names = "--engine", paramLabel = "NAME",
            description = "What computes convolutions, ${COMPLETION-CANDIDATES}; onednn needs a build by mvn -Ponednn.")
    private ConvolutionEngine engine = ConvolutionEngine.IM2COL;

    @Mixin
    private ThreadsOption threads;

    @Option(names = "--seed", paramLabel = "S", description = "Decides all that is random.")
    private long seed = 1;

    @Option(names = "--limit", paramLabel = "N", description = "Use the first N training images only.")
    private Integer limit;

    @Option(names = "--checkpoint-every", paramLabel = "STEPS",
            description = "Keep all that --resume needs after so many steps, and after each epoch.")
    private int checkpointEvery = 500;

    @Option(names = "--output", paramLabel = "DIR", description = "Default: runs/DATE-TIME.")
    private Path output;

    @Option(names = "--resume", paramLabel = "DIR",
            description = "Go on with the training in DIR, with its settings; only --threads may be another.")
    private Path resume;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (resume != null) {
            if (output != null) {
                throw new IllegalArgumentException("--output: " + output + ", but --resume goes on in its own directory");
            }
            KeptSettings.take(resume.resolve("settings.json"), command);
        }
        Augmentation augmentation = augment == null ? Augmentation.NONE : Augmentation.parse(augment);
        Dataset dataset = Datasets.open(data);
        Images all = limit == null ? dataset.training() : limited(dataset.training());
        Optional<Split> split = validation == 0 ? Optional.empty() : Optional.of(Split.of(all, validation, seed));
        Images images = split.map(Split::training).orElse(all);
        ImageBatches batches = ImageBatches.shuffled(images, batchSize, augmentation, seed);
        if (batchSize == 1 && layers.contains("batchnorm")) {
            throw new IllegalArgumentException("--batch-size: 1, but batchnorm needs at least 2 images to a step");
        }
        if (checkpointEvery < 1) {
            throw new IllegalArgumentException("--checkpoint-every: " + checkpointEvery + ", expected at least 1");
        }
        if (patience > 0 && split.isEmpty()) {
            throw new IllegalArgumentException("--patience: " + patience + ", but --validation 0 leaves nothing to wait"
                    + " for");
        }
        long steps = (long) epochs * batches.perEpoch();
        if (steps > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "--epochs: " + epochs + " would be " + steps + " steps, expected at most " + Integer.MAX_VALUE);
        }
        double rate = learningRate == null ? optimizer.learningRate() : learningRate;
        Trainer.Builder trainer = Trainer.builder().epochs(epochs)
                .updater(optimizer.with(schedule.of((int) steps, rate)))
                .l2(l2).clipNorm(clipNorm).patience(patience).threads(threads.count()).seed(seed);
        Architecture architecture = Architecture.parse(
                layers, images.channels(), images.height(), images.width(), images.classNames());
        Network start = Network.initialize(architecture, batches.scaling(), seed).using(engine);

        Optional<Batches> held = split.map(divided -> ImageBatches.inOrder(divided.validation(), EVALUATION_BATCH));
        try (StopSignal stop = new StopSignal()) {
            try {
                return run(trainer.stopWhen(stop::isGiven), start, batches, held, images.count(), dataset.test(), rate);
            } catch (IOException | RuntimeException e) {
                if (stop.isGiven()) {
                    // told here: once the signal is closed the process ends
                    return Main.report(e);
                }
                throw e;
            }
        }
    }

    private int run(Trainer.Builder trainer, Network start, Batches training, Optional<Batches> held, int examples,
            Images testing, double rate) throws IOException {
        try (RunDirectory directory = resume == null
                ? RunDirectory.create(output == null ? dated() : output) : RunDirectory.resume(resume)) {
            if (resume == null) {
                KeptSettings.write(directory.settings(), command,
                        Map.of(KeptSettings.DATA, Datasets.located(data), KeptSettings.LAYERS, start.architecture().text(),
                                KeptSettings.LEARNING_RATE, rate));
            }
            Trainer.Result result;
            try {
                result = train(trainer, start, training, held, examples, directory);
            } catch (CancellationException e) {
                System.err.println("backprop4j: " + e.getMessage() + "; go on with: scripts/backprop4j train --resume "
                        + directory.path());
                return STOPPED;
            }
            result.network().save(directory.model());
            Evaluator.Result test = test(result.network(), testing);
            int exitCode = draw(result, test, directory);
            System.err.println("The network is " + directory.model() + "; try it on an image of yours:");
            System.err.println("  scripts/backprop4j predict " + directory.model() + " IMAGE.png");
            Output.print("test accuracy " + rounded(test.evaluation().accuracy()));
            return exitCode;
        }
    }

    private Images limited(Images images) {
        if (limit < 1 || limit > images.count()) {
            throw new IllegalArgumentException("--limit: " + limit + ", expected 1 to the " + images.count()
                    + " training images");
        }
        return images.range(0, limit);
    }

    private Trainer.Result train(Trainer.Builder trainer, Network start, Batches training, Optional<Batches> held,
            int examples, RunDirectory directory) throws IOException {
        Optional<Checkpoint> from = resume == null ? Optional.empty() : directory.latestCheckpoint();
        List<EpochMetrics> course = new ArrayList<>(from.map(Checkpoint::epochs).orElse(List.of()));
        if (resume != null) {
            System.err.println("resumed at step " + from.map(Checkpoint::steps).orElse(0L));
            MetricsCsv.write(directory.metrics(), course);
        }
        try (Progress progress = new Progress("Training", "images", (long) epochs * examples)) {
            progress.advance((long) course.size() * examples + from.map(each -> each.sums().examples()).orElse(0L));
            Trainer built = trainer.checkpoints(directory, checkpointEvery)
                    .listener(new TrainingListener() {
                        @Override
                        public void stepDone(long step, int count, double loss) {
                            progress.advance(count);
                            progress.tell("epoch " + (course.size() + 1) + " of " + epochs + ", loss " + rounded(loss));
                        }

                        @Override
                        public void epochDone(EpochMetrics metrics, Network network) {
                            course.add(metrics);
                            try {
                                progress.print(line(metrics));
                                MetricsCsv.write(directory.metrics(), course);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    }).build();
            return from.isPresent()
                    ? built.resume(start, from.get(), training, held) : built.train(start, training, held);
        }
    }

    private static String line(EpochMetrics metrics) {
        String line = "epoch " + metrics.epoch() + " loss " + rounded(metrics.trainLoss()) + " accuracy "
                + rounded(metrics.trainAccuracy());
        return Double.isNaN(metrics.validationLoss()) ? line
                : line + " validation loss " + rounded(metrics.validationLoss()) + " accuracy "
                        + rounded(metrics.validationAccuracy());
    }

    private Evaluator.Result test(Network network, Images images) {
        try (Workers workers = threads.workers();
                Progress progress = new Progress("Testing", "images", images.count())) {
            return Evaluator.evaluate(
                    network, ImageBatches.inOrder(images, EVALUATION_BATCH), workers, progress::advance);
        }
    }

    /** Without fonts there are no images, which is no reason to withhold the result. */
    private static int draw(Trainer.Result result, Evaluator.Result test, RunDirectory directory) {
        try {
            TrainingCurves.write(directory.image("training"), result.epochs());
            ConfusionMatrixPlot.write(directory.image("confusion"), test.evaluation().getConfusionMatrix(),
                    result.network().architecture().classNames());
            if (result.network().parameters().names().contains(FILTERS)) {
                FilterPlot.write(directory.image("filters"), result.network().parameters().get(FILTERS));
            }
            return 0;
        } catch (IOException e) {
            return Main.report(e);
        }
    }

    private static Path dated() {
        return Path.of("runs", DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).format(LocalDateTime.now()));
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
