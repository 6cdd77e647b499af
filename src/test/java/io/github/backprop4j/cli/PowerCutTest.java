package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.ForgetfulDisk;
import io.github.backprop4j.files.RecordingFileSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power cuts at every moment of a training, on a disk that keeps only what was forced to it. The operations of a training
 * that runs to its end are written down; what any first few of them leave is what a cut leaves.
 */
@Tag("robustness")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no directory can be forced to the disk there")
class PowerCutTest {

    /** From so many of the disks, by chance, the training goes on; in the profile long, from all. */
    private static final int RESUMED = Integer.getInteger("power.cuts", 12);

    private static final int STEPS_PER_EPOCH = 2;
    private static final String EPOCH = "epoch ";
    private static final String RUN = "runs/today/run";
    private static final String MODEL = RUN + "/model.npz";
    private static final Pattern KEPT = Pattern.compile(
            ".*/(settings\\.json|model\\.npz|checkpoint-\\d+\\.npz|[^/]*\\.part)");
    private static final Pattern CHECKPOINT = Pattern.compile("/checkpoint-(\\d+)\\.npz$");
    private static final Pattern RESUMED_AT = Pattern.compile("^resumed at step (\\d+)$", Pattern.MULTILINE);

    /**
     * What a training has said.
     *
     * @param operations before it
     */
    private record Said(int operations, String line) {}

    /**
     * What a power cut leaves.
     *
     * @param step whose checkpoint was written for certain, -1 before the first
     * @param isFinished whether the training had said that its model is written
     */
    private record Left(String cut, Map<String, byte[]> files, long step, boolean isFinished) {}

    @TempDir
    private static Path folder;

    private static Cli commandLine;
    private static byte[] model;
    private static List<String> metrics;
    private static final List<ForgetfulDisk.Operation> OPERATIONS = new ArrayList<>();
    private static final List<Said> SAID = new ArrayList<>();

    @BeforeAll
    static void recordATraining() throws IOException {
        NoiseImages.write(folder.resolve("images"), 30);
        commandLine = new Cli(folder);
        Path disk = Files.createDirectory(folder.resolve("disk"));
        RecordingFileSystem recorded = new RecordingFileSystem(ForgetfulDisk.recorder(OPERATIONS));
        Console console = new Console(heard(), heard());
        assertEquals(0, Main.commandLine(console)
                .registerConverter(Path.class, path -> recorded.recorded(Path.of(path)))
                .execute("train", "--data", folder.resolve("images").toString(), "--layers", "dense:4,relu", "--validation",
                        "0.334", "--epochs", "2", "--batch-size", "8", "--seed", "5", "--checkpoint-every", "1", "--threads",
                        "1", "--output", disk.resolve(RUN).toString()), () -> SAID.toString());
        assertEquals(2, SAID.stream().filter(said -> said.line.startsWith(EPOCH)).count(), SAID::toString);
        model = Files.readAllBytes(disk.resolve(MODEL));
        metrics = withoutTimes(disk.resolve(RUN));
    }

    /** Remembers when each line was said. */
    private static PrintStream heard() {
        return new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                SAID.add(new Said(OPERATIONS.size(), line));
            }
        };
    }

    @Test
    void aFinishedModelIsNeverLostAndATrainingGoesOnFromWhatWasForced() throws IOException {
        List<Left> all = cuts();
        Collections.shuffle(all, new Random(1));
        int whole = 0;
        for (int i = 0; i < Math.min(RESUMED, all.size()); i++) {
            whole += goesOn(all.get(i), folder.resolve("cut-" + i)) ? 1 : 0;
        }
        assertTrue(whole > Math.min(RESUMED, all.size()) / 2, whole + " went on");
    }

    /** Returns what there can be after a cut, each once; with the least that must be left looked at already. */
    private static List<Left> cuts() {
        Map<String, Left> distinct = new LinkedHashMap<>();
        ForgetfulDisk disk = new ForgetfulDisk();
        for (int done = 0; done <= OPERATIONS.size(); done++) {
            long step = -1;
            boolean finished = false;
            for (Said said : SAID) {
                if (said.operations <= done) {
                    step = said.line.startsWith(EPOCH) ? Math.max(step, 0) + STEPS_PER_EPOCH : step;
                    finished |= said.line.startsWith("The network is ");
                }
            }
            for (ForgetfulDisk.Names names : ForgetfulDisk.Names.values()) {
                for (ForgetfulDisk.Bytes bytes : ForgetfulDisk.Bytes.values()) {
                    String cut = "after " + done + " of " + OPERATIONS.size() + " operations, names " + names + ", bytes "
                            + bytes;
                    Map<String, byte[]> files = disk.after(folder.resolve("disk"), bytes, names);
                    requireTheLeast(cut, files, step, finished);
                    Left left = new Left(cut, files, step, finished);
                    distinct.putIfAbsent(key(files) + step + finished, left);
                }
            }
            if (done < OPERATIONS.size()) {
                OPERATIONS.get(done).applyTo(disk);
            }
        }
        return new ArrayList<>(distinct.values());
    }

    private static void requireTheLeast(String cut, Map<String, byte[]> files, long step, boolean finished) {
        if (finished) {
            assertTrue(Arrays.equals(model, files.get(MODEL)), () -> cut + ": no model in " + files.keySet());
        }
        if (step >= 0) {
            assertTrue(files.getOrDefault(RUN + "/settings.json", new byte[0]).length > 0,
                    () -> cut + ": no settings in " + files.keySet());
            assertTrue(files.entrySet().stream().anyMatch(file -> stepOf(file.getKey()) >= step && isZip(file.getValue())),
                    () -> cut + ": no checkpoint of step " + step + " or later that is whole in " + files.keySet());
        }
    }

    private static long stepOf(String name) {
        Matcher checkpoint = CHECKPOINT.matcher(name);
        return checkpoint.find() ? Long.parseLong(checkpoint.group(1)) : -1;
    }

    /** Reads to the end, and so compares the checksums. */
    private static boolean isZip(byte[] file) {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
            boolean any = false;
            while (zip.getNextEntry() != null) {
                zip.readAllBytes();
                any = true;
            }
            return any;
        } catch (IOException e) {
            return false;
        }
    }

    /** What is not for people only. */
    private static String key(Map<String, byte[]> files) {
        Map<String, Integer> contents = new TreeMap<>();
        files.forEach((name, bytes) -> {
            if (KEPT.matcher(name).matches()) {
                contents.put(name.replaceFirst("[^/]*\\.part", "part"), Arrays.hashCode(bytes));
            }
        });
        return contents.toString();
    }

    /** @return whether it came to its end; before anything was said it may tell instead what is missing */
    private static boolean goesOn(Left left, Path disk) throws IOException {
        ForgetfulDisk.write(left.files, disk);
        CliProcess.Result result = commandLine.run(
                "train", "--resume", disk.resolve(RUN).toString(), "--threads", "1");
        if (result.exitCode() != 0) {
            assertEquals(2, result.exitCode(), () -> left.cut + ": " + result.err());
            assertTrue(left.step < 0
                    && result.err().matches("backprop4j: [^\\n]*, so there is no training to go on with\\R"),
                    () -> left.cut + ": " + result.err());
            return false;
        }
        Matcher resumed = RESUMED_AT.matcher(result.err());
        assertTrue(resumed.find() && Long.parseLong(resumed.group(1)) >= left.step, () -> left.cut + ": " + result.err());
        assertArrayEquals(model, Files.readAllBytes(disk.resolve(MODEL)), left.cut);
        assertEquals(metrics, withoutTimes(disk.resolve(RUN)), left.cut);
        return true;
    }

    private static List<String> withoutTimes(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.csv")).stream().map(row -> row.replaceAll(",[^,]*,[^,]*$", ""))
                .toList();
    }
}
