package io.github.backprop4j.cli;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.ModelImages;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.report.EvaluationReport;
import io.github.backprop4j.report.Outcomes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
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

    @Option(names = "--json",
            description = "One line of JSON: accuracy, loss, images, classes, a list of class, images, precision and recall,"
                    + " and confusion, a row for each true class. The precision of a class that was never predicted is"
                    + " null, and the recall of one without images.",
            showDefaultValue = Visibility.NEVER)
    private boolean json;

    @Option(names = "--report", paramLabel = "FILE.html",
            description = "Write a page for the browser, too: confusion matrix, worst mistakes with their images,"
                    + " reliability of the probabilities.", showDefaultValue = Visibility.NEVER)
    private Path report;

    @Mixin
    private final ViewsOption views = new ViewsOption();

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
        threads.tellIfFewer(console);
        requireReport();
        Network network = Network.load(model);
        Architecture architecture = network.architecture();
        Views asked = views.of(network);
        Dataset dataset = Datasets.open(data, ModelImages.reading(network).strict(strict));
        if (!dataset.test().classNames().equals(architecture.classNames())) {
            throw new InvalidInputException("--data: " + dataset.name() + " has the classes "
                    + dataset.test().classNames() + ", expected the model's " + architecture.classNames());
        }
        Outcomes outcomes = new Outcomes(architecture.classNames().size());
        Evaluator.Result result;
        try (Workers workers = threads.workers();
                Progress progress = new Progress(console, "Testing", "images", dataset.test().count())) {
            result = Evaluator.evaluate(
                    network, Evaluator.batches(dataset.test()), asked, workers, progress::advance, outcomes);
        }
        if (report != null) {
            EvaluationReport.write(report, model.getFileName().toString(), network, dataset, asked, result,
                    outcomes);
            console.tell("The report is " + report + ".");
        }
        if (json) {
            console.print(json(result, architecture.classNames()).toString());
        } else {
            print(result, architecture.classNames());
        }
        return 0;
    }

    /** Whoever names another file by mistake, such as the model, keeps it. */
    private void requireReport() throws InvalidFileException {
        if (report == null) {
            return;
        }
        if (!report.toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
            throw new InvalidInputException("--report: " + report + ", expected a name that ends in .html");
        }
        AtomicFile.requireWritable(report);
    }

    private static ObjectNode json(Evaluator.Result result, List<String> names) {
        Evaluation evaluation = result.evaluation();
        ObjectNode line = Json.object().put("accuracy", result.accuracy()).put("loss", result.loss())
                .put("images", evaluation.getNumRowCounter());
        ArrayNode classes = line.putArray("classes");
        ArrayNode confusion = line.putArray("confusion");
        for (int k = 0; k < names.size(); k++) {
            classes.addObject().put("class", names.get(k)).put("images", images(evaluation, k))
                    .put("precision", precision(evaluation, k).orElse(null))
                    .put("recall", recall(evaluation, k).orElse(null));
            ArrayNode row = confusion.addArray();
            for (int predicted = 0; predicted < names.size(); predicted++) {
                row.add(evaluation.getConfusionMatrix().getCount(k, predicted));
            }
        }
        return line;
    }

    private static int images(Evaluation evaluation, int actual) {
        return evaluation.getConfusionMatrix().getActualTotal(actual);
    }

    /** Of a class that was never predicted there is none. */
    private static Optional<Double> precision(Evaluation evaluation, int k) {
        return evaluation.getConfusionMatrix().getPredictedTotal(k) == 0
                ? Optional.empty() : Optional.of(evaluation.precision(k));
    }

    /** Of a class without images there is none. */
    private static Optional<Double> recall(Evaluation evaluation, int k) {
        return images(evaluation, k) == 0 ? Optional.empty() : Optional.of(evaluation.recall(k));
    }

    private static String rounded(Optional<Double> share) {
        return share.map(value -> format("%.4f", value)).orElse("  none");
    }

    private void print(Evaluator.Result result, List<String> names) throws IOException {
        Evaluation evaluation = result.evaluation();
        int width = Stream.concat(Stream.of(HEADING), names.stream()).mapToInt(String::length).max().orElseThrow();
        console.print(format("accuracy %.4f loss %.4f", result.accuracy(), result.loss()));
        console.print("");
        console.print(padded(HEADING, width) + " precision  recall");
        for (int k = 0; k < names.size(); k++) {
            console.print(padded(names.get(k), width) + "    " + rounded(precision(evaluation, k)) + "  "
                    + rounded(recall(evaluation, k)) + (images(evaluation, k) == 0 ? "  no test images" : ""));
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
