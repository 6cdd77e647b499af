package io.github.backprop4j.cli;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.ModelImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.evaluation.classification.Evaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how well a trained network classifies the test images of a data set. */
@Command(
        name = "evaluate",
        description = {"Evaluates a model on the test images of a data set: accuracy, precision and recall of each"
                + " class, confusion matrix.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class EvaluateCommand implements Callable<Integer> {

    private static final String HEADING = "class";

    private final Console console;

    @Parameters(paramLabel = "MODEL.npz", description = "A model as train writes it.")
    private Path model;

    @Option(names = "--data", paramLabel = "NAME|DIR", converter = PathArgument.Text.class,
            completionCandidates = TrainingOptions.DataForms.class, description = "${COMPLETION-CANDIDATES}.")
    private String data = Datasets.SHAPES;

    @Option(names = "--strict", description = "Refuse folders with files that cannot be read as images. Otherwise such"
            + " files are counted and left out.")
    private boolean strict;

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Network network = Network.load(model);
        Architecture architecture = network.architecture();
        Dataset dataset = Datasets.open(data, ModelImages.reading(network).strict(strict));
        if (!dataset.test().classNames().equals(architecture.classNames())) {
            throw new InvalidInputException("--data: " + dataset.name() + " has the classes "
                    + dataset.test().classNames() + ", expected the model's " + architecture.classNames());
        }
        Evaluator.Result result;
        try (Workers workers = threads.workers();
                Progress progress = new Progress(console, "Testing", "images", dataset.test().count())) {
            result = Evaluator.evaluate(
                    network, Evaluator.batches(dataset.test()), workers, progress::advance);
        }
        print(result, architecture.classNames());
        return 0;
    }

    private void print(Evaluator.Result result, List<String> names) throws IOException {
        Evaluation evaluation = result.evaluation();
        int width = Stream.concat(Stream.of(HEADING), names.stream()).mapToInt(String::length).max().orElseThrow();
        console.print(format("accuracy %.4f loss %.4f", result.accuracy(), result.loss()));
        console.print("");
        console.print(padded(HEADING, width) + " precision  recall");
        for (int k = 0; k < names.size(); k++) {
            console.print(padded(names.get(k), width)
                    + format("    %.4f  %.4f", evaluation.precision(k), evaluation.recall(k)));
        }
        console.print("");
        console.print("confusion matrix: a row for each true class, a column for each predicted one, in that order");
        for (int k = 0; k < names.size(); k++) {
            int actual = k;
            console.print(padded(names.get(k), width) + IntStream.range(0, names.size())
                    .mapToObj(predicted -> format("%6d", evaluation.getConfusionMatrix().getCount(actual, predicted)))
                    .collect(Collectors.joining()));
        }
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
