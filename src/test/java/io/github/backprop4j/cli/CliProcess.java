package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the command line as a process, in a folder.
 *
 * @param javaOptions beside the usual
 * @param main of the command line, or what calls it
 */
record CliProcess(Path folder, List<String> javaOptions, Class<?> main) {

    CliProcess(Path folder) {
        this(folder, List.of(), Main.class);
    }

    record Result(int exitCode, String out, String err) {}

    Result run(String... arguments) {
        return run(List.of(), null, arguments);
    }

    /** @param device where standard output goes */
    Result run(File device, String... arguments) {
        return run(List.of(), device, arguments);
    }

    /** @param starter a command that starts the one behind it */
    Result run(List<String> starter, String... arguments) {
        return run(starter, null, arguments);
    }

    private Result run(List<String> starter, File device, String... arguments) {
        try {
            Path out = Files.createTempFile("backprop4j", ".out");
            Path err = Files.createTempFile("backprop4j", ".err");
            try {
                Process process = start(starter, device == null ? out : device.toPath(), err, arguments);
                try {
                    assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> "no end of " + List.of(arguments));
                } finally {
                    process.destroyForcibly().waitFor();
                }
                return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Process start(Path out, Path err, String... arguments) throws IOException {
        return start(List.of(), out, err, arguments);
    }

    private Process start(List<String> starter, Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(folder.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    }
}
