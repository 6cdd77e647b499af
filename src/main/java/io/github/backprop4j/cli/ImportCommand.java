package io.github.backprop4j.cli;

import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.ImportSettings;
import io.github.backprop4j.onnx.OnnxImport;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a model of another program. */
@Command(
        name = "import",
        description = {"Makes a model of an ONNX file, such as PyTorch writes, for evaluate, predict and train --from. What"
                + " has no counterpart here is named with its node. A file that export has written comes back as it was.",
            ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ImportCommand implements Callable<Integer> {

    /** Some hundred characters for each class that a network may have. */
    private static final long MAX_NAMES = 1 << 20;

    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE.onnx", description = "Of opset 7 to 24, with its weights inside.")
    private Path file;

    @Parameters(index = "1", paramLabel = "MODEL.npz", description = "Replaced if it exists.")
    private Path model;

    @Option(names = "--classes", paramLabel = "NAME,NAME…|FILE",
            description = "Names of the classes, in the order of the outputs, or a file with one in each line. Without it,"
                    + " those that the file has, else 0, 1, 2 …")
    private String classes;

    @Option(names = "--size", paramLabel = "H[xW]",
            description = "Size of the images, where the file leaves it open.")
    private String size;

    @Option(names = "--mean", paramLabel = "MEAN", split = ",",
            description = "Mean of the images that the network was trained on, whose pixels went from 0 to 1, one for all"
                    + " channels or one for each: 0.485,0.456,0.406 is torchvision's. 0 if there is only --std.")
    private List<Double> mean = List.of();

    @Option(names = "--std", paramLabel = "STD", split = ",",
            description = "What they were divided by after that: 0.229,0.224,0.225 is torchvision's. 1 if there is only"
                    + " --mean. Without both, the graph gets pixels from 0 to 255.")
    private List<Double> deviation = List.of();

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ImportSettings settings = ImportSettings.NONE.normalize(mean, deviation);
        if (classes != null) {
            settings = settings.classNames(classNames());
        }
        if (size != null) {
            ImageSize asked = ImageSize.parse(size);
            settings = settings.size(asked.height(), asked.width());
        }
        AtomicFile.requireWritable(model);
        if (Files.exists(file) && Files.exists(model) && Files.isSameFile(file, model)) {
            throw new InvalidFileException(model, "is the file to be read itself, expected another file to write");
        }
        Network network = read(settings);
        network.save(model);
        if (isUnscaled(network.scaling())) {
            console.tell(file + " takes pixels from 0 to 255 as they are; if it was trained on pixels from 0 to 1, give"
                    + " --mean and --std of the training, --mean 0 if there were none");
        }
        Architecture architecture = network.architecture();
        int last = architecture.classNames().size() - 1;
        if (classes == null && network.card().isEmpty() && isNumbers(architecture.classNames())) {
            console.tell(file + " has no other names for its classes than 0 to " + last + "; --classes gives them names");
        }
        console.print("wrote " + model + ": images of " + architecture.channels() + "x" + architecture.height()
                + "x" + architecture.width() + ", " + architecture.classNames().size() + " classes, layers "
                + architecture.text());
        return 0;
    }

    private Network read(ImportSettings settings) throws IOException {
        try {
            return OnnxImport.read(file, settings);
        } catch (InvalidFileException e) {
            boolean isOfNames = e.getCause() instanceof InvalidInputException;
            if (isOfNames && settings.classNames().equals(List.of(String.valueOf(classes)))) {
                throw new InvalidFileException(file, e.getCause().getMessage() + ", and there is no file " + classes, e);
            }
            throw e;
        }
    }

    private static boolean isNumbers(List<String> names) {
        return IntStream.range(0, names.size()).allMatch(k -> names.get(k).equals(Integer.toString(k)));
    }

    private List<String> classNames() throws IOException {
        Path names = classes.isEmpty() || classes.indexOf('\0') >= 0 ? null : Path.of(classes);
        if (names == null || !Files.isRegularFile(names)) {
            return List.of(classes.split(",", -1));
        }
        if (Files.size(names) > MAX_NAMES) {
            throw new InvalidFileException(names, "has " + Files.size(names) + " bytes, expected class names in at most "
                    + MAX_NAMES);
        }
        try {
            return Files.readAllLines(names);
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(names, "is no text in UTF-8, expected a class name in each line", e);
        }
    }

    private static boolean isUnscaled(InputScaling scaling) {
        return scaling.factor() == 1 && scaling.mean().amaxNumber().doubleValue() == 0;
    }
}
