package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.Logged;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Runs train, evaluate and predict as their users do, once as a process and else in this one, on a small folder of images. */
class TrainingCommandsTest {

    @TempDir
    private static Path folder;

    private static Cli commandLine;
    private static CliProcess.Result trained;

    /** Noise that is redder in one class and bluer in the other, as PNG files, a folder for each class. */
    @BeforeAll
    static void trainOnce() throws IOException {
        commandLine = new Cli(folder);
        Random random = new Random(1);
        for (int i = 0; i < 120; i++) {
            boolean red = i % 2 == 0;
            Path file = folder.resolve("images").resolve(red ? "red" : "blue").resolve(i + ".png");
            Files.createDirectories(file.getParent());
            BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 1024; p++) {
                int more = 90 + random.nextInt(150);
                int less = 60 + random.nextInt(150);
                image.setRGB(p % 32, p / 32, red ? more << 16 | less : less << 16 | more);
            }
            ImageIO.write(image, "png", file.toFile());
        }
        writeGreyImages(Files.createDirectory(folder.resolve("grey")));
        trained = new CliProcess(folder).run(training("run", "--threads", "2"));
    }

    /** Two images of 5×4 in MNIST's files, to train with and to test with. */
    private static void writeGreyImages(Path directory) throws IOException {
        byte[] images = ByteBuffer.allocate(16 + 40).putInt(0x803).putInt(2).putInt(5).putInt(4).array();
        byte[] labels = ByteBuffer.allocate(10).putInt(0x801).putInt(2).put(new byte[] {0, 1}).array();
        for (String part : List.of("train", "t10k")) {
            Files.write(directory.resolve(part + "-images-idx3-ubyte"), images);
            Files.write(directory.resolve(part + "-labels-idx1-ubyte"), labels);
        }
    }

    private static CliProcess.Result train(String output, String... more) {
        return commandLine.run(training(output, more));
    }

    private static String[] training(String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", "--data", "images", "--layers",
                "conv:6:5,relu,pool:4,dropout:0.1,dense:16,relu", "--epochs", "12", "--batch-size", "16", "--augment",
                "flip,shift", "--seed", "3", "--output", output));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void trainPrintsItsCourseAndWritesEverything() throws IOException {
        assertEquals(0, trained.exitCode(), trained.err());
        List<String> lines = trained.out().lines().toList();
        assertEquals(13, lines.size(), trained.out());
        for (int i = 0; i < 12; i++) {
            assertTrue(lines.get(i).matches("epoch " + (i + 1) + " loss \\d\\.\\d{4} accuracy [01]\\.\\d{4} validation"
                    + " loss \\d\\.\\d{4} accuracy [01]\\.\\d{4}"), lines.get(i));
        }
        assertTrue(lines.get(12).matches("test accuracy [01]\\.\\d{4}"), lines.get(12));
        assertTrue(Double.parseDouble(lines.get(12).substring(14)) > 0.9, lines.get(12));
        assertTrue(trained.err().contains("scripts/backprop4j predict " + Path.of("run", "model.npz")), trained.err());

        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            assertEquals("[.lock, checkpoint-66.npz, checkpoint-72.npz, confusion.png, filters.png, metrics.csv, model.npz, report.html, settings.json, training.png]",
                    files.map(file -> file.getFileName().toString()).sorted().toList().toString());
        }
        List<String> metrics = Files.readAllLines(folder.resolve("run/metrics.csv"));
        assertEquals("epoch,step,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds,"
                + "images_per_second", metrics.get(0));
        assertEquals(13, metrics.size());
        Map<String, INDArray> model = Npz.read(folder.resolve("run/model.npz"), 1 << 24);
        assertArrayEquals(new long[] {6, 3, 5, 5}, model.get("conv1.weights").shape());
        assertArrayEquals(new long[] {16, 2}, model.get("output.weights").shape());
        String settings = Files.readString(folder.resolve("run/settings.json"));
        assertTrue(settings.contains("\"layers\" : \"conv:6:5:1:2,relu,pool:4:4,dropout:0.1,dense:16,relu\""), settings);
    }

    @Test
    void theSameSeedGivesTheSameFileByteForByte() throws IOException {
        CliProcess.Result again = train("again", "--threads", "1");
        assertEquals(trained.out(), again.out());
        assertArrayEquals(Files.readAllBytes(folder.resolve("run/model.npz")),
                Files.readAllBytes(folder.resolve("again/model.npz")));
    }

    /** The numbers of both pages are those that both commands print. */
    @Test
    void theReportsSayWhatTheCommandsPrint() throws IOException {
        String accuracy = trained.out().lines().skip(12).findFirst().orElseThrow().substring("test accuracy ".length());
        String percent = "<dd>" + String.format(Locale.ROOT, "%.2f\u00a0%%", 100 * Double.parseDouble(accuracy)) + "</dd>";
        String report = Files.readString(folder.resolve("run/report.html"));
        assertTrue(report.contains("<dt>test accuracy</dt>\n" + percent), report.substring(0, 200));
        assertFalse(report.contains("http-equiv=\"refresh\""));
        assertTrue(trained.err().contains(Path.of("run", "report.html").toString()), trained.err());

        CliProcess.Result result = commandLine.run("evaluate", "run/model.npz", "--data", "images",
                "--report", folder.resolve("page.html").toString());
        assertEquals("The report is page.html." + System.lineSeparator(), result.err());
        String page = Files.readString(folder.resolve("page.html"));
        assertTrue(page.contains("<dt>test accuracy</dt>\n" + percent), page.substring(0, 200));
        assertTrue(page.contains("<title>model.npz on images</title>"));

        String missing = folder.resolve("missing/page.html").toString();
        CliProcess.Result refused = commandLine.run("evaluate", "run/model.npz", "--data", "images", "--report", missing);
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("cannot be written"), refused.err());
        assertEquals("backprop4j: --report: run/model.npz, expected a name that ends in .html", commandLine.run(
                "evaluate", "run/model.npz", "--data", "images", "--report", "run/model.npz").err().strip());
    }

    @Test
    void evaluatePrintsWhatTrainHasTested() {
        CliProcess.Result result = commandLine.run("evaluate", "run/model.npz", "--data", "images");
        assertEquals("", result.err());
        List<String> lines = result.out().lines().toList();
        String accuracy = trained.out().lines().skip(12).findFirst().orElseThrow().substring("test ".length());
        assertTrue(lines.get(0).matches(accuracy + " loss \\d\\.\\d{4}"), lines.get(0));
        assertEquals("class precision  recall", lines.get(2));
        assertTrue(lines.get(3).matches("blue     [01]\\.\\d{4}  [01]\\.\\d{4}"), lines.get(3));
        assertTrue(lines.get(4).matches("red      [01]\\.\\d{4}  [01]\\.\\d{4}"), lines.get(4));
        assertTrue(lines.get(7).matches("blue ( +\\d+){2}"), lines.get(7));
    }

    @Test
    void predictClassifiesFilesOfAnySizeAndGoesOnAfterABadOne() throws IOException {
        BufferedImage large = new BufferedImage(1200, 900, BufferedImage.TYPE_INT_ARGB);
        ImageIO.write(large, "png", folder.resolve("large image.png").toFile());
        Files.writeString(folder.resolve("no-image.png"), "text");
        Path red = Path.of("images", "red");
        String some;
        try (Stream<Path> files = Files.list(folder.resolve(red))) {
            some = red.resolve(files.sorted().findFirst().orElseThrow().getFileName()).toString();
        }
        CliProcess.Result result = commandLine.run(
                "predict", "run/model.npz", some, "no-image.png", "large image.png");
        assertEquals(2, result.exitCode());
        assertEquals("backprop4j: no-image.png: is no image, expected PNG, JPEG, GIF, BMP or WebP", result.err().strip());
        List<String> lines = result.out().lines().toList();
        assertEquals(2, lines.size(), result.out());
        String[] fields = lines.get(0).split("\t");
        assertEquals(some, fields[0]);
        assertEquals(1, Double.parseDouble(fields[2]) + Double.parseDouble(fields[4]), 2e-4);
        assertEquals("red", fields[1]);
        assertTrue(lines.get(1).startsWith("large image.png\t"), lines.get(1));
    }

    @Test
    void predictTellsOfADirectoryInJsonLines() throws IOException {
        Path mixed = Files.createDirectories(folder.resolve("mixed/deeper"));
        Files.copy(folder.resolve("images/red/0.png"), mixed.resolve("red.PNG"));
        Files.copy(folder.resolve("images/blue/1.png"), mixed.getParent().resolve("blue.png"));
        Files.writeString(mixed.getParent().resolve("broken.png"), "text");
        Files.writeString(mixed.getParent().resolve("notes.txt"), "text");
        Files.writeString(mixed.getParent().resolve("._hidden.png"), "of another system");
        CliProcess.Result result = commandLine.run("predict", "run/model.npz", "mixed", "--json", "--top", "1");
        assertEquals(2, result.exitCode());
        assertEquals("", result.err());
        List<JsonNode> lines = new ArrayList<>();
        for (String line : result.out().lines().toList()) {
            lines.add(json(line));
        }
        assertEquals(List.of("mixed/blue.png", "mixed/broken.png", "mixed/deeper/red.PNG"),
                lines.stream().map(line -> line.get("file").asText()).toList());
        assertEquals("mixed/broken.png: is no image, expected PNG, JPEG, GIF, BMP or WebP", lines.get(1).get("error").asText());
        assertFalse(lines.get(1).has("classes"));
        for (int i : new int[] {0, 2}) {
            JsonNode classes = lines.get(i).get("classes");
            assertEquals(1, classes.size());
            assertEquals(i == 0 ? "blue" : "red", classes.get(0).get("class").asText());
            assertTrue(classes.get(0).get("probability").asDouble() > 0.5);
        }
        assertEquals(2, commandLine.run("predict", "run/model.npz", "mixed", "--top", "0").exitCode());
        String err = commandLine.run("predict", "run/model.npz", "images/red/0.png", "--threads", "1000").err();
        assertTrue(err.matches("--threads: 1000, but there are \\d+ processors; computing with \\d+\\R"), err);
        List<String> said = Logged.of(() -> commandLine.run("predict", "run/model.npz", "mixed")).messages();
        assertTrue(said.get(0).endsWith("have no name of an image and are left out: notes.txt"), said.toString());
    }

    @Test
    void evaluateTellsItInJson() throws IOException {
        CliProcess.Result text = commandLine.run("evaluate", "run/model.npz", "--data", "images");
        JsonNode line = json(commandLine.run("evaluate", "run/model.npz", "--data", "images", "--json").out());
        assertTrue(text.out().startsWith(String.format(Locale.ROOT, "accuracy %.4f loss %.4f",
                line.get("accuracy").asDouble(), line.get("loss").asDouble())));
        assertEquals(line.get("images").asInt(),
                line.get("classes").get(0).get("images").asInt() + line.get("classes").get(1).get("images").asInt());
        assertEquals("blue", line.get("classes").get(0).get("class").asText());
        assertEquals(line.get("classes").get(1).get("recall").asDouble(),
                line.get("confusion").get(1).get(1).asDouble() / line.get("classes").get(1).get("images").asInt(), 1e-9);
    }

    /** As a shell takes it. */
    @Test
    void aPathWithASpaceIsQuotedInTheCommandThatIsTold() {
        CliProcess.Result result = new CliProcess(folder).run("train", "--data", "images", "--layers",
                "conv:2:3,relu,pool:4", "--epochs", "1", "--output", "it's my run");
        assertTrue(result.err().contains("  scripts/backprop4j predict 'it'\\''s my run/model.npz' IMAGE.png"),
                result.err());
    }

    @Test
    void trainEndsWithALineOfJson() throws IOException {
        CliProcess.Result result = commandLine.run("train", "--data", "images", "--layers", "conv:2:3,relu,pool:4",
                "--epochs", "2", "--output", "json", "--json");
        List<String> lines = result.out().lines().toList();
        JsonNode last = json(lines.get(lines.size() - 1));
        assertEquals(Path.of("json", "model.npz").toString(),
                last.get("model").asText().replace(folder + File.separator, ""));
        assertEquals(2, last.get("epochs").asInt());
        assertTrue(last.get("bestEpoch").asInt() >= 1 && last.get("bestEpoch").asInt() <= 2);
        assertTrue(last.get("imagesPerSecond").asDouble() > 0);
        String accuracy = commandLine.run("evaluate", "json/model.npz", "--data", "images").out();
        assertTrue(accuracy.startsWith(String.format(Locale.ROOT, "accuracy %.4f loss %.4f",
                last.get("testAccuracy").asDouble(), last.get("testLoss").asDouble())), accuracy);
    }

    @Test
    void evaluateSaysWhereThereIsNoRecall() throws IOException {
        assertEquals(0, commandLine.run("train", "--data", "grey", "--layers", "dense:4,relu", "--validation", "0",
                "--epochs", "1", "--output", "digits").exitCode());
        List<String> lines = commandLine.run("evaluate", "digits/model.npz", "--data", "grey").out().lines().toList();
        assertTrue(lines.get(3).matches("0 {8}[01]\\.\\d{4}  [01]\\.0000"), lines.get(3));
        assertTrue(lines.get(5).matches("2 {8}.{6}    none  no test images"), lines.get(5));
        JsonNode classes = json(commandLine.run("evaluate", "digits/model.npz", "--data", "grey", "--json").out())
                .get("classes");
        assertEquals(1, classes.get(0).get("images").asInt());
        assertTrue(classes.get(0).get("recall").isNumber());
        assertEquals(0, classes.get(2).get("images").asInt());
        assertTrue(classes.get(2).get("recall").isNull());
    }

    private static JsonNode json(String line) throws IOException {
        return new ObjectMapper().readTree(line);
    }

    /** Finite weights, and a sum of their products that is not. */
    @Test
    void predictDoesNotAnswerWithNaN() throws IOException {
        Network network = Network.load(folder.resolve("run/model.npz"));
        network.parameters().trained().assign(3e37f);
        network.save(folder.resolve("huge.npz"));
        Path red = Path.of("images", "red", "0.png");
        CliProcess.Result result = commandLine.run("predict", "huge.npz", red.toString());
        assertEquals("", result.out());
        assertEquals("backprop4j: the network's output is NaN or infinite", result.err().strip());
        assertEquals(1, result.exitCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "train --layers conv:10:5,pool:33 | architecture: layer 2, pool:33:33, cannot take (10, 32, 32) from conv1",
        "train --layers konv:10:5 | --layers: 'konv:10:5': unknown layer",
        "train --optimizer newton | Invalid value for option '--optimizer': 'newton', expected adam, nesterovs, sgd, rmsprop",
        "train --schedule sometimes | Invalid value for option '--schedule': 'sometimes', expected constant, step, cosine, one-cycle",
        "train --augment crop:1.5 | --augment: crop:1.5, expected a whole number from 0 to 1024",
        "train --epochs 0 | --epochs: 0, expected at least 1",
        "train --batch-size 0 | --batch-size: 0, expected at least 1",
        "train --learning-rate -1 | --learning-rate: -1.0, expected a finite number of at least 0",
        "train --l2 NaN | --l2: NaN, expected a finite number of at least 0",
        "train --validation 1 | --validation: 1.0, expected at least 0 and below 1",
        "train --limit 0 | --limit: 0, expected at least 1",
        "train --limit 97 | --limit: 97, expected 1 to the 96 training images",
        "train --patience 2 --validation 0 | --patience: 2, but with validation 0 there is nothing to wait for",
        "train --batch-size 1 --layers dense:4,BATCHNORM | --batch-size: 1, but batch normalization of single numbers compares at",
        "train --layers dense:4 --epochs 2147483647 | --epochs: 2147483647 would be 4294967294 steps, expected at most"
                + " 2147483647",
        "train --layers leakyrelu:2 | --layers: 'leakyrelu:2': slope: 2.0, expected at least 0 and below 1",
        "train --output run/model.npz/x | cannot be made: ",
        "evaluate images | images: is no file, expected an npz file",
        "evaluate run | run: is a directory; its model is run/model.npz",
        "predict run images/red/0.png | run: is a directory; its model is run/model.npz",
        "train --layers dense:4 --freeze 2 | --freeze: 2, but without a model to go on from (--from) there is nothing worth keeping",
        "train --from nowhere.npz | nowhere.npz",
        "train --from run/metrics.csv | is no npz file or is damaged",
        "train --from run/model.npz --freeze 7 | --freeze: 7, expected 0 to 6, the layers before the output",
        "train --from run/model.npz --layers relu | --layers: relu, but the model to go on from has its own; leave them out",
        "train --from run/model.npz --data grey | --from: run/model.npz takes images of 3x32x32, but those of the data are 1x",
        "train --layers residual(conv:4:3) | its body ends in (4, 32, 32) but its shortcut in (3, 32, 32), expected the same",
        "train --engine cuda | Invalid value for option '--engine': 'cuda', expected im2col, onednn",
        "train --output= | Invalid value for option '--output': it is empty",
        "train --data= | Invalid value for option '--data': it is empty",
        "train --from= | Invalid value for option '--from': it is empty",
        "train --resume= | Invalid value for option '--resume': it is empty",
        "evaluate run/model.npz --data= | Invalid value for option '--data': it is empty",
        "evaluate run/model.npz/x | model.npz/x: no such file",
        "train --checkpoint-every 0 | --checkpoint-every: 0, expected at least 1",
        "train --threads 0 | --threads: 0, expected at least 1",
        "train --data nowhere | nowhere: no such directory",
        "train --data images/red | is no data set, expected",
        "train --output run | run: holds a model already; name another directory",
        "train --output run/model.npz | is no directory; name another --output",
        "evaluate nowhere.npz | nowhere.npz",
        "evaluate run/metrics.csv | is no npz file or is damaged",
        "evaluate run/model.npz --data shapes | --data: shapes has the classes [disc, ring, square, frame",
        "evaluate truncated.npz | truncated.npz: is no npz file or is damaged",
        "predict run/model.npz | Missing required parameter: 'IMAGE|DIR'",
        "predict run/model.npz nowhere.png | nowhere.png: no such file",
        "predict run/training.png run/training.png | is no npz file or is damaged"})
    void badInputIsOneLineAndExitCode2(String line, String message) throws IOException {
        byte[] model = Files.readAllBytes(folder.resolve("run/model.npz"));
        Files.write(folder.resolve("truncated.npz"), Arrays.copyOf(model, model.length / 2));
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        if (line.startsWith("train")) {
            if (!line.contains("--data")) {
                arguments.addAll(List.of("--data", "images"));
            }
            if (!line.contains("--output")) {
                arguments.addAll(List.of("--output", "unused"));
            }
        }
        CliProcess.Result result = commandLine.run(arguments.toArray(String[]::new));
        assertEquals(2, result.exitCode(), result.err());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().replace('\\', '/').contains(message), result.err());
        assertTrue(Files.notExists(folder.resolve("unused")), "nothing is left behind");
        assertArrayEquals(model, Files.readAllBytes(folder.resolve("run/model.npz")));
    }

    @Test
    void aTrainingThatDivergesIsAFailureAndLeavesNoModel() {
        CliProcess.Result result = commandLine.run("train", "--data", "images", "--layers", "dense:9,relu,dense:9,relu",
                "--optimizer", "SGD", "--learning-rate", "1e38", "--schedule", "constant", "--output", "diverged");
        assertEquals(1, result.exitCode(), result.err());
        assertTrue(result.err().matches(
                "backprop4j: training diverged in epoch 1, step \\d+: [^\\n]*\\R"), result.err());
        assertTrue(Files.notExists(folder.resolve("diverged").resolve("model.npz")));
    }

    @Test
    void saysWhatComputes() {
        assertEquals("INFO training on 2 threads with engine onednn in float32",
                trained.err().lines().findFirst().orElseThrow());

        // the log is a process's own
        CliProcess.Result plain = new CliProcess(folder).run(
                training("plain", "--engine", "im2col", "--threads", "2"));
        assertEquals(0, plain.exitCode(), plain.err());
        assertTrue(plain.err().startsWith("INFO training on 2 threads with engine im2col in float32"), plain.err());
    }

    @Test
    void refusesBfloat16WithoutTheEngineThatHasIt() {
        CliProcess.Result refused = commandLine.run(training("bf16", "--engine", "im2col", "--precision", "bf16"));
        assertEquals(2, refused.exitCode());
        assertEquals("backprop4j: --precision: bf16, but engine im2col computes in float32 alone; use engine onednn",
                refused.err().strip());
        assertTrue(Files.notExists(folder.resolve("bf16")));
    }
}
