package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A main method in a JVM of its own, started as {@code scripts/backprop4j} starts one. */
public final class ChildJvm {

    /** A heap that is in memory from the start: what the process grows by is then native memory. */
    private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-Djava.awt.headless=true", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-XX:+IgnoreUnrecognizedVMOptions", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");

    private ChildJvm() {}

    /**
     * Runs a main method to its end, which must be a good one.
     *
     * @return what it printed on standard output
     */
    public static List<String> run(int timeoutSeconds, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(timeoutSeconds, Map.of(), main, arguments);
    }

    /** As {@link #run(int, Class, String...)}, with environment variables beside this process's own. */
    public static List<String> run(int timeoutSeconds, Map<String, String> variables, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(timeoutSeconds, variables, List.of(), List.of(), jar -> true, main, arguments);
    }

    /** As {@link #run(int, Class, String...)}, with some parts of the class path only. */
    public static List<String> run(int timeoutSeconds, Predicate<String> onClassPath, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(timeoutSeconds, Map.of(), List.of(), List.of(), onClassPath, main, arguments);
    }

    /**
     * As {@link #run(int, Class, String...)}, started by another command.
     *
     * @param starter a command that starts the one behind it
     * @param options for Java, beside the usual
     */
    public static List<String> run(int timeoutSeconds, List<String> starter, List<String> options, Class<?> main,
            String... arguments) throws IOException, InterruptedException {
        return run(timeoutSeconds, Map.of(), starter, options, jar -> true, main, arguments);
    }

    private static List<String> run(int timeoutSeconds, Map<String, String> variables, List<String> starter,
            List<String> options, Predicate<String> onClassPath, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(starter);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(options);
        command.addAll(List.of("-cp", Arrays.stream(classPath.split(File.pathSeparator)).filter(onClassPath)
                .collect(Collectors.joining(File.pathSeparator)), main.getName()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("backprop4j", ".out");
        Path err = Files.createTempFile("backprop4j", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(variables);
            Process process = builder.start();
            try {
                assertTrue(process.waitFor(timeoutSeconds, TimeUnit.SECONDS), () -> "no end of " + main.getName());
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertEquals(0, process.exitValue(), Files.readString(err));
            return Files.readAllLines(out);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
