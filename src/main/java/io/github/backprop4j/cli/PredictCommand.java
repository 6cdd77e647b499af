package io.github.backprop4j.cli;

import io.github.backprop4j.data.ImageFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.inference.ModelImages;
import io.github.backprop4j.inference.OutputNotFiniteException;
import io.github.backprop4j.layers.Finite;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Classifies image files. */
@Command(
        name = "predict",
        description = {"Classifies image files: PNG, JPEG, GIF, BMP, WebP. Prints a line for each: its path, the most likely"
                + " class and its probability, the next class and its probability, separated by tabs.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class PredictCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL.npz", description = "A model as train writes it.")
    private Path model;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE",
            description = "A file of any size up to 100 megapixels; it is scaled to the size of the model's images, and cut"
                    + " or stretched as they were.")
    private List<Path> images;

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Network network = Network.load(model);
        int exitCode = 0;
        for (Path image : images) {
            try {
                console.print(image + "\t" + classify(network, image));
            } catch (InvalidFileException | AccessDeniedException e) {
                exitCode = Main.report(e, console);
            }
        }
        return exitCode;
    }

    private static String classify(Network network, Path image) throws IOException {
        Architecture architecture = network.architecture();
        byte[] pixels = ImageFile.read(image, ModelImages.reading(network));
        float[] numbers = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            numbers[i] = Byte.toUnsignedInt(pixels[i]);
        }
        INDArray probabilities = network.predictProbabilities(Nd4j.create(numbers,
                new long[] {1, architecture.channels(), architecture.height(), architecture.width()}, 'c'));
        if (!Finite.allFinite(probabilities)) {
            throw new OutputNotFiniteException();
        }
        INDArray[] sorted = Nd4j.sortWithIndices(probabilities.reshape(probabilities.length()), 0, false);
        return ranked(sorted, 0, architecture) + "\t" + ranked(sorted, 1, architecture);
    }

    private static String ranked(INDArray[] indicesAndValues, int rank, Architecture architecture) {
        return architecture.classNames().get(indicesAndValues[0].getInt(rank))
                + String.format(Locale.ROOT, "\t%.4f", indicesAndValues[1].getDouble(rank));
    }
}
