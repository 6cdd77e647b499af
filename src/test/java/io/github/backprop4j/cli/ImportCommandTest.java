package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code import FILE.onnx MODEL.npz}, and what goes on from there. */
class ImportCommandTest {

    private static final Path TORCH = Path.of("src/test/resources/onnx");
    private static final String MEAN = "0.485,0.456,0.406";
    private static final String DEVIATION = "0.229,0.224,0.225";

    @TempDir
    private static Path folder;

    private static Cli cli;

    @BeforeAll
    static void prepare() throws IOException {
        cli = new Cli(folder);
        Files.copy(TORCH.resolve("resnet.onnx"), folder.resolve("resnet.onnx"));
        Files.copy(TORCH.resolve("preprocessed.onnx"), folder.resolve("preprocessed.onnx"));
        NoiseImages.write(folder.resolve("images"), 40);
    }

    /** The frozen layers, batch normalization's statistics among them, stay to the bit. */
    @Test
    void anImportedNetworkLearnsOtherClasses() throws IOException {
        Files.copy(TORCH.resolve("resnet_batchnorm.onnx"), folder.resolve("batchnorm.onnx"));
        CliProcess.Result read = cli.run("import", "batchnorm.onnx", "batchnorm.npz", "--mean", MEAN, "--std", DEVIATION,
                "--classes", "ant,bee,cat,dog");
        assertEquals(0, read.exitCode(), read.err());
        assertEquals("wrote batchnorm.npz: images of 3x9x12, 4 classes, layers "
                + Network.load(folder.resolve("batchnorm.npz")).architecture().text(), read.out().strip());
        assertEquals("", read.err());

        CliProcess.Result tuned = cli.run("train", "--data", "images", "--size", "9x12", "--from", "batchnorm.npz",
                "--freeze", "4", "--epochs", "1", "--batch-size", "16", "--output", "tuned");
        assertEquals(0, tuned.exitCode(), tuned.err());
        Map<String, INDArray> before = Npz.read(folder.resolve("batchnorm.npz"), 1 << 24);
        Map<String, INDArray> after = Npz.read(folder.resolve("tuned/model.npz"), 1 << 24);
        List<String> frozen = before.keySet().stream()
                .filter(name -> name.matches("(conv1|batchnorm1|residual1)\\..*|input\\.mean")).toList();
        assertEquals(16, frozen.size(), frozen.toString());
        frozen.forEach(name -> assertEquals(before.get(name), after.get(name), name));
        assertFalse(before.get("residual3.conv1.weights").equals(after.get("residual3.conv1.weights")));
        CliProcess.Result predicted = cli.run("predict", "tuned/model.npz", "images/red/0.png");
        assertTrue(predicted.out().contains("red"), predicted.out() + predicted.err());
    }

    @Test
    void classNamesMayBeInAFile() throws IOException {
        Files.writeString(folder.resolve("names.txt"), "Füchse, rote\nbees\ncats\ndogs\n");
        CliProcess.Result read = cli.run("import", "preprocessed.onnx", "named.npz", "--classes",
                folder.resolve("names.txt").toString());
        assertEquals(0, read.exitCode(), read.err());
        assertEquals(List.of("Füchse, rote", "bees", "cats", "dogs"),
                Network.load(folder.resolve("named.npz")).architecture().classNames());
    }

    /** One name for all is most often the name of a file. */
    @Test
    void aFileOfNamesThatIsNotThereIsTold() {
        CliProcess.Result missing = cli.run("import", "preprocessed.onnx", "unnamed.npz", "--classes", "names.tx");
        assertEquals(2, missing.exitCode());
        assertEquals("backprop4j: preprocessed.onnx: has 4 classes, but there are names for 1, and"
                + " there is no file names.tx", missing.err().strip());
        assertEquals("backprop4j: preprocessed.onnx: has 4 classes, but there are names for 2",
                cli.run("import", "preprocessed.onnx", "unnamed.npz", "--classes", "ant,bee").err().strip());
    }

    @Test
    void aModelNeedsNoImportAndAnOnnxFileDoes() throws IOException {
        cli.run("import", "preprocessed.onnx", "imported.npz");
        CliProcess.Result twice = cli.run("import", "imported.npz", "again.npz");
        assertEquals(2, twice.exitCode());
        assertEquals("backprop4j: imported.npz: is a zip file, as a model.npz or PyTorch's own format is, expected ONNX: a"
                + " model.npz needs no import; in PyTorch use torch.onnx.export", twice.err().strip());
        CliProcess.Result never = cli.run("predict", "resnet.onnx", "images/red/0.png");
        assertEquals(2, never.exitCode());
        assertTrue(never.err().strip().endsWith("; an ONNX file: import it first"), never.err());
    }

    @Test
    void ourOwnFileComesBack() throws IOException {
        cli.run("import", "preprocessed.onnx", "first.npz");
        assertEquals(0, cli.run("export", "first.npz", "ours.onnx").exitCode());
        CliProcess.Result read = cli.run("import", "ours.onnx", "second.npz");
        assertEquals(0, read.exitCode(), read.err());
        assertArrayEquals(Files.readAllBytes(folder.resolve("first.npz")), Files.readAllBytes(folder.resolve("second.npz")));
    }

    @Test
    void whatTheFileDoesNotSayIsAskedFor() {
        CliProcess.Result open = cli.run("import", "resnet.onnx", "resnet.npz");
        assertEquals(2, open.exitCode());
        assertEquals("backprop4j: resnet.onnx: leaves the size of its images open; say which it is to be (--size HxW)",
                open.err().strip());
        CliProcess.Result raw = cli.run("import", "resnet.onnx", "resnet.npz", "--size", "16");
        assertEquals(0, raw.exitCode(), raw.err());
        assertEquals("resnet.onnx takes pixels from 0 to 255 as they are; if it was trained on pixels from 0 to 1, give"
                + " --mean and --std of the training, --mean 0 if there were none" + System.lineSeparator()
                + "resnet.onnx has no other names for its classes than 0 to 3; --classes gives them names",
                raw.err().strip());
        assertEquals(2, cli.run("import", "resnet.onnx", "resnet.onnx", "--size", "16").exitCode());
        assertEquals(2, cli.run("import", "missing.onnx", "resnet.npz").exitCode());
        assertEquals(2, cli.run("import", "resnet.onnx", "resnet.npz", "--size", "16", "--std", "0").exitCode());
    }
}
