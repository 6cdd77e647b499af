package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files made to do harm, and files damaged at random: each ends in an error of one line that names the file, or is read,
 * within a second of the processor's time and 512 MB of heap, and nothing is written outside of the target.
 *
 * <p>That what is read is right can be told of npz files (models and checkpoints too), gzipped IDX and gzipped tar files
 * damaged from outside, by their checksums: it is what lay in the undamaged file. Damage wrapped in right checksums makes
 * another valid file; PNG's checksums are not looked at by the decoder, JPEG and CIFAR-10's records have none: there
 * an image may be another one, of the right size. Of an npz file some arrays may be missing without a checksum telling;
 * models and checkpoints tell.
 */
@Tag("robustness")
class HostileFilesTest {

    /** In the profile long, 10,000. */
    private static final int MUTATIONS = Integer.getInteger("mutations", 200);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void endInAnErrorOrARightResult(Victim victim, TestReporter reporter) throws IOException, InterruptedException {
        Path attacked = Files.createDirectory(folder.resolve("attack"));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", Attack.class.getName(), victim.name(),
                attacked.toString(), "0", Integer.toString(MUTATIONS))
                .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        awaitEnd(process, attacked.resolve("progress"));
        String lines = Files.readString(out);
        assertEquals(0, process.exitValue(), () -> "at " + victim + " " + last(attacked) + ": " + lines);
        reporter.publishEntry("outcome", lines.strip());
    }

    /** Ten minutes with one file, which takes a second of the processor's time, are a hang on any machine. */
    private static void awaitEnd(Process process, Path progress) throws IOException, InterruptedException {
        String before = "";
        while (!process.waitFor(10, TimeUnit.MINUTES)) {
            String now = Files.exists(progress) ? Files.readString(progress) : "the start";
            if (now.equals(before)) {
                process.destroyForcibly().waitFor();
            }
            before = now;
        }
    }

    private static String last(Path attacked) {
        try {
            return Files.readString(attacked.resolve("progress"));
        } catch (IOException e) {
            return "the start";
        }
    }
}
