package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.Logged;
import io.github.backprop4j.network.Network;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train}, {@code evaluate} and {@code predict} with images of several sizes in folders. */
class OwnImagesTest {

    @TempDir
    private static Path folder;

    private static Cli cli;

    /** Of 40 images 20 have 24×48 pixels and 20 have 16×16; of a class all are black but a border at the left or the right. */
    @BeforeAll
    static void writeImages() throws IOException {
        cli = new Cli(folder);
        for (int i = 0; i < 40; i++) {
            int width = i % 4 < 2 ? 48 : 16;
            int height = i % 4 < 2 ? 24 : 16;
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(new Color(200 + i, 200 + i, 200 + i));
            graphics.fillRect(i % 2 == 0 ? 0 : width * 7 / 8, 0, width / 8, height);
            graphics.dispose();
            Path file = folder.resolve(i % 2 == 0 ? "images/left" : "images/right").resolve(i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
    }

    /** Options given come after the usual ones and so take their place. */
    private static CliProcess.Result train(String output, String... options) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("--data", "images", "--layers", "conv:4:3,relu,dense:8",
                "--epochs", "2", "--batch-size", "8", "--validation", "0", "--output", output));
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return cli.run(Stream.concat(Stream.of("train"), all.entrySet().stream()
                .flatMap(option -> Stream.of(option.getKey(), option.getValue()).filter(text -> !text.isEmpty())))
                .toArray(String[]::new));
    }

    private static List<String> said(Callable<CliProcess.Result> call) {
        Logged<CliProcess.Result> logged = Logged.of(call);
        assertEquals(0, logged.result().exitCode(), logged.result().err());
        return logged.messages().stream().filter(line -> line.startsWith("data: ")).toList();
    }

    @Test
    void saysOnceWhatWasScaled() {
        assertEquals(List.of("data: 40 of 40 images were cut and scaled to 32x32; --size keeps more"),
                said(() -> train("usual")));
        assertEquals(List.of("data: 20 of 40 images were cut and scaled to 16x16"), said(() -> train("small", "--size", "16")));
        assertEquals(List.of("data: 20 of 40 images were stretched to 24x48"),
                said(() -> train("wide", "--size", "24x48", "--fit", "stretch")));
    }

    /** Cut to 16×16, the wide images have no border left: only a stretched reading tells their classes. */
    @Test
    void theModelsReadingIsThatOfItsTraining() throws IOException {
        said(() -> train("tuned", "--size", "16", "--gray", "", "--fit", "stretch", "--epochs", "20"));
        Network network = Network.load(folder.resolve("tuned/model.npz"));
        assertEquals(List.of(1, 16, 16), List.of(network.architecture().channels(), network.architecture().height(),
                network.architecture().width()));
        String settings = Files.readString(folder.resolve("tuned/settings.json"));
        Stream.of("\"size\" : \"16x16\"", "\"gray\" : true", "\"fit\" : \"stretch\"")
                .forEach(setting -> assertTrue(settings.contains(setting), settings));
        assertEquals(List.of("data: 20 of 40 images were stretched to 16x16"),
                said(() -> cli.run("evaluate", "tuned/model.npz", "--data", "images")));
        for (int i = 0; i < 4; i++) {
            String file = i % 2 == 0 ? "images/left/" + i + ".png" : "images/right/" + i + ".png";
            String answer = cli.run("predict", "tuned/model.npz", file).out();
            assertTrue(answer.startsWith(file + "\t" + (i % 2 == 0 ? "left" : "right")), answer);
        }
        CliProcess.Result cut = cli.run("train", "--data", "images", "--from", "tuned/model.npz", "--output", "cut");
        assertEquals("backprop4j: --fit: crop, but the images of the model to go on from were read with stretch; give the"
                + " same", cut.err().strip());
        assertEquals(2, cut.exitCode());
    }

    @Test
    void aTrainingGoesOnWithTheReadingThatItBeganWith() throws IOException {
        String[] options = {"--size", "12x20", "--gray", "", "--fit", "stretch"};
        said(() -> train("whole", options));
        said(() -> train("part", options));
        Files.delete(folder.resolve("part/model.npz"));
        try (Stream<Path> files = Files.list(folder.resolve("part"))) {
            List<Path> checkpoints = files.filter(file -> file.getFileName().toString().startsWith("checkpoint"))
                    .sorted().toList();
            Files.delete(checkpoints.get(checkpoints.size() - 1));
        }
        assertEquals(0, cli.run("train", "--resume", "part").exitCode());
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole/model.npz")),
                Files.readAllBytes(folder.resolve("part/model.npz")));
        CliProcess.Result other = cli.run("train", "--resume", "part", "--size", "20x12");
        assertEquals("backprop4j: --size: 20x12, but part was begun with 12x20; leave it out", other.err().strip());
    }

    /** Each class has a grey of its own. */
    @Test
    void thereMayBeMoreClassesThanAByteHasValues() throws IOException {
        for (int i = 0; i < 300; i++) {
            BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, i < 256 ? i : 255);
            image.setRGB(1, 0, i < 256 ? 0 : i - 256);
            for (String part : List.of("train", "test")) {
                Path file = folder.resolve("many").resolve(part).resolve("class %03d/1.png".formatted(i));
                Files.createDirectories(file.getParent());
                ImageIO.write(image, "png", file.toFile());
            }
        }
        said(() -> train("of-many", "--data", "many", "--layers", "relu", "--epochs", "1"));
        CliProcess.Result evaluated = cli.run("evaluate", "of-many/model.npz", "--data", "many");
        assertEquals(300, evaluated.out().lines().filter(line -> line.matches("class \\d{3} +(none|[\\d.]+) +[\\d.]+")).count());
        assertTrue(Files.exists(folder.resolve("of-many/confusion.png")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "--size 40y30|--size: '40y30', expected HEIGHTxWIDTH in pixels, or one number for both",
        "--size 0|--size: 0x0, expected sides of at least 1",
        "--data shapes --size 16|--size: 16x16, but the images of shapes are 32x32 and only those in folders are scaled;"
                + " leave it out",
        "--data shapes --gray |--gray: but the images of shapes are in colour and only those in folders are changed;"
                + " leave it out",
        "--size 10001x10000|--size: 10001x10000 has 100010000 pixels, expected at most 100000000",
        "--fit squeeze|Invalid value for option '--fit': 'squeeze', expected crop, stretch"})
    void refusesWhatCannotBe(String options, String problem) {
        CliProcess.Result result = train("refused", options.split(" ", -1));
        assertEquals("backprop4j: " + problem, result.err().strip());
        assertEquals(2, result.exitCode());
    }
}
