package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** scripts/benchmark-compare on checkouts that only claim to measure. */
@DisabledOnOs(OS.WINDOWS)
class BenchmarkCompareTest {

    private record Result(int exitCode, String output) {}

    @TempDir
    private Path base;

    @TempDir
    private Path head;

    @TempDir
    private Path reports;

    @BeforeEach
    void theHeadMeasures() throws IOException {
        benchmark(head, "echo head >> '" + reports.resolve("order") + "'");
    }

    @Test
    void aBaseWithoutBenchmarkPasses() throws IOException, InterruptedException {
        Result result = compare();
        assertEquals(0, result.exitCode, result.output);
        assertTrue(result.output.contains("The base has no scripts/benchmark"), result.output);
    }

    @Test
    void aBaseThatFailsPasses() throws IOException, InterruptedException {
        benchmark(base, "exit 2");
        Result result = compare();
        assertEquals(0, result.exitCode, result.output);
        assertTrue(result.output.contains("The base's scripts/benchmark failed"), result.output);
    }

    @Test
    void aHeadThatFailsDoesNotPass() throws IOException, InterruptedException {
        benchmark(base, "true");
        benchmark(head, "exit 2");
        assertEquals(1, compare().exitCode);
    }

    @Test
    void bothMeasureInTurn() throws IOException, InterruptedException {
        benchmark(base, "echo base >> '" + reports.resolve("order") + "'");
        benchmark(head, "echo head >> '" + reports.resolve("order") + "'; [ $(grep -c head '"
                + reports.resolve("order") + "') -lt 3 ]");
        assertEquals(1, compare("--rounds", "9").exitCode, "the head fails in its third round");
        assertEquals(List.of("base", "head", "base", "head", "base", "head"),
                Files.readAllLines(reports.resolve("order")));
    }

    @Test
    void wrongOptionsAreOneLineAndExitCode2() throws IOException, InterruptedException {
        for (List<String> wrong : List.of(List.of("--rounds", "0"), List.of("--fast"), List.of("third"))) {
            Result result = compare(wrong.toArray(String[]::new));
            assertEquals(2, result.exitCode, result.output);
            assertEquals(1, result.output.lines().count(), result.output);
        }
    }

    private static void benchmark(Path checkout, String command) throws IOException {
        Path script = checkout.resolve("scripts/benchmark");
        Files.createDirectories(script.getParent());
        Files.writeString(script, "#!/bin/sh\n" + command + "\n");
        assertTrue(script.toFile().setExecutable(true));
    }

    private Result compare(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("scripts/benchmark-compare", "--output", reports.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of(base.toString(), head.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
