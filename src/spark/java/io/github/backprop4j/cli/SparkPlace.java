package io.github.backprop4j.cli;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.spark.Cluster;
import io.github.backprop4j.spark.HadoopData;
import io.github.backprop4j.spark.SparkGradients;
import io.github.backprop4j.spark.SparkLocalSteps;
import io.github.backprop4j.spark.StepClock;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The options that say which cluster of Apache Spark is to compute. */
final class SparkPlace implements Place {

    /** Where {@code scripts/backprop4j} tells the jar that executors load. */
    private static final String JAR = "backprop4j.spark.jar";

    private final Console console;

    @Option(names = "--master", paramLabel = "URL",
            description = "The master of the cluster: spark://HOST:PORT, or what else Spark takes. Default: what"
                    + " spark-submit was given, or local[*], this process with all processors.")
    private String master;

    @Option(names = "--partitions", paramLabel = "N",
            description = "Tasks of a step, as far as a mini-batch has as many ghost batches. Default: as many as run at"
                    + " once.")
    private Integer partitions;

    @Option(names = "--local-steps", paramLabel = "K",
            description = "Each task takes K steps with a copy of the network by itself, on its share of each mini-batch; then"
                    + " the copies are averaged. For networks that take longer to send than to pass; the model is not that of"
                    + " train, and depends on the number of partitions. 0: never, the same model as train.")
    private int localSteps;

    @Option(names = "--spark", paramLabel = "NAME=VALUE",
            description = "An option of Spark, like spark.executor.memory=4g; may be given several times.",
            showDefaultValue = Visibility.NEVER)
    private final Map<String, String> options = new TreeMap<>();

    private final Set<String> copied = new HashSet<>();

    SparkPlace(Console console) {
        this.console = console;
    }

    /**
     * Connects to the cluster; the caller closes it.
     *
     * @param stopWhen asked while there is no executor
     */
    Cluster open(BooleanSupplier stopWhen) {
        Optional<Path> jar = Optional.ofNullable(System.getProperty(JAR)).map(Path::of);
        try {
            return Cluster.open(
                    new Cluster.Setup(Optional.ofNullable(master), jar, options, console::tell, stopWhen));
        } catch (InvalidInputException e) {
            // begins with what it is about, the master
            throw new InvalidInputException("--" + e.getMessage(), e);
        }
    }

    @Override
    public int train(Training training, Trainer.Builder trainer, BooleanSupplier stopWhen, Run run) throws IOException {
        if (partitions != null) {
            Ranges.requireAtLeast(1, "--partitions", partitions);
        }
        Ranges.requireAtLeast(0, "--local-steps", localSteps);
        try (Cluster cluster = open(stopWhen)) {
            IntSupplier parts = partitions == null ? cluster::slots : () -> partitions;
            if (localSteps > 0) {
                try (SparkLocalSteps steps = new SparkLocalSteps(cluster, training, parts, localSteps)) {
                    int exitCode = run.with(trainer.localSteps(steps));
                    tell(localSteps + " steps and their average", steps.clock());
                    return exitCode;
                }
            }
            try (SparkGradients gradients = new SparkGradients(cluster, training, parts)) {
                int exitCode = run.with(trainer.gradients(gradients));
                tell("A step", gradients.clock());
                return exitCode;
            }
        }
    }

    private void tell(String what, StepClock clock) {
        clock.median().ifPresent(step -> console.tell(String.format(Locale.ROOT, "%s took %.0f ms: %.0f ms forward and"
                + " backward, %.0f ms in Spark; %.2f MB went to each executor, %.2f MB came back, %.2f MB went between them"
                + " (medians).", what, 1e3 * step.seconds(), 1e3 * step.passing(), 1e3 * step.inSpark(),
                1e-6 * step.bytes().toEach(), 1e-6 * step.bytes().toDriver(), 1e-6 * step.bytes().between())));
    }

    /** A directory is copied once, however many settings name it. */
    @Override
    public String readable(String nameOrDirectory) throws IOException {
        if (!copied.contains(nameOrDirectory)) {
            HadoopData.readable(nameOrDirectory, options, console::tell);
            copied.add(nameOrDirectory);
        }
        return located(nameOrDirectory);
    }

    @Override
    public String located(String nameOrDirectory) {
        return HadoopData.located(nameOrDirectory);
    }
}
