package io.github.backprop4j.cli;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.buffer.DataType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes a model for other programs. */
@Command(
        name = "export",
        description = {"Writes a model as an ONNX file, which ONNX Runtime and others run. It takes float32 images"
                + " (N, C, H, W) with values from 0 to 255, in RGB, and gives the probability of each class; class names and"
                + " the settings of the training are in its metadata.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class ExportCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL.npz", description = "A model as train writes it.")
    private Path model;

    @Parameters(index = "1", paramLabel = "FILE.onnx", description = "Replaced if it exists.")
    private Path file;

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Network network = Network.load(model);
        AtomicFile.requireWritable(file);
        if (Files.exists(file) && Files.isSameFile(model, file)) {
            throw new InvalidFileException(file, "is the model itself, expected another file to write");
        }
        if (network.parameters().dataType() != DataType.FLOAT) {
            console.tell("the model's float64 numbers are rounded to float32");
        }
        Views views = Views.ofModel(network);
        if (views.count() > 1) {
            console.tell("predict asks this model about " + views.count() + " views of an image and takes the mean; the file"
                    + " has the image alone, as predict --views 1");
        }
        OnnxExport.write(network, file);
        Architecture architecture = network.architecture();
        console.print("wrote " + file + ": images (N, " + architecture.channels() + ", " + architecture.height() + ", "
                + architecture.width() + ") to probabilities (N, " + architecture.classNames().size() + ")");
        return 0;
    }
}
