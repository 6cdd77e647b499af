package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/** {@code train --from MODEL.npz --freeze N}: a trained model learns other classes. */
class FromModelTest {

    private static final List<String> KEPT = List.of("conv1.weights", "conv1.bias");
    private static final List<String> LEARNT = List.of("dense1.weights", "dense1.bias");

    @TempDir
    private static Path folder;

    private static Cli cli;
    private static CliProcess.Result tuned;

    @BeforeAll
    static void trainAndTune() throws IOException {
        cli = new Cli(folder);
        NoiseImages.write(folder.resolve("base-images"), 40);
        NoiseImages.write(folder.resolve("images"), 40);
        NoiseImages.write(folder.resolve("more"), 40);
        Files.move(folder.resolve("more/red"), folder.resolve("images/rose"));
        CliProcess.Result base = cli.run("train", "--data", "base-images", "--layers", "conv:4:3,relu,pool:4,dense:8,relu",
                "--epochs", "2", "--batch-size", "8", "--output", "base");
        assertEquals(0, base.exitCode(), base.err());
        tuned = tune("tuned", "3");
    }

    private static CliProcess.Result tune(String output, String freeze) {
        return cli.run("train", "--data", "images", "--from", "base/model.npz", "--freeze", freeze, "--epochs", "3",
                "--batch-size", "8", "--checkpoint-every", "4", "--output", output);
    }

    /** The file says so itself: no option is needed. */
    @Test
    void aModelInFloat64ServesAsAnyOther() throws IOException {
        Network base = Network.load(folder.resolve("base/model.npz"));
        Path file = folder.resolve("wide.npz");
        base.castTo(DataType.DOUBLE).save(file);

        CliProcess.Result predicted = cli.run("predict", "wide.npz", "images/blue/1.png");
        assertEquals(cli.run("predict", "base/model.npz", "images/blue/1.png").out(), predicted.out(), predicted.err());
        CliProcess.Result evaluated = cli.run("evaluate", "wide.npz", "--data", "base-images");
        assertEquals(cli.run("evaluate", "base/model.npz", "--data", "base-images").out(), evaluated.out(), evaluated.err());
        CliProcess.Result trained = cli.run("train", "--data", "images", "--from", "wide.npz", "--epochs", "1",
                "--batch-size", "8", "--output", "from-wide");
        assertEquals(0, trained.exitCode(), trained.err());
        assertEquals(DataType.FLOAT, Network.load(folder.resolve("from-wide/model.npz")).parameters().dataType());
    }

    /** The output layer is a new one. */
    @Test
    void frozenLayersStayAndTheOthersLearn() throws IOException {
        assertEquals(0, tuned.exitCode(), tuned.err());
        String last = tuned.out().lines().reduce((first, second) -> second).orElseThrow();
        assertTrue(last.matches("test accuracy [01]\\.\\d{4}"), last);
        Map<String, INDArray> base = Npz.read(folder.resolve("base/model.npz"), 1 << 24);
        Map<String, INDArray> model = Npz.read(folder.resolve("tuned/model.npz"), 1 << 24);
        KEPT.forEach(name -> assertEquals(base.get(name), model.get(name), name));
        assertEquals(base.get("input.mean"), model.get("input.mean"));
        LEARNT.forEach(name -> assertFalse(base.get(name).equals(model.get(name)), name));
        assertArrayEquals(new long[] {8, 3}, model.get("output.weights").shape());
        CliProcess.Result predicted = cli.run("predict", "tuned/model.npz", "images/blue/1.png");
        assertTrue(predicted.out().matches("images/blue/1.png\t(blue|red|rose)\t[^\\n]*\\R"),
                predicted.out());
    }

    @Test
    void withoutFreezeEverythingLearns() throws IOException {
        assertEquals(0, tune("free", "0").exitCode());
        Map<String, INDArray> base = Npz.read(folder.resolve("base/model.npz"), 1 << 24);
        Map<String, INDArray> model = Npz.read(folder.resolve("free/model.npz"), 1 << 24);
        KEPT.forEach(name -> assertFalse(base.get(name).equals(model.get(name)), name));
    }

    @Test
    void theSettingsHaveIt() throws IOException {
        JsonNode settings = Json.read(folder.resolve("tuned/settings.json"), 1 << 16);
        assertEquals(folder.resolve("base/model.npz").toString(), settings.get("from").asText());
        assertEquals(3, settings.get("freeze").asInt());
        assertTrue(settings.get("layers").isNull(), settings::toString);
    }

    /** From the checkpoint in the middle of the training, whose file does not tell which layers are frozen. */
    @Test
    void resumeGoesOnToTheSameModel() throws IOException {
        Path stopped = Files.createDirectory(folder.resolve("stopped"));
        Files.copy(folder.resolve("tuned/settings.json"), stopped.resolve("settings.json"));
        List<Path> checkpoints;
        try (var files = Files.list(folder.resolve("tuned"))) {
            checkpoints = files.filter(file -> file.getFileName().toString().startsWith("checkpoint-")).sorted().toList();
        }
        Files.copy(checkpoints.get(0), stopped.resolve(checkpoints.get(0).getFileName()));
        CliProcess.Result rest = cli.run("train", "--resume", "stopped", "--from", "base/model.npz", "--freeze", "3");
        assertEquals(0, rest.exitCode(), rest.err());
        assertTrue(rest.err().startsWith("resumed at step "
                + checkpoints.get(0).getFileName().toString().replaceAll("\\D", "") + System.lineSeparator()), rest.err());
        assertArrayEquals(Files.readAllBytes(folder.resolve("tuned/model.npz")),
                Files.readAllBytes(stopped.resolve("model.npz")));
    }

    /** The other option is the training's own, and need not be given to go on. */
    @Test
    void eachOfTheTwoMayBeGivenAgainAlone() {
        for (List<String> given : List.of(List.of("--freeze", "3"), List.of("--from", "base/model.npz"))) {
            List<String> arguments = new ArrayList<>(List.of("train", "--resume", "tuned"));
            arguments.addAll(given);
            CliProcess.Result again = cli.run(arguments.toArray(String[]::new));
            assertEquals(0, again.exitCode(), again.err());
        }
    }

    @Test
    void otherOnesAreRefused() {
        assertRefused("--freeze: 2, but tuned was begun with 3; leave it out", "--freeze", "2");
        assertRefused("--layers: dense:3, but tuned was begun without; leave it out", "--layers", "dense:3");
        CliProcess.Result other = cli.run("train", "--resume", "tuned", "--from", "tuned/model.npz");
        assertEquals(2, other.exitCode());
        assertEquals("backprop4j: --from: tuned/model.npz, but tuned was begun with base/model.npz; leave it out",
                other.err().strip());
    }

    @Test
    void saysHowManyLayersCanBeFrozenAndWhichImagesAModelTakes() throws IOException {
        CliProcess.Result layers = tune("too-many", "6");
        assertEquals(2, layers.exitCode(), layers.err());
        assertEquals("backprop4j: --freeze: 6, expected 0 to 5, the layers before the output", layers.err().strip());

        Network.initialize(Architecture.builder(1, 28, 28).conv(2, 3).classes(10), InputScaling.none(1, 28, 28), 1)
                .save(folder.resolve("grey.npz"));
        CliProcess.Result images = cli.run("train", "--from", "grey.npz", "--output", "grey");
        assertEquals(2, images.exitCode(), images.err());
        assertEquals("backprop4j: --from: grey.npz takes images of 1x28x28, but those of the data are 3x32x32 (channels, height,"
                + " width); name data of that kind, or train anew without it", images.err().strip());
        assertFalse(Files.exists(folder.resolve("grey")));
    }

    private static void assertRefused(String problem, String... options) {
        List<String> arguments = new ArrayList<>(List.of("train", "--resume", "tuned"));
        arguments.addAll(List.of(options));
        CliProcess.Result refused = cli.run(arguments.toArray(String[]::new));
        assertEquals(2, refused.exitCode(), refused.err());
        assertEquals("backprop4j: " + problem, refused.err().strip());
    }
}
