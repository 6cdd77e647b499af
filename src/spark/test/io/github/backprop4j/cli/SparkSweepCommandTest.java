package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSweepCommandTest {

    private static final String[] RECIPE = {"--limit", "900", "--epochs", "4", "--batch-size", "32", "--layers",
        "conv:8:3,batchnorm,relu,pool:4,dense:32,relu"};

    @TempDir
    private Path folder;

    private record Result(int exitCode, String out, String err) {

        String lastLine() {
            return out.lines().reduce("", (before, line) -> line);
        }
    }

    private static Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(new Console(stream(out), stream(err)), SparkMain::commands, arguments);
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private Result sweep(String name, String... arguments) {
        return run(Stream.of(Stream.of("spark-sweep", "--master", "local[2]", "--output", folder.resolve(name).toString()),
                Stream.of(RECIPE), Stream.of(arguments)).flatMap(each -> each).toArray(String[]::new));
    }

    @Test
    void theBestOfASweepIsTheModelThatTrainGivesWithTheOptionsThatItTells() throws IOException {
        Result result = sweep("sweep", "--vary", "learning-rate=0.000001 0.01 1e30", "--vary", "balance=false true");
        assertEquals(0, result.exitCode(), result.err());
        Path files = folder.resolve("sweep");
        assertTrue(result.lastLine().matches(
                "best: learning-rate=0.01 balance=(true|false): validation accuracy 0\\.\\d{4}, test accuracy 0\\.\\d{4}"),
                result.out());

        List<String> rows = Files.readAllLines(files.resolve("sweep.csv"));
        assertEquals("number,learning-rate,balance,status,epochs,validation_accuracy,validation_loss,best_epoch,seconds,"
                + "reason", rows.get(0));
        assertEquals(7, rows.size());
        assertTrue(rows.get(5).matches("5,1e30,false,failed,0,,,,[\\d.E-]+,\"?training diverged in epoch 1, step .*"),
                rows.get(5));
        assertTrue(rows.get(1).startsWith("1,0.000001,false,stopped,1,0."), rows.get(1));
        List<String> accuracies = result.out().lines().filter(line -> line.matches("\\d+  .*(finished|stopped|failed).*"))
                .map(line -> line.replaceAll(".*(finished|stopped|failed) +\\d+ +(\\S+).*", "$2")).toList();
        assertEquals(6, accuracies.size(), result.out());
        assertEquals(accuracies.stream().sorted((one, other) -> other.replace("-", "0").compareTo(one.replace("-", "0")))
                .toList(), accuracies);
        assertTrue(ImageIO.read(files.resolve("sweep.png").toFile()).getHeight() > 300);

        Matcher train = Pattern.compile("scripts/backprop4j (train .*)").matcher(result.err());
        assertTrue(train.find(), result.err());
        List<String> arguments = new ArrayList<>(List.of(train.group(1).split(" ")));
        Path here = folder.resolve("here");
        arguments.addAll(List.of("--output", here.toString()));
        Result trained = run(arguments.toArray(String[]::new));
        assertEquals(0, trained.exitCode(), trained.err());
        assertArrayEquals(Files.readAllBytes(here.resolve("model.npz")),
                Files.readAllBytes(files.resolve("best/model.npz")));
        assertEquals(Files.readString(here.resolve("settings.json")),
                Files.readString(files.resolve("best/settings.json")));
        assertTrue(result.lastLine().endsWith(trained.lastLine()), trained.out());
        assertEquals(5, Files.readAllLines(files.resolve("best/metrics.csv")).size());

        String before = Files.readString(files.resolve("sweep.csv"));
        Result again = run("spark-sweep", "--master", "local[2]", "--resume", files.toString());
        assertEquals(0, again.exitCode(), again.err());
        assertEquals(before, Files.readString(files.resolve("sweep.csv")));
        assertEquals(result.lastLine(), again.lastLine());
        assertFalse(again.out().contains(" of 6 ("), again.out());

        Result other = run("spark-sweep", "--resume", files.toString(), "--epochs", "5");
        assertEquals(2, other.exitCode());
        assertTrue(other.err().startsWith("backprop4j: --epochs: found beside --resume"), other.err());
        Result twice = sweep("sweep", "--vary", "seed=1 2");
        assertEquals(2, twice.exitCode());
        assertTrue(twice.err().contains("holds a sweep already"), twice.err());
    }

    @Test
    void whenAllFailTheExitCodeSaysSo() throws IOException {
        Result result = sweep("failed", "--vary", "learning-rate=1e30 1e31", "--halving", "1");
        assertEquals(1, result.exitCode(), result.out());
        assertTrue(result.err().contains("no training came to its end"), result.err());
        assertEquals(3, Files.readAllLines(folder.resolve("failed/sweep.csv")).size());
        assertFalse(Files.exists(folder.resolve("failed/best/model.npz")));
    }

    @Test
    void settingsThatDoNotGoTogetherAreARow() throws IOException {
        Result result = sweep("row", "--vary", "freeze=0 1", "--halving", "1", "--json");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.lastLine().startsWith("{\"testAccuracy\":0."), result.lastLine());
        assertTrue(result.lastLine().endsWith("\"trained\":1,\"stopped\":0,\"failed\":1}"), result.lastLine());
        String row = Files.readAllLines(folder.resolve("row/sweep.csv")).get(2);
        assertTrue(row.startsWith("2,1,failed,0,,,,0.0,\"freeze: 1, but"), row);
    }

    @Test
    void badInputIsSaidInOneLineBeforeAnythingIsWritten() {
        refused("--vary: l2, but --l2 0.1 is given, too", "--l2", "0.1", "--vary", "l2=0.1 0.2");
        refused("--vary: batchsize is no setting of a training; did you mean batch-size?", "--vary", "batchsize=8 9");
        refused("--vary: nothing, expected NAME=VALUE");
        refused("--validation: 0, but a sweep chooses by", "--validation", "0", "--vary", "seed=1 2");
        refused("--halving: 0, expected at least 2, or 1 for none", "--halving", "0", "--vary", "seed=1 2");
        refused("--random: 0, expected at least 1", "--random", "0", "--vary", "seed=1 2");
        String nowhere = folder.resolve("nowhere").toString();
        refused(nowhere + ": no such directory", "--data", nowhere, "--vary", "seed=1 2");
    }

    private void refused(String line, String... arguments) {
        Result result = sweep("never", arguments);
        assertEquals(2, result.exitCode(), result.err());
        assertTrue(result.err().startsWith("backprop4j: " + line), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertFalse(Files.exists(folder.resolve("never")));
    }
}
