package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.training.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to the place that a training writes to. A small file system of its own takes root's rights on Linux; who
 * has not got them has the limit on the size of a file instead of a full disk.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a directory in use cannot be moved there")
class DiskTest {

    @TempDir
    private static Path folder;

    private static CliProcess process;
    private static Cli commandLine;
    private static byte[] uninterrupted;
    private static long checkpointSize;

    private Path disk;
    private boolean mounted;
    private Process running;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        NoiseImages.write(folder.resolve("images"), 360);
        process = new CliProcess(folder);
        commandLine = new Cli(folder);
        CliProcess.Result whole = commandLine.run(training("whole"));
        assertEquals(0, whole.exitCode(), whole.err());
        uninterrupted = Files.readAllBytes(folder.resolve("whole/model.npz"));
        checkpointSize = Files.size(folder.resolve("whole/checkpoint-32.npz"));
    }

    @BeforeEach
    void makeDisk() throws IOException {
        disk = Files.createTempDirectory(folder, "disk");
    }

    @AfterEach
    void endAndUnmount() throws Exception {
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
        if (mounted) {
            assertTrue(mount("umount", "--recursive", disk.toString()));
        }
    }

    private static String[] training(String output) {
        return new String[] {"train", "--data", folder.resolve("images").toString(), "--limit", "288", "--validation", "0.112", "--layers", "dense:40,relu", "--epochs",
            "2", "--batch-size", "16", "--seed", "5", "--checkpoint-every", "4", "--output", output};
    }

    @Test
    void aFullDiskLeavesTheCheckpointsBefore() throws Exception {
        // room for two checkpoints, which have no best network yet, and a part of a third
        mountDisk(checkpointSize * 21 / 10);
        CliProcess.Result full = commandLine.run(training(disk.resolve("run").toString()));
        assertFailure(full, "run/checkpoint-8.npz: cannot be written: No space left on device");

        assertTrue(mount("mount", "-o", "remount,size=100m", disk.toString()));
        assertResumes(disk.resolve("run"), 4);
    }

    @Test
    void aDiskThatBecomesReadOnlyLeavesTheCheckpointsBefore() throws Exception {
        mountDisk(100 << 20);
        Path err = startLongTraining();
        String run = disk.resolve("run").toString();
        // what is being written to cannot become read-only: a second view of it can, and is laid over it
        String view = Files.createDirectory(disk.resolve("view")).toString();
        assertTrue(mount("mount", "--bind", run, view));
        assertTrue(mount("mount", "-o", "remount,bind,ro", view));
        assertTrue(mount("mount", "--bind", view, run));
        assertTrue(running.waitFor(5, TimeUnit.MINUTES));
        assertFailure(new CliProcess.Result(running.exitValue(), "", Files.readString(err)),
                ".npz: cannot be written: Read-only file system");

        CliProcess.Result refused = commandLine.run("train", "--resume", disk.resolve("run").toString());
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().matches("backprop4j: [^\\n]*run: cannot be written to: Read-only file system\\R"),
                refused.err());
    }

    @Test
    void aFileThatGrowsTooLargeLeavesTheCheckpointsBefore() throws Exception {
        // the epoch's checkpoint has the best network too
        long blocks = (checkpointSize * 7 / 8) / 1024;
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
        CliProcess.Result limited = process.run(List.of("/bin/bash", "-c", "ulimit -f " + blocks + "; exec \"$0\" \"$@\""),
                training("limited"));
        assertFailure(limited, "limited/checkpoint-16.npz: cannot be written: File too large");
        // of the same step, before the network was found to be the best
        assertResumes(folder.resolve("limited"), 16);
    }

    @Test
    void aDirectoryThatGoesAwayIsAClearError() throws Exception {
        Path err = startLongTraining();
        Files.move(disk.resolve("run"), disk.resolve("elsewhere"));
        assertTrue(running.waitFor(5, TimeUnit.MINUTES));
        String last = Files.readString(err).lines().reduce((first, second) -> second).orElseThrow();
        assertEquals(2, running.exitValue(), last);
        assertTrue(last.matches("backprop4j: [^\\n]*run(: cannot be written to: there is no such directory any more"
                + "|/[^\\n]*: cannot be written: there is no directory [^\\n]*run)"), last);
        assertEquals(2, checkpoints(disk.resolve("elsewhere")).size());
    }

    @Test
    void aSecondRunInADirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
        startLongTraining();
        String run = disk.resolve("run").toString();
        for (String[] second : List.of(training(run), new String[] {"train", "--resume", run})) {
            CliProcess.Result refused = commandLine.run(second);
            assertEquals(2, refused.exitCode());
            assertEquals("backprop4j: " + folder.relativize(Path.of(run)) + ": is in use by another run; wait for it or name another directory",
                    refused.err().strip());
        }
        assertTrue(running.isAlive());
    }

    @Test
    void aRefusedSecondRunInThisProcessLeavesTheFirstOnesLock() throws IOException {
        Path run = disk.resolve("own");
        try (RunDirectory first = RunDirectory.create(run)) {
            assertThrows(InvalidFileException.class, () -> RunDirectory.resume(run));
            CliProcess.Result other = process.run(training(run.toString()));
            assertEquals(2, other.exitCode());
            assertTrue(other.err().contains("is in use by another run"), other.err());
        }
    }

    /** @return its standard error; some checkpoints are there */
    private Path startLongTraining() throws Exception {
        String[] training = training(disk.resolve("run").toString());
        training[Arrays.asList(training).indexOf("--epochs") + 1] = "10000";
        Path err = Files.createTempFile(folder, "long", ".err");
        running = process.start(Files.createTempFile(folder, "long", ".out"), err, training);
        while (!Files.isDirectory(disk.resolve("run")) || checkpoints(disk.resolve("run")).size() < 2) {
            assertTrue(running.isAlive(), () -> "ended before there were checkpoints");
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return err;
    }

    private static void assertFailure(CliProcess.Result result, String problem) {
        assertEquals(1, result.exitCode(), result.err());
        String last = result.err().lines().reduce((first, second) -> second).orElseThrow();
        assertTrue(last.startsWith("backprop4j: failed: ") && last.endsWith(problem), result.err());
    }

    private static void assertResumes(Path run, long step) throws IOException {
        CliProcess.Result rest = commandLine.run("train", "--resume", run.toString());
        assertEquals(0, rest.exitCode(), rest.err());
        assertTrue(rest.err().startsWith("resumed at step " + step + System.lineSeparator()), rest.err());
        assertArrayEquals(uninterrupted, Files.readAllBytes(run.resolve("model.npz")));
    }

    private static List<Path> checkpoints(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(file -> file.getFileName().toString().startsWith("checkpoint-")).toList();
        }
    }

    private void mountDisk(long size) throws Exception {
        mounted = mount("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString());
        assumeTrue(mounted, "needs the right to mount a file system");
    }

    private static boolean mount(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            // no such program
            return false;
        }
    }
}
