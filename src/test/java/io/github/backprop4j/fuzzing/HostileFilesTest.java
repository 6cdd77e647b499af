package io.github.backprop4j.fuzzing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files made to do harm, damaged ones, and those that the fuzzer has found: each ends in an error of one line that names the
 * file, or is read, as {@link Judge} has it, in a process whose heap is small.
 *
 * <p>That what is read is right can be told of npz files (models and checkpoints too), gzipped IDX and gzipped tar files
 * damaged from outside, by their checksums: it is what lay in the undamaged file. PNG's checksums are not looked at by the
 * decoder, JPEG and CIFAR-10's records have none: there an image may be another one, of the right size. The fuzzer does not
 * ask for this, as it finds right checksums in time.
 */
@Tag("robustness")
class HostileFilesTest {

    /** Of a file that are damaged; in the profile long, each byte. */
    private static final int PLACES = Integer.getInteger("damages", 60);

    /** Of the processor, for one file; in the profile long, one. */
    private static final int SECONDS = Integer.getInteger("judge.seconds", 5);

    /** With one file, which takes some seconds of the processor's time: a hang on any machine. */
    private static final int HANG_MINUTES = 10;

    @TempDir
    private Path folder;

    @Test
    void endInAnErrorOrAResult(TestReporter reporter) throws IOException, InterruptedException {
        Path trials = Files.createDirectory(folder.resolve("trials"));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms384m", "-Xmx384m",
                "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Djudge.seconds=" + SECONDS, "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", HostileFiles.class.getName(), trials.toString(),
                Integer.toString(PLACES))
                .redirectErrorStream(true).redirectOutput(out.toFile()).start();
        Path progress = trials.resolve("progress");
        String last = last(progress);
        while (!process.waitFor(HANG_MINUTES, TimeUnit.MINUTES)) {
            String now = last(progress);
            if (now.equals(last)) {
                process.destroyForcibly().waitFor();
            }
            last = now;
        }
        String atLast = last(progress);
        String lines = Files.readString(out);
        assertEquals(0, process.exitValue(), () -> "the last was " + atLast + ": " + lines);
        reporter.publishEntry("outcome", lines.strip());
    }

    private static String last(Path progress) throws IOException {
        return Files.exists(progress) ? Files.readString(progress) : "the start";
    }
}
