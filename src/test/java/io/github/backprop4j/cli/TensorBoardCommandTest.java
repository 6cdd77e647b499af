package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.report.EventReader;
import io.github.backprop4j.report.TensorBoardEvents;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --tensorboard}: its events say what {@code metrics.csv} says. */
class TensorBoardCommandTest {

    private static final List<String> TAGS = List.of("learning_rate", "loss/training", "accuracy/training",
            "loss/validation", "accuracy/validation");

    /** More than are done before a test intervenes, however busy the machine. */
    private static final int EPOCHS = 40;

    @TempDir
    private static Path folder;

    private static Cli commandLine;

    @BeforeAll
    static void prepare() throws IOException {
        NoiseImages.write(folder.resolve("images"), 120);
        commandLine = new Cli(folder);
    }

    private static String[] training(String output, int epochs) {
        return new String[] {"train", "--data", folder.resolve("images").toString(), "--validation", "0.25", "--layers",
            "conv:4:3,relu,pool:4,dense:6,relu", "--epochs", "" + epochs, "--batch-size", "8", "--augment", "flip,shift",
            "--seed", "5", "--checkpoint-every", "5", "--output", output, "--tensorboard"};
    }

    @Test
    void writesWhatMetricsHave() throws IOException {
        CliProcess.Result result = commandLine.run(training("run", 3));
        assertEquals(0, result.exitCode(), result.err());
        Map<String, Map<Long, Float>> shown = shown("run");
        assertEquals(metrics("run"), withTags(shown));
        assertEquals(Set.of("images_per_second", "loss/steps", "loss/test", "accuracy/test"),
                shown.keySet().stream().filter(tag -> !TAGS.contains(tag)).collect(Collectors.toSet()));
        assertEquals(Set.of(10L, 20L), shown.get("loss/steps").keySet());
        assertEquals(27, shown.get("accuracy/test").keySet().iterator().next());
        double accuracy = shown.get("accuracy/test").get(27L);
        assertTrue(result.out().contains("test accuracy " + TrainingProgress.rounded(accuracy)), result.out());
        assertEquals(List.of("0 images", "9 filters", "18 filters", "27 filters"), images(files("run").get(0)));

        CliProcess.Result again = commandLine.run("train", "--resume", "run", "--tensorboard");
        assertEquals(0, again.exitCode(), again.err());
        assertEquals(2, files("run").size());
        assertEquals(shown.get("accuracy/test"), shown("run").get("accuracy/test"));
        assertEquals(metrics("run"), withTags(shown("run")));
        assertEquals(List.of("27 filters"), images(files("run").get(1)));
    }

    /** Neither those that are set apart for validation nor those over the limit. */
    @Test
    void showsTheImagesThatAreTrainedOn() throws IOException {
        List<String> command = new ArrayList<>(List.of(training("few", 1)));
        command.addAll(List.of("--limit", "12"));
        CliProcess.Result result = commandLine.run(command.toArray(String[]::new));
        assertEquals(0, result.exitCode(), result.err());
        EventReader.Picture shown = EventReader.read(files("few").get(0)).stream()
                .filter(event -> event.images().containsKey("images")).findFirst().orElseThrow().images().get("images");
        Training trained = Training.of(RunDirectory.settings(folder.resolve("few")));
        assertEquals(2, trained.stepsPerEpoch(), "of 8 and 1 of 12 images, less 3 for validation");
        TensorBoardEvents.create(folder.resolve("expected/tensorboard"), Optional.empty())
                .images(trained.batches().epoch(1).next());
        assertArrayEquals(EventReader.read(files("expected").get(0)).get(2).images().get("images").encoded(),
                shown.encoded());
    }

    @Test
    void writesNothingUnlessAsked() {
        List<String> command = new ArrayList<>(List.of(training("none", 1)));
        command.remove("--tensorboard");
        CliProcess.Result result = commandLine.run(command.toArray(String[]::new));
        assertEquals(0, result.exitCode(), result.err());
        assertFalse(Files.exists(folder.resolve("none/tensorboard")));
    }

    @Test
    void aKilledTrainingGoesOn() throws Exception {
        CliProcess process = new CliProcess(folder);
        Process running = process.start(folder.resolve("kill.out"), folder.resolve("kill.err"), training("killed", EPOCHS));
        while (!Files.exists(folder.resolve("killed/tensorboard"))
                || shown("killed").getOrDefault("loss/training", Map.of()).size() < 2) {
            assertTrue(running.isAlive(), () -> "ended too early");
            TimeUnit.MILLISECONDS.sleep(2);
        }
        running.destroyForcibly().waitFor();
        int before = metrics("killed").get("loss/training").size();
        assertTrue(before < EPOCHS, before + " epochs");

        CliProcess.Result rest = commandLine.run("train", "--resume", "killed", "--tensorboard");
        assertEquals(0, rest.exitCode(), rest.err());
        assertEquals(2, files("killed").size());
        assertEquals(metrics("killed"), withTags(shown("killed")));
        assertEquals(EPOCHS, shown("killed").get("loss/training").size());
    }

    @Test
    void eventsThatCannotBeWrittenDoNotEndATraining() throws Exception {
        CliProcess process = new CliProcess(folder);
        Path err = folder.resolve("gone.err");
        Process running = process.start(folder.resolve("gone.out"), err, training("gone", EPOCHS));
        while (!Files.exists(folder.resolve("gone/tensorboard")) || files("gone").isEmpty()
                || images(files("gone").get(0)).isEmpty()) {
            assertTrue(running.isAlive(), () -> "ended too early");
            TimeUnit.MILLISECONDS.sleep(2);
        }
        Path file = files("gone").get(0);
        Files.delete(file);
        assertTrue(running.waitFor(5, TimeUnit.MINUTES));
        String told = Files.readString(err);
        assertEquals(1, running.exitValue(), told);
        String problem = "gone/tensorboard/" + file.getFileName() + ": cannot be written: it is gone";
        assertTrue(told.replace('\\', '/').contains("WARN " + problem), told);
        assertTrue(told.replace('\\', '/').contains("backprop4j: failed: " + problem), told);
        assertTrue(Files.readString(folder.resolve("gone.out")).contains("test accuracy "));
        assertTrue(Files.exists(folder.resolve("gone/model.npz")));
        assertEquals(EPOCHS, metrics("gone").get("loss/training").size());
    }

    @Test
    void aFileInTheWayIsToldBeforeTheTraining() throws IOException {
        Files.createDirectories(folder.resolve("taken"));
        Files.writeString(folder.resolve("taken/tensorboard"), "");
        CliProcess.Result refused = commandLine.run(training("taken", 1));
        assertEquals(2, refused.exitCode());
        assertEquals("backprop4j: taken/tensorboard: is no directory, expected one for TensorBoard's events",
                refused.err().strip().replace('\\', '/'));
        assertFalse(Files.exists(folder.resolve("taken/metrics.csv")));
    }

    private static List<Path> files(String run) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(run).resolve("tensorboard"))) {
            return files.sorted().toList();
        }
    }

    private static Map<String, Map<Long, Float>> shown(String run) throws IOException {
        return EventReader.scalars(folder.resolve(run).resolve("tensorboard"));
    }

    private static List<String> images(Path file) throws IOException {
        return EventReader.read(file).stream().filter(event -> !event.images().isEmpty())
                .map(event -> event.step() + " " + String.join(" ", event.images().keySet())).toList();
    }

    private static Map<String, Map<Long, Float>> withTags(Map<String, Map<Long, Float>> shown) {
        return TAGS.stream().collect(Collectors.toMap(tag -> tag, tag -> shown.getOrDefault(tag, Map.of())));
    }

    /** Of the tags, in the columns from the third on, over the second. */
    private static Map<String, Map<Long, Float>> metrics(String run) throws IOException {
        Map<String, Map<Long, Float>> metrics = new LinkedHashMap<>();
        TAGS.forEach(tag -> metrics.put(tag, new LinkedHashMap<>()));
        for (String row : Files.readAllLines(folder.resolve(run).resolve("metrics.csv")).stream().skip(1).toList()) {
            String[] fields = row.split(",");
            for (int i = 0; i < TAGS.size(); i++) {
                metrics.get(TAGS.get(i)).put(Long.valueOf(fields[1]), (float) Double.parseDouble(fields[i + 2]));
            }
        }
        return metrics;
    }
}
