package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.ModelImages;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** {@code evaluate} and {@code predict} with {@code --views}, on noise and an untrained network. */
class ViewsCommandTest {

    @TempDir
    private static Path folder;

    private static Cli commandLine;

    @BeforeAll
    static void prepare() throws IOException {
        commandLine = new Cli(folder);
        Random random = new Random(1);
        for (int i = 0; i < 80; i++) {
            Path file = folder.resolve("images").resolve(i % 2 == 0 ? "a" : "b").resolve(i + ".png");
            Files.createDirectories(file.getParent());
            BufferedImage image = new BufferedImage(9, 8, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 72; p++) {
                image.setRGB(p % 9, p / 9, random.nextInt(1 << 24));
            }
            ImageIO.write(image, "png", file.toFile());
        }
        Network network = Network.initialize(Architecture.parse("conv:4:3,relu,dense:6,relu", 3, 8, 9, List.of("a", "b")),
                new InputScaling(Nd4j.zeros(DataType.FLOAT, 3, 8, 9), 0.02), 1);
        network.save(folder.resolve("model.npz"));
        network.with(Optional.of(new ModelCard("1", 1, "images", "00", Json.object().put("views", 6), List.of())))
                .save(folder.resolve("six.npz"));
        Network.initialize(Architecture.parse("", 1, 1, 9, List.of("a", "b")), InputScaling.none(1, 1, 9), 1)
                .save(folder.resolve("flat.npz"));
    }

    private static CliProcess.Result run(String... arguments) {
        CliProcess.Result result = commandLine.run(arguments);
        assertEquals(0, result.exitCode(), result.err());
        return result;
    }

    @Test
    void evaluateTakesViews() throws IOException {
        Network network = Network.load(folder.resolve("model.npz"));
        double expected = Evaluator.evaluate(network, Datasets.open(
                folder.resolve("images").toString(), ModelImages.reading(network)).test(), new Views(6)).loss();
        String six = run("evaluate", "model.npz", "--data", "images", "--views", "6", "--json").out();
        JsonNode line = new ObjectMapper().readTree(six);
        assertEquals(expected, line.get("loss").asDouble());
        assertEquals(six, run(
                "evaluate", "model.npz", "--data", "images", "--views", "6", "--json", "--threads", "1").out());
        String one = run("evaluate", "model.npz", "--data", "images", "--json").out();
        assertNotEquals(one, six);
        assertEquals(one, run("evaluate", "model.npz", "--data", "images", "--views", "1", "--json").out());
    }

    @Test
    void predictTakesViews() throws IOException {
        Path file = folder.resolve("images/a/0.png");
        List<Classifier.Ranked> expected = Classifier.load(folder.resolve("model.npz"), new Views(2)).classify(file);
        String two = run("predict", "model.npz", "images/a/0.png", "--views", "2", "--json").out();
        JsonNode classes = new ObjectMapper().readTree(two).get("classes");
        for (int k = 0; k < 2; k++) {
            assertEquals(expected.get(k).className(), classes.get(k).get("class").asText());
            assertEquals(expected.get(k).probability(), classes.get(k).get("probability").asDouble());
        }
        assertNotEquals(two, run("predict", "model.npz", "images/a/0.png", "--json").out());
        assertEquals(run("predict", "model.npz", "images", "--views", "6", "--json", "--threads", "1").out(),
                run("predict", "model.npz", "images", "--views", "6", "--json", "--threads", "2").out());
    }

    @Test
    void theModelsSettingsAreTheDefault() {
        assertEquals(run("evaluate", "model.npz", "--data", "images", "--views", "6", "--json").out(),
                run("evaluate", "six.npz", "--data", "images", "--json").out());
        assertEquals(run("evaluate", "model.npz", "--data", "images", "--json").out(),
                run("evaluate", "six.npz", "--data", "images", "--views", "1", "--json").out());
        assertEquals(run("predict", "model.npz", "images", "--views", "6", "--json").out(),
                run("predict", "six.npz", "images", "--json").out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "evaluate model.npz --data images --views 3 | views: 3, expected 1, 2 or 6",
        "predict model.npz images --views 0 | views: 0, expected 1, 2 or 6",
        "predict flat.npz images --views 6 | views: 6 with images of 1x9, which cannot be moved over their reflected border;"
            + " expected 1 or 2",
        "evaluate model.npz --views many | --views"})
    void refusesOthersInALine(String arguments, String error) {
        CliProcess.Result result = commandLine.run(arguments.split(" "));
        assertEquals(2, result.exitCode());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains(error), result.err());
    }

    @Test
    void theHelpTellsOfThem() {
        for (String command : List.of("evaluate", "predict")) {
            assertTrue(run(command, "--help").out().contains("--views=N"));
        }
    }
}
