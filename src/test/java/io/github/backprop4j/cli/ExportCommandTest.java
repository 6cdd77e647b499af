package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** What {@code export} writes, and what it refuses. */
class ExportCommandTest {

    @TempDir
    private Path folder;

    private Network network;

    @BeforeEach
    void save() throws IOException {
        network = network(DataType.FLOAT);
        network.save(folder.resolve("model.npz"));
    }

    private static Network network(DataType type) {
        Architecture architecture = Architecture.parse("conv:2:3,relu", 3, 4, 5, List.of("cat", "dog"));
        return Network.initialize(architecture, InputScaling.none(3, 4, 5), 1, type);
    }

    @Test
    void writesWhatTheLibraryWrites() throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "of before");
        CliProcess.Result result = new Cli(folder).run("export", "model.npz", "model.onnx");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("wrote model.onnx: images (N, 3, 4, 5) to probabilities (N, 2)", result.out().strip());
        assertEquals("", result.err());
        OnnxExport.write(network, folder.resolve("other.onnx"));
        assertArrayEquals(Files.readAllBytes(folder.resolve("other.onnx")),
                Files.readAllBytes(folder.resolve("model.onnx")));
    }

    @Test
    void tellsThatItRounds() throws IOException {
        network(DataType.DOUBLE).save(folder.resolve("wide.npz"));
        CliProcess.Result result = new Cli(folder).run("export", "wide.npz", "wide.onnx");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("the model's float64 numbers are rounded to float32", result.err().strip());
    }

    @Test
    void tellsThatPredictAsksAboutMoreViews() throws IOException {
        network.with(Optional.of(new ModelCard("1", 1, "images", "00", Json.object().put("views", 6), List.of())))
                .save(folder.resolve("six.npz"));
        CliProcess.Result result = new Cli(folder).run("export", "six.npz", "six.onnx");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("predict asks this model about 6 views of an image and takes the mean; the file has the image alone, as"
                + " predict --views 1", result.err().strip());
    }

    @Test
    void refusesWhatIsNoModel() throws IOException {
        Files.writeString(folder.resolve("text.npz"), "no model");
        assertRefused("text.npz: ", "text.npz", "model.onnx");
        assertRefused("missing.npz: no such file", "missing.npz", "model.onnx");
        assertFalse(Files.exists(folder.resolve("model.onnx")));
    }

    @Test
    void refusesWhereNoFileCanBe() throws IOException {
        Files.createDirectory(folder.resolve("runs"));
        assertRefused("runs: is a directory, expected a file to write", "model.npz", "runs");
        assertRefused("absent/model.onnx: cannot be written: there is no directory", "model.npz", "absent/model.onnx");
        assertRefused("Missing required parameter: 'FILE.onnx'", "model.npz");
        assertRefused("Invalid value for positional parameter at index 1 (FILE.onnx): it is empty", "model.npz", "");
    }

    @Test
    void refusesADirectoryWithoutPermission() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        assumeFalse(closed.toFile().setWritable(false) && Files.isWritable(closed), "root may write everywhere");
        assertRefused("closed/model.onnx: cannot be written: no permission", "model.npz", "closed/model.onnx");
    }

    @Test
    void doesNotReplaceTheModelItself() throws IOException {
        byte[] before = Files.readAllBytes(folder.resolve("model.npz"));
        assertRefused("model.npz: is the model itself, expected another file to write", "model.npz", "model.npz");
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("model.npz")));
    }

    private void assertRefused(String problem, String... arguments) {
        CliProcess.Result result = new Cli(folder).run(
                Stream.concat(Stream.of("export"), Stream.of(arguments)).toArray(String[]::new));
        assertEquals(2, result.exitCode(), result.err());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("backprop4j: " + problem), result.err());
    }
}
