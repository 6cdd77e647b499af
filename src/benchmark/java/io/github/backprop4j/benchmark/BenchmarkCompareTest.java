package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** scripts/benchmark-compare on checkouts that only claim to measure. */
@DisabledOnOs(OS.WINDOWS)
class BenchmarkCompareTest {

    private record Result(int exitCode, String output) {}

    /** Answers of a worker, around a millisecond; the shell's count of lines and rounds makes their last digits. */
    private static final String STEADY = "0.00100$((n * 7 % 10))$((SECONDS % 10))";
    private static final String SLOW = "0.00120$((n * 7 % 10))$((SECONDS % 10))";
    /** Twice as much in every other round, or half as much. */
    private static final String EVEN = "0.00$((1 + round % 2))0$n";
    private static final String ODD = "0.00$((2 - round % 2))0$n";

    @TempDir
    private Path base;

    @TempDir
    private Path head;

    @TempDir
    private Path reports;

    /** A worker that ends at once. */
    private static final String BROKEN = "case $1 in worker) exit 1 ;; esac";

    @Test
    void aBaseOfBeforeThisPasses() throws IOException, InterruptedException {
        worker(head, STEADY);
        for (String old : List.of("", "exit 1")) {
            if (!old.isEmpty()) {
                script(base, old);
            }
            assertTells(0, "there is nothing to compare with");
        }
    }

    @Test
    void aBaseThatFailsTellsNothing() throws IOException, InterruptedException {
        worker(head, STEADY);
        script(base, BROKEN);
        assertTells(3, "**Cannot tell**: base: its process ended early.");
        script(base, BROKEN + "; exit 1");
        assertTells(3, "**Cannot tell**: base: its scripts/benchmark failed.");
    }

    @Test
    void aHeadThatCannotBeMeasuredDoesNotPass() throws IOException, InterruptedException {
        worker(base, STEADY);
        script(head, BROKEN);
        assertTells(1, "**Failed**: head: its process ended early.");
    }

    @Test
    void aHeadIsNotExcusedByABaseThatFailsAsWell() throws IOException, InterruptedException {
        script(base, BROKEN);
        script(head, BROKEN);
        assertEquals(1, compare().exitCode);
        worker(base, "$([ $round -lt 3 ] && echo 0.001)");
        worker(head, "$([ $round -lt 3 ] && echo 0.001)");
        assertEquals(1, compare().exitCode, "in the middle");
    }

    @Test
    void aFailingThroughputDoesNotChangeTheVerdict() throws IOException, InterruptedException {
        worker(base, STEADY);
        worker(head, SLOW);
        Result result = run(List.of("--output", reports.toString(), base.toString(), head.toString()));
        assertEquals(1, result.exitCode, result.output);
        assertTrue(result.output.contains("Throughput of all threads: not measured"), result.output);
    }

    @Test
    void aBaseThatFailsInTheMiddleTellsNothing() throws IOException, InterruptedException {
        worker(base, "$([ $round -lt 9 ] && echo 0.001)");
        worker(head, STEADY);
        assertTells(3, "**Cannot tell**: base: told '', expected seconds");
    }

    @Test
    void whatOnlyOneSideHasIsTold() throws IOException, InterruptedException {
        worker(base, STEADY);
        worker(head, STEADY);
        Path script = head.resolve("scripts/benchmark");
        Files.writeString(script, Files.readString(script).replace("a step", "another step"));
        Result result = compare();
        assertTrue(result.output.contains("Not compared, as only one side has it: a step; another step."), result.output);
    }

    @Test
    void equalVersionsPassAndCanBeJudgedAgain() throws IOException, InterruptedException {
        worker(base, STEADY);
        worker(head, STEADY);
        Result result = compare();
        assertEquals(0, result.exitCode, result.output);
        assertTrue(result.output.contains("Nothing is found slower."), result.output);
        String table = result.output.substring(result.output.indexOf("| measured"));
        Result again = run(List.of("--reports", reports.resolve("base.json").toString(),
                reports.resolve("head.json").toString()));
        assertEquals(0, again.exitCode, again.output);
        assertEquals(table, again.output.substring(again.output.indexOf("| measured")));
    }

    @Test
    void aSlowerHeadIsFound() throws IOException, InterruptedException {
        worker(base, STEADY);
        worker(head, SLOW);
        assertTells(1, "**Slower**: relu; a step.");
    }

    @Test
    void aNoisyMachineCannotTell() throws IOException, InterruptedException {
        worker(base, EVEN);
        worker(head, ODD);
        assertTells(3, "**Cannot tell** between as fast and 10 % slower: relu; a step. By the spread of"
                + " these 8 rounds it would take", "--rounds", "8");
        assertEquals(3, compare("--minutes", "0.001").exitCode, "not enough rounds to find anything");
    }

    @Test
    void theSidesSwapTheirProcessors() throws IOException, InterruptedException {
        assumeFalse(Processors.pair().isEmpty(), "no two processors to pin to");
        for (Path checkout : List.of(base, head)) {
            worker(checkout, STEADY);
            Path script = checkout.resolve("scripts/benchmark");
            Files.writeString(script, Files.readString(script).replace("echo ready",
                    "taskset -pc $$ | sed 's/.*: //' >> " + checkout.resolve("processors") + "; echo ready"));
        }
        compare("--rounds", "4");
        List<String> ofBase = Files.readAllLines(base.resolve("processors"));
        List<String> ofHead = Files.readAllLines(head.resolve("processors"));
        String one = ofBase.get(0);
        String other = ofHead.get(0);
        assertNotEquals(one, other);
        assertEquals(List.of(one, other, one, other), ofBase);
        assertEquals(List.of(other, one, other, one), ofHead);
    }

    @Test
    void wrongOptionsAreOneLineAndExitCode2() throws IOException, InterruptedException {
        worker(base, STEADY);
        worker(head, STEADY);
        for (List<String> wrong : List.of(List.of("--rounds", "0"), List.of("--fast"), List.of("third"),
                List.of("--minutes", "0"), List.of("--slow-head", "-1"))) {
            Result result = compare(wrong.toArray(String[]::new));
            assertEquals(2, result.exitCode, result.output);
            assertEquals(1, result.output.lines().count(), result.output);
        }
        for (List<Path> wrong : List.of(List.of(base, reports), List.of(base, base.resolve("none")),
                List.of(base.resolve("none"), head))) {
            Result result = run(List.of(wrong.get(0).toString(), wrong.get(1).toString()));
            assertEquals(2, result.exitCode, result.output);
            assertTrue(result.output.contains("expected a checkout of backprop4j"), result.output);
        }
    }

    private static void worker(Path checkout, String answer) throws IOException {
        script(checkout, """
                case $1 in worker) ;; *) exit 0 ;; esac
                printf 'benchmark\\tLAYER\\trelu\\nbenchmark\\tSTEP\\ta step\\n'
                echo x >> rounds
                round=$(wc -l < rounds)
                echo ready
                n=0
                while read -r line; do
                  case $line in
                    *[0-9]*) n=$((n + 1)); echo "%s" ;;
                    *) echo warm ;;
                  esac
                done
                """.replace("rounds", checkout.resolve("rounds").toString()).formatted(answer));
    }

    private static void script(Path checkout, String command) throws IOException {
        Path script = checkout.resolve("scripts/benchmark");
        Files.createDirectories(script.getParent());
        Files.writeString(script, "#!/bin/bash\n" + command + "\n");
        assertTrue(script.toFile().setExecutable(true));
    }

    private void assertTells(int exitCode, String text, String... options) throws IOException, InterruptedException {
        Result result = compare(options);
        assertEquals(exitCode, result.exitCode, result.output);
        assertTrue(result.output.contains(text), result.output);
    }

    private Result compare(String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--output", reports.toString(), "--no-throughput"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(base.toString(), head.toString()));
        return run(arguments);
    }

    private static Result run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("scripts/benchmark-compare"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
