package io.github.backprop4j.cli;

import io.github.backprop4j.data.ImageFolder;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Classifies image files. */
@Command(
        name = "predict",
        description = {"Classifies image files: PNG, JPEG, GIF, BMP, WebP. Prints a line for each: its path, the most likely"
                + " class and its probability, the next class and its probability, separated by tabs.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class PredictCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL.npz", description = "A model as train writes it.")
    private Path model;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE|DIR",
            description = "A file of any size up to 100 megapixels; it is scaled to the size of the model's images, and cut"
                    + " or stretched as they were. Or a directory: all images in it, and in directories in it.")
    private List<Path> images;

    @Option(names = "--top", paramLabel = "K", description = "How many of the most likely classes are told.")
    private int top = 2;

    @Option(names = "--json",
            description = "A line of JSON for each file: file, and classes, a list of class and probability, the most likely"
                    + " first; or error, if there is no answer.",
            showDefaultValue = Visibility.NEVER)
    private boolean json;

    @Mixin
    private final ViewsOption views = new ViewsOption();

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Ranges.requireAtLeast(1, "--top", top);
        threads.tellIfFewer(console);
        Network network = Network.load(model);
        Classifier classifier = Classifier.of(network, views.of(network));
        List<Path> files = files();
        int[] exitCode = new int[1];
        try (Workers workers = threads.workers();
                Progress progress = new Progress(console, "Classifying", "images", files.size())) {
            classifier.classify(files, workers, answer -> {
                try {
                    exitCode[0] = Math.max(exitCode[0], print(answer, progress));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                progress.advance(1);
            });
        }
        return exitCode[0];
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path image : images) {
            if (Files.isDirectory(image)) {
                files.addAll(ImageFolder.images(image));
            } else {
                files.add(image);
            }
        }
        return files;
    }

    private int print(Classifier.Answer answer, Progress progress) throws IOException {
        if (answer.problem().isPresent() && !json) {
            progress.erase();
            return Main.report(answer.problem().get(), console);
        }
        progress.print(json ? json(answer).toString() : answer.file() + answer.ranked().stream().limit(top)
                .map(ranked -> String.format(Locale.ROOT, "\t%s\t%.4f", ranked.className(), ranked.probability()))
                .collect(Collectors.joining()));
        return answer.problem().map(Main::exitCode).orElse(0);
    }

    private ObjectNode json(Classifier.Answer answer) {
        ObjectNode line = Json.object().put("file", answer.file().toString());
        if (answer.problem().isPresent()) {
            return line.put("error", Main.line(answer.problem().get()));
        }
        ArrayNode classes = line.putArray("classes");
        answer.ranked().stream().limit(top).forEach(ranked ->
                classes.addObject().put("class", ranked.className()).put("probability", ranked.probability()));
        return line;
    }
}
