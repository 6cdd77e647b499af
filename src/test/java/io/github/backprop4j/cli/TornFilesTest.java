package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that go on though a file of their directory is torn, or the clock was put back. */
@Tag("robustness")
class TornFilesTest {

    /** Every so many lengths a file is cut; in the profile long, at every seventh. */
    private static final int STRIDE = Integer.getInteger("torn.stride", 331);

    private static final int SECTOR = 512;
    private static final int PAGE = 4096;
    private static final String NEWEST = "checkpoint-4.npz";
    private static final String BEFORE = "checkpoint-3.npz";

    @TempDir
    private static Path folder;

    private static Cli commandLine;
    private static Map<String, byte[]> whole;
    private static List<String> metrics;

    private final Path run = folder.resolve("run");

    @BeforeAll
    static void train() throws IOException {
        NoiseImages.write(folder.resolve("images"), 30);
        commandLine = new Cli(folder);
        CliProcess.Result result = commandLine.run("train", "--data", "images", "--layers", "dense:4,relu", "--validation",
                "0.334", "--epochs", "2", "--batch-size", "8", "--seed", "5", "--checkpoint-every", "1", "--threads", "1",
                "--tensorboard", "--output", "whole");
        assertEquals(0, result.exitCode(), result.err());
        whole = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder.resolve("whole"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                whole.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        assertTrue(whole.keySet().containsAll(List.of(NEWEST, BEFORE, "settings.json", "model.npz", "metrics.csv")),
                whole::toString);
        metrics = withoutTimes(folder.resolve("whole"));
    }

    @BeforeEach
    void copy() throws IOException {
        Files.createDirectories(run);
        for (Map.Entry<String, byte[]> file : whole.entrySet()) {
            Files.write(run.resolve(file.getKey()), file.getValue());
        }
        // a run that was cut before it wrote its model
        Files.delete(run.resolve("model.npz"));
    }

    /** What a cut leaves of a file, by what it is. */
    private static Map<String, byte[]> torn(byte[] file) {
        Map<String, byte[]> torn = new LinkedHashMap<>();
        List.of(0, 1, 2, 4, 30, 64, 128, file.length / 2, file.length - 22, file.length - 2, file.length - 1)
                .forEach(length -> torn.put(
                        "first " + length, Arrays.copyOf(file, Math.max(0, Math.min(length, file.length - 1)))));
        for (int length = STRIDE; length < file.length; length += STRIDE) {
            torn.put("first " + length, Arrays.copyOf(file, length));
        }
        for (int block : new int[] {SECTOR, PAGE}) {
            for (int begin = 0; begin < file.length; begin += block) {
                byte[] zeroed = file.clone();
                Arrays.fill(zeroed, begin, Math.min(begin + block, file.length), (byte) 0);
                torn.put("zeros from " + begin + " to " + Math.min(begin + block, file.length), zeroed);
                byte[] tail = file.clone();
                Arrays.fill(tail, begin, file.length, (byte) 0);
                torn.put("zeros from " + begin + " on", tail);
            }
        }
        torn.values().removeIf(bytes -> Arrays.equals(bytes, file));
        return torn;
    }

    @Test
    void aTornCheckpointIsPassedOverForTheOneBefore() throws IOException {
        for (Map.Entry<String, byte[]> torn : torn(whole.get(NEWEST)).entrySet()) {
            Files.write(run.resolve(NEWEST), torn.getValue());
            assertEquals(Optional.of(3L), stepsOfLatest(), torn.getKey());
        }
        CliProcess.Result result = commandLine.run("train", "--resume", "run");
        assertGoesOn(result, 3);
    }

    @Test
    void ifAllCheckpointsAreTornThatIsSaid() throws IOException {
        for (Map.Entry<String, byte[]> torn : torn(whole.get(BEFORE)).entrySet()) {
            Files.write(run.resolve(NEWEST), new byte[0]);
            Files.write(run.resolve(BEFORE), torn.getValue());
            String message = assertThrows(InvalidFileException.class, this::stepsOfLatest, torn.getKey()).getMessage();
            assertTrue(message.contains(BEFORE) && !message.contains("\n"), message);
        }
        CliProcess.Result result = commandLine.run("train", "--resume", "run");
        assertEquals(2, result.exitCode());
        assertTrue(last(result).replace('\\', '/').startsWith("backprop4j: run/" + BEFORE + ": "), result.err());
    }

    @Test
    void tornSettingsAreRefusedOrTheSame() throws IOException {
        Path settings = run.resolve("settings.json");
        for (Map.Entry<String, byte[]> torn : torn(whole.get("settings.json")).entrySet()) {
            Files.write(settings, torn.getValue());
            boolean isWhole = new String(torn.getValue()).strip().equals(new String(whole.get("settings.json")).strip());
            if (!isWhole) {
                String message = assertThrows(InvalidFileException.class, () -> RunDirectory.settings(run), torn.getKey())
                        .getMessage();
                assertTrue(message.startsWith(settings + ": holds no settings of a training: ") && !message.contains("\n"),
                        message);
            }
        }
        Files.write(settings, new byte[0]);
        CliProcess.Result result = commandLine.run("train", "--resume", "run");
        assertEquals(2, result.exitCode());
        assertEquals("backprop4j: run/settings.json: holds no settings of a training: it has no data",
                result.err().strip().replace('\\', '/'));
    }

    @Test
    void aTornModelIsRefusedAndWrittenAnewByResuming() throws IOException {
        Path model = run.resolve("model.npz");
        for (Map.Entry<String, byte[]> torn : torn(whole.get("model.npz")).entrySet()) {
            Files.write(model, torn.getValue());
            String message = assertThrows(InvalidFileException.class, () -> Network.load(model), torn.getKey()).getMessage();
            assertTrue(message.startsWith(model + ": ") && !message.contains("\n"), message);
        }
        assertGoesOn(commandLine.run("train", "--resume", "run"), 4);
    }

    /** All of them at once, as no training reads what it writes for people. */
    @Test
    void whatIsForPeopleIsWrittenAnew() throws IOException {
        byte[] rows = whole.get("metrics.csv");
        Files.write(run.resolve("metrics.csv"), Arrays.copyOf(rows, rows.length - 7));
        for (String name : List.of("report.html", "training.png", "confusion.png")) {
            Files.write(run.resolve(name), Arrays.copyOf(whole.get(name), 1));
        }
        Path events = Files.createDirectory(run.resolve("tensorboard"));
        try (Stream<Path> files = Files.list(folder.resolve("whole/tensorboard"))) {
            byte[] bytes = Files.readAllBytes(files.findFirst().orElseThrow());
            // of a clock that was ahead
            Files.write(events.resolve("events.out.tfevents.9000000000.backprop4j"), Arrays.copyOf(bytes, bytes.length - 5));
        }
        assertGoesOn(commandLine.run("train", "--resume", "run", "--tensorboard"), 4);
        assertTrue(Files.size(run.resolve("report.html")) > 1000);
        try (Stream<Path> files = Files.list(events)) {
            assertEquals(List.of("events.out.tfevents.9000000000.backprop4j", "events.out.tfevents.9000000001.backprop4j"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** The file that was written last is the oldest by its time; its name tells its step. */
    @Test
    void aClockThatWasPutBackDoesNotMatter() throws IOException {
        Files.setLastModifiedTime(run.resolve(BEFORE), FileTime.fromMillis(System.currentTimeMillis() + 86_400_000_000L));
        Files.setLastModifiedTime(run.resolve(NEWEST), FileTime.fromMillis(0));
        assertEquals(Optional.of(4L), stepsOfLatest());
        // 10 is after 9, though not by the alphabet
        Files.copy(run.resolve(NEWEST), run.resolve("checkpoint-10.npz"));
        Files.copy(run.resolve(BEFORE), run.resolve("checkpoint-9.npz"));
        Files.setLastModifiedTime(run.resolve("checkpoint-10.npz"), FileTime.fromMillis(0));
        assertEquals(Optional.of(4L), stepsOfLatest());
        Files.delete(run.resolve("checkpoint-10.npz"));
        Files.delete(run.resolve("checkpoint-9.npz"));

        Files.delete(run.resolve(NEWEST));
        Files.setLastModifiedTime(
                run.resolve("settings.json"), FileTime.fromMillis(System.currentTimeMillis() + 86_400_000L));
        assertGoesOn(commandLine.run("train", "--resume", "run"), 3);
        assertTrue(Files.exists(run.resolve(NEWEST)) && Files.exists(run.resolve(BEFORE)));
    }

    private Optional<Long> stepsOfLatest() throws IOException {
        try (RunDirectory directory = RunDirectory.resume(run)) {
            return directory.latestCheckpoint().map(TrainingState::steps);
        }
    }

    private void assertGoesOn(CliProcess.Result result, long step) throws IOException {
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.err().contains("resumed at step " + step + System.lineSeparator()), result.err());
        assertArrayEquals(whole.get("model.npz"), Files.readAllBytes(run.resolve("model.npz")));
        assertEquals(metrics, withoutTimes(run));
    }

    private static String last(CliProcess.Result result) {
        return result.err().lines().reduce((first, second) -> second).orElseThrow().replace('\\', '/');
    }

    private static List<String> withoutTimes(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.csv")).stream().map(row -> row.replaceAll(",[^,]*,[^,]*$", ""))
                .toList();
    }
}
