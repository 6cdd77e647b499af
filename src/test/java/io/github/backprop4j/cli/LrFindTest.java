package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.training.Optimizer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Runs lr-find as its users do. */
class LrFindTest {

    @TempDir
    private static Path folder;

    private static Cli commandLine;
    private static CliProcess.Result found;

    @BeforeAll
    static void findOnce() {
        commandLine = new Cli(folder);
        found = find("first", "--threads", "2");
    }

    private static CliProcess.Result find(String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("lr-find", "--data", "shapes", "--limit", "300", "--layers",
                "dense:16,relu", "--output", output));
        arguments.addAll(List.of(more));
        return commandLine.run(arguments.toArray(String[]::new));
    }

    @Test
    void tellsTheRateAndLeavesPictureAndNumbers() throws IOException {
        assertEquals(0, found.exitCode(), found.err());
        assertTrue(found.out().matches("learning rate 0\\.0*[1-9]\\d\\R"), found.out());
        double rate = Double.parseDouble(found.out().strip().substring("learning rate ".length()));
        double usual = Optimizer.ADAM.learningRate();
        assertTrue(rate > usual / 100 && rate < usual * 100, found.out());
        assertTrue(found.err().contains(Path.of("first", "lr-find.png").toString()), found.err());
        assertTrue(found.err().contains("  scripts/backprop4j train --data shapes --limit 300 --layers dense:16,relu"
                + " --threads 2 --learning-rate " + found.out().strip().substring(14)), found.err());

        BufferedImage picture = ImageIO.read(folder.resolve("first/lr-find.png").toFile());
        assertEquals(1000, picture.getWidth());
        assertEquals(700, picture.getHeight());
        List<String> rows = Files.readAllLines(folder.resolve("first/lr-find.csv"));
        assertEquals("step,rate,loss,smoothed_loss", rows.get(0));
        assertTrue(rows.size() > 30 && rows.size() <= 101, () -> rows.size() + " rows");
        assertTrue(rows.get(1).startsWith("1,3.0E-6,"), rows.get(1));
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws IOException {
        CliProcess.Result again = find("again", "--threads", "1");
        assertEquals(found.out(), again.out());
        for (String file : List.of("lr-find.png", "lr-find.csv")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("first").resolve(file)),
                    Files.readAllBytes(folder.resolve("again").resolve(file)), file);
        }
    }

    @Test
    void theLastLineMayBeJson() throws IOException {
        CliProcess.Result result = find("json", "--json", "--steps", "50");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(1, result.out().lines().count());
        JsonNode line = new ObjectMapper().readTree(result.out());
        List<String> names = new ArrayList<>();
        line.fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("learningRate", "steps", "picture", "csv"), names);
        assertEquals(Files.readAllLines(folder.resolve("json/lr-find.csv")).size() - 1, line.get("steps").asInt());
        assertTrue(result.err().contains(" --learning-rate " + line.get("learningRate").decimalValue().toPlainString()),
                result.err());
        assertEquals(Path.of("json", "lr-find.png").toString(), line.get("picture").asText());
        assertEquals(Path.of("json", "lr-find.csv").toString(), line.get("csv").asText());
    }

    @Test
    void saysSoIfHigherRatesMayBeBetter() {
        CliProcess.Result result = find("low", "--lowest", "1e-5", "--highest", "3e-4", "--steps", "60");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("The loss was least near the highest rate;"), result.err());
        assertFalse(found.err().contains("The loss was least"), found.err());
    }

    /** Rates too low to change anything. */
    @Test
    void saysSoIfNoRateLowersTheLoss() throws IOException {
        CliProcess.Result result = find("none", "--lowest", "1e-12", "--highest", "1e-11");
        assertEquals(1, result.exitCode());
        assertEquals("learning rate none", result.out().strip());
        assertTrue(result.err().contains("backprop4j: no learning rate from 1.0E-12 to 1.0E-11 clearly lowers the loss"),
                result.err());
        assertFalse(result.err().contains("scripts/backprop4j train"), result.err());
        assertTrue(Files.exists(folder.resolve("none/lr-find.png")));
    }

    @Test
    void refusesRatesThatAllDiverge() {
        CliProcess.Result result = find("diverged", "--optimizer", "sgd", "--lowest", "1e37", "--highest", "1e38");
        assertEquals(2, result.exitCode(), result.err());
        assertEquals("backprop4j: --lowest: with a rate of 1.0E37 the training diverged at once; give a lower one",
                result.err().lines().filter(line -> line.startsWith("backprop4j")).findFirst().orElse(""));
        assertEquals("", result.out());
        assertTrue(Files.notExists(folder.resolve("diverged/lr-find.csv")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--epochs | 3 | backprop4j: --epochs: found, but has no part in a trial of learning rates",
        "--learning-rate | 0.1 | backprop4j: --learning-rate: found, but has no part",
        "--schedule | cosine | backprop4j: --schedule: found, but has no part",
        "--patience | 2 | backprop4j: --patience: found, but has no part",
        "--checkpoint-every | 2 | backprop4j: --checkpoint-every: found, but has no part",
        "--steps | 9 | backprop4j: --steps: 9, expected at least 10",
        "--lowest | 0 | backprop4j: --lowest: 0.0, expected above 0 and below the highest rate, 3.0",
        "--highest | 1e-9 | backprop4j: --lowest: 3.0E-6, expected above 0 and below the highest rate, 1.0E-9",
        "--batch-size | 0 | backprop4j: --batch-size: 0, expected at least 1",
        "--resume | run | backprop4j: Unknown options: '--resume', 'run'"})
    void refuses(String option, String value, String problem) {
        CliProcess.Result result = find("refused", option, value);
        assertEquals(2, result.exitCode(), result.err());
        assertTrue(result.err().startsWith(problem), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("", result.out());
        assertTrue(Files.notExists(folder.resolve("refused")));
    }

    @ParameterizedTest
    @CsvSource({"lr-find.png", "lr-find.csv"})
    void overwritesNothing(String name) throws IOException {
        Path file = Files.createDirectories(folder.resolve("kept-" + name)).resolve(name);
        Files.writeString(file, "mine");
        CliProcess.Result result = find("kept-" + name);
        assertEquals(2, result.exitCode());
        assertEquals("backprop4j: " + Path.of("kept-" + name, name) + ": is there already; name another --output",
                result.err().strip());
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void refusesAFileForADirectory() throws IOException {
        Files.writeString(folder.resolve("file"), "mine");
        CliProcess.Result result = find("file");
        assertEquals(2, result.exitCode());
        assertEquals("backprop4j: file: cannot be made a directory; name another --output", result.err().strip());
    }
}
