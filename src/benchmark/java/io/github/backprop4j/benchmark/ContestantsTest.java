package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ContestantsTest {

    /** Of the script's lines, those that add options always; a terminal's are indented or behind a condition. */
    private static final Pattern OPTIONS = Pattern.compile("^options\\+?=\\((.*)\\)$", Pattern.MULTILINE);

    @TempDir
    private Path javaHome;

    @Test
    void weAreMeasuredWithTheOptionsOfTheCommandLine() throws IOException {
        String script = Files.readString(Path.of("scripts/backprop4j"));
        List<String> options = OPTIONS.matcher(script).results().map((MatchResult line) -> line.group(1))
                .flatMap(line -> Stream.of(line.split(" "))).toList();
        assertEquals(options, Contestants.OUR_OPTIONS);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void soAreTheSidesOfAComparison() throws IOException, InterruptedException {
        Path java = Files.createDirectories(javaHome.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertTrue(java.toFile().setExecutable(true));
        ProcessBuilder builder = new ProcessBuilder("scripts/benchmark", "worker").redirectError(Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", javaHome.toString());
        Process process = builder.start();
        List<String> started = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, process.waitFor());
        assertTrue(started.contains(DuetWorker.class.getName()), started.toString());
        // all but those that only silence warnings of Java 24 and later
        List<String> missing = Contestants.OUR_OPTIONS.stream().filter(option -> !started.contains(option)
                && option.matches("-[XD].*") && !option.equals("-XX:+IgnoreUnrecognizedVMOptions")).toList();
        assertEquals(List.of(), missing);
    }
}
