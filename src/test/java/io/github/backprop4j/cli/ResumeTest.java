package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.parallel.BlasKernels;
import io.github.backprop4j.parallel.MathLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that are ended from outside and go on. */
@Tag("robustness")
class ResumeTest {

    /** In the profile long, 20. */
    private static final int KILLS = Integer.getInteger("kills", 3);

    /** Kills come within the first of them; so many steps are left that none comes too late, however busy the machine. */
    private static final int EPOCHS = KILLS + 40;
    private static final int STEPS = 12 * EPOCHS;

    private static final Set<String> WITH_AVX2 = Set.of("Haswell", "Zen", "SkylakeX", "Cooperlake");

    private static final Pattern RESUMED = Pattern.compile("^resumed at step (\\d+)$", Pattern.MULTILINE);

    @TempDir
    private static Path folder;

    private static CliProcess process;
    private static Cli commandLine;
    private static byte[] uninterrupted;
    private static String result;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        NoiseImages.write(folder.resolve("images"), 360);
        process = new CliProcess(folder);
        commandLine = new Cli(folder);
        CliProcess.Result whole = commandLine.run(training("whole"));
        assertEquals(0, whole.exitCode(), whole.err());
        uninterrupted = Files.readAllBytes(folder.resolve("whole/model.npz"));
        result = whole.out().lines().filter(line -> line.startsWith("test accuracy")).findFirst().orElseThrow();
    }

    /** With everything that has a state: running statistics, dropout, augmentation, a schedule, the best epoch. */
    private static String[] training(String output) {
        return new String[] {"train", "--data", folder.resolve("images").toString(), "--limit", "288", "--validation", "0.334", "--layers",
            "conv:4:3,batchnorm,relu,pool:4,dense:12,relu,dropout:0.2", "--epochs", "" + EPOCHS, "--batch-size", "16",
            "--augment", "flip,shift", "--seed", "5", "--checkpoint-every", "1", "--output", output};
    }

    @Test
    void aKilledTrainingGoesOnToTheSameModel() throws Exception {
        Random random = new Random(1);
        List<String> command = new ArrayList<>(List.of(training("killed")));
        long atLeast = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Path err = folder.resolve("kill-" + kill + ".err");
            Process running = process.start(folder.resolve("kill.out"), err, command.toArray(String[]::new));
            // beyond the last one's checkpoint, so that each process has gone on before it is killed
            long target = Math.max(atLeast + 1, 12L * kill + random.nextInt(3) - 1);
            awaitCheckpoint(folder.resolve("killed"), target, running);
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
            running.destroyForcibly().waitFor();
            if (kill > 1) {
                assertTrue(resumedAt(err) >= atLeast, () -> "started over: " + err);
            }
            atLeast = newest(folder.resolve("killed"));
            assertTrue(atLeast >= target && atLeast < STEPS, "step " + atLeast + " of kill " + kill);
            command = List.of("train", "--resume", "killed");
        }

        CliProcess.Result rest = commandLine.run("train", "--resume", "killed", "--threads", "1");
        assertEquals(0, rest.exitCode(), rest.err());
        assertTrue(rest.err().contains("resumed at step " + atLeast), rest.err());
        assertTrue(rest.out().contains(result), rest.out());
        assertArrayEquals(uninterrupted, Files.readAllBytes(folder.resolve("killed/model.npz")));
        assertEquals(withoutTimes(folder.resolve("whole/metrics.csv")), withoutTimes(folder.resolve("killed/metrics.csv")));
        try (Stream<Path> files = Files.list(folder.resolve("killed"))) {
            assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".part")).toList());
        }
    }

    @Test
    void oneThatHadFinishedTellsItsResult() {
        CliProcess.Result again = commandLine.run("train", "--resume", "whole");
        assertEquals(0, again.exitCode(), again.err());
        assertEquals(result, again.out().strip());
        assertTrue(again.err().startsWith("resumed at step " + STEPS), again.err());
    }

    @Test
    void aSignalLeavesACheckpointAndItsExitCode() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "has no signals");
        String[] training = training("stopped");
        training[training.length - 3] = "1000";
        Path err = folder.resolve("stopped.err");
        Process running = process.start(folder.resolve("stopped.out"), err, training);
        awaitCheckpoint(folder.resolve("stopped"), 1, running);
        running.destroy();
        assertTrue(running.waitFor(5, TimeUnit.MINUTES));
        assertEquals(143, running.exitValue());
        Matcher told = Pattern.compile("^backprop4j: training stopped after step (\\d+); go on with:"
                + " scripts/backprop4j train --resume stopped$", Pattern.MULTILINE).matcher(Files.readString(err));
        assertTrue(told.find(), Files.readString(err));
        assertEquals(Long.parseLong(told.group(1)), newest(folder.resolve("stopped")));

        CliProcess.Result rest = commandLine.run("train", "--resume", "stopped");
        assertTrue(rest.err().startsWith("resumed at step " + told.group(1)), rest.err());
        assertArrayEquals(uninterrupted, Files.readAllBytes(folder.resolve("stopped/model.npz")));
    }

    @Test
    void settingsGivenAgainMustAgree() {
        assertRefused("--epochs: 3, but whole was begun with " + EPOCHS + "; leave it out", "--epochs", "3");
        assertRefused("--seed: 6, but whole was begun with 5; leave it out", "--seed", "6", "--epochs", "" + EPOCHS);
        assertRefused("--clip-norm: 1.0, but whole was begun with 0.0; leave it out", "--clip-norm", "1");
        assertRefused("--limit: 0, but whole was begun with 288; leave it out", "--limit", "0");
        assertRefused("--from: whole/model.npz, but whole was begun without; leave it out", "--from", "whole/model.npz");
        assertRefused("--freeze: 1, but whole was begun with 0; leave it out", "--freeze", "1");
        assertRefused("--balance: true, but whole was begun with false; leave it out", "--balance");
        assertRefused("--output: other, but --resume goes on in its own directory", "--output", "other");
        CliProcess.Result nothing = commandLine.run("train", "--resume-anyway");
        assertEquals(2, nothing.exitCode());
        assertEquals("backprop4j: --resume-anyway: found without --resume DIR, which names the training to go on with",
                nothing.err().strip());
        CliProcess.Result same = commandLine.run("train", "--resume", "whole", "--threads", "1", "--layers",
                "conv:4:3:1:1,batchnorm,relu,pool:4:4,dense:12,relu,dropout:0.2", "--data", "images", "--augment", "flip,shift");
        assertEquals(0, same.exitCode(), same.err());
    }

    /** The checkpoint knows what the training was begun with, whatever has become of the file with the settings. */
    @Test
    void settingsThatWereChangedInTheirFileAreRefused() throws IOException {
        Path changed = Files.createDirectory(folder.resolve("changed"));
        Files.copy(folder.resolve("whole/checkpoint-" + STEPS + ".npz"), changed.resolve("checkpoint-" + STEPS + ".npz"));
        Files.writeString(changed.resolve("settings.json"), Files.readString(folder.resolve("whole/settings.json"))
                .replace("\"l2\" : 0.0", "\"l2\" : 0.5"));
        CliProcess.Result refused = commandLine.run("train", "--resume", "changed");
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(refused.err().contains("backprop4j: l2: 0.5, but the checkpoint is of a training with 0.0; go on with that,"
                + " or train anew"), refused.err());
    }

    /** The kernels of a processor of before, which every x86 with AVX2 can run. */
    @Test
    void doesNotMixKernelsUnlessAsked() throws Exception {
        String kernels = BlasKernels.inUse().orElse("only one kind");
        assumeTrue(WITH_AVX2.contains(kernels), "an x86 with AVX2, and an OpenBLAS that chooses its kernels");
        String other = kernels.equals("Haswell") ? "Sandybridge" : "Haswell";
        String version = MathLibraries.openBlas().replace(kernels, "");
        NoiseImages.write(folder.resolve("few"), 20);
        CliProcess.Result whole = commandLine.run("train", "--data", "few", "--layers", "dense:4,relu", "--engine", "im2col",
                "--epochs", "3", "--output", "mixed");
        assertEquals(0, whole.exitCode(), whole.err());
        Path run = folder.resolve("mixed");
        Files.delete(run.resolve("checkpoint-3.npz"));
        Files.delete(run.resolve("model.npz"));

        List<String> elsewhere = List.of("env", "OPENBLAS_CORETYPE=" + other);
        CliProcess.Result refused = process.run(elsewhere, "train", "--resume", "mixed");
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(refused.err().contains("backprop4j: platform: openblas " + version + other + ", but the checkpoint is of"
                + " openblas " + version + kernels + ", and a model of both is neither's; go on where it was begun, train anew,"
                + " or ask for it all the same (--resume-anyway)"), refused.err());
        assertFalse(Files.exists(run.resolve("model.npz")));

        CliProcess.Result asked = process.run(elsewhere, "train", "--resume", "mixed", "--resume-anyway");
        assertEquals(0, asked.exitCode(), asked.err());
        assertTrue(asked.err().contains("WARN platform: openblas " + version + other), asked.err());
        assertEquals(List.of(version + kernels, version + other), Network.load(run.resolve("model.npz"))
                .card().orElseThrow().platforms().stream().map(Platform::openblas).toList());
        CliProcess.Result back = commandLine.run("train", "--resume", "mixed");
        assertEquals(2, back.exitCode(), back.err());
    }

    @Test
    void refusesToStartWhereATrainingIs() throws IOException {
        CliProcess.Result again = commandLine.run(training("whole"));
        assertEquals(2, again.exitCode());
        assertEquals("backprop4j: whole: holds a model already; name another directory, or go on with it by --resume",
                again.err().strip());

        Files.createDirectories(folder.resolve("odd/settings.json"));
        for (String directory : List.of("nowhere", "images", "whole/model.npz", "odd")) {
            CliProcess.Result nothing = commandLine.run("train", "--resume", directory);
            assertEquals(2, nothing.exitCode(), nothing.err());
            assertTrue(nothing.err().replace('\\', '/').matches("backprop4j: [^\\n]*" + directory
                    + ": holds no (file )?settings.json, so there is no training to go on with\\R"), nothing.err());
        }
    }

    @Test
    void doesNotTrainOverAModelWithoutCheckpoints() throws IOException {
        Path old = Files.createDirectory(folder.resolve("old"));
        Files.copy(folder.resolve("whole/settings.json"), old.resolve("settings.json"));
        Files.copy(folder.resolve("whole/model.npz"), old.resolve("model.npz"));
        CliProcess.Result refused = commandLine.run("train", "--resume", "old");
        assertEquals(2, refused.exitCode());
        assertEquals("backprop4j: old: holds a model but no checkpoint, so there is no training to go on with; name another"
                + " directory", refused.err().strip());
        assertArrayEquals(uninterrupted, Files.readAllBytes(old.resolve("model.npz")));
    }

    @Test
    void settingsThatAreNoneAreNotTakenForDefaults() throws IOException {
        Path settings = Files.createDirectory(folder.resolve("unset")).resolve("settings.json");
        String whole = Files.readString(folder.resolve("whole/settings.json"));
        for (String json : List.of("[]", "{}", "{\"data\":\"shapes\"}", "{", whole.replace("\"epochs\"", "\"epoch\""),
                whole.replace("\"seed\" : 5", "\"seed\" : 5.5"), whole.replace("\"none\"", "\"blur\"")
                        .replace("flip,shift", "blur"), whole.replace("\"one-cycle\"", "null"),
                whole.replace("\"onednn\"", "null"), whole.replace("\"float32\"", "null"), whole.replaceAll("\"layers\" : [^\\n]*", "\"layers\" : null,"),
                whole.replaceAll("\"data\" : [^\\n]*", "\"data\" : null,"), whole.replace("\"batch-size\" : 16", "\"batch-size\" : 0"))) {
            Files.writeString(settings, json);
            CliProcess.Result refused = commandLine.run("train", "--resume", "unset");
            assertEquals(2, refused.exitCode(), json);
            assertTrue(refused.err().matches("backprop4j: [^\\n]*settings.json: holds no settings of a training: [^\\n]*\\R"),
                    refused.err());
        }
    }

    private static void assertRefused(String problem, String... options) {
        List<String> command = new ArrayList<>(List.of("train", "--resume", "whole"));
        command.addAll(List.of(options));
        CliProcess.Result refused = commandLine.run(command.toArray(String[]::new));
        assertEquals(2, refused.exitCode());
        assertEquals("backprop4j: " + problem, refused.err().strip());
    }

    private static void awaitCheckpoint(Path directory, long step, Process process) throws Exception {
        while (newest(directory) < step) {
            assertTrue(process.isAlive(), () -> "ended before step " + step);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** The step of the newest checkpoint, -1 without any. */
    private static long newest(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return -1;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("checkpoint-\\d+\\.npz"))
                    .mapToLong(name -> Long.parseLong(name.replaceAll("\\D", ""))).max().orElse(-1);
        }
    }

    private static long resumedAt(Path err) throws IOException {
        Matcher resumed = RESUMED.matcher(Files.readString(err));
        assertTrue(resumed.find(), () -> "nothing resumed: " + err);
        return Long.parseLong(resumed.group(1));
    }

    private static List<String> withoutTimes(Path metrics) throws IOException {
        return Files.readAllLines(metrics).stream().map(row -> row.replaceAll(",[^,]*,[^,]*$", "")).toList();
    }
}
