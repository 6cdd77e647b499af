package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** scripts/benchmark-history and .ci/record in a repository whose commits only claim to measure. */
@DisabledOnOs(OS.WINDOWS)
class BenchmarkHistoryTest {

    /** Writes the report that lies beside the checkouts, at the place that follows --json. */
    private static final String MEASURE = "echo x >> '%1$s/measured'; while [ $# -gt 1 ]; do shift; done; "
            + "case $1 in *.json) cp '%1$s/report.json' \"$1\" ;; esac";

    private record Result(int exitCode, String output) {}

    @TempDir
    private Path temp;

    private Path checkout;
    private Path record;

    @BeforeEach
    void makeRepository() throws IOException, InterruptedException {
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, "git"))));
        checkout = Files.createDirectory(temp.resolve("checkout"));
        record = temp.resolve("record");
        new Report("2026-11-26T00:00:00Z", Machine.here(null, null), List.of(new Measurement("its step",
                Measurement.Group.STEP, Measurement.Unit.IMAGES_PER_SECOND, List.of(100.0), null)))
                .write(temp.resolve("report.json"));
        // what is drawn is drawn by our own classes
        Path build = Files.createDirectories(checkout.resolve("target/benchmark"));
        Files.writeString(build.resolve("benchmark.classpath"), System.getProperty("java.class.path"));
        Files.writeString(checkout.resolve(".gitignore"), "target\n");
        git("init", "--quiet", "--initial-branch", "main");
        commit("first, without a benchmark");
        for (String script : List.of("scripts/benchmark-history", ".ci/record")) {
            Files.createDirectories(checkout.resolve(script).getParent());
            Files.copy(Path.of(script), checkout.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        benchmark(String.format(MEASURE, temp));
        commit("second");
        benchmark("case $* in *json*) exit 1 ;; esac");
        commit("third, broken");
        benchmark(String.format(MEASURE, temp) + " # once more");
        commit("fourth");
    }

    private void benchmark(String commands) throws IOException {
        Path script = checkout.resolve("scripts/benchmark");
        Files.writeString(script, "#!/bin/sh\n" + commands + "\n");
        assertTrue(script.toFile().setExecutable(true));
    }

    private void commit(String subject) throws IOException, InterruptedException {
        git("add", "--all");
        git("-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false", "commit", "--quiet",
                "--message", subject);
    }

    private String git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        Result result = run(checkout, command);
        assertEquals(0, result.exitCode, result.output);
        return result.output.strip();
    }

    private static Process start(Path folder, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        // a repository of the test's own, wherever the test was started from
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        return builder.start();
    }

    private static Result run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process = start(folder, command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Result history(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("scripts/benchmark-history"));
        command.addAll(List.of(options));
        return run(checkout, command);
    }

    private List<String> reports() throws IOException {
        try (Stream<Path> files = Files.list(record)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".json")).sorted().toList();
        }
    }

    private long measured() throws IOException {
        try (Stream<String> lines = Files.lines(temp.resolve("measured"))) {
            return lines.count();
        }
    }

    @Test
    void measuresWhatCanBeMeasuredOnceAndLeavesNothingBehind() throws IOException, InterruptedException {
        Result result = history("--output", record.toString());
        assertEquals(0, result.exitCode, result.output);
        assertEquals(2, reports().size(), result.output);
        assertTrue(reports().get(1).endsWith("-000004-" + git("rev-parse", "HEAD") + ".json"), reports().toString());
        assertTrue(result.output.contains("first, without a benchmark: it has no scripts/benchmark"), result.output);
        assertTrue(result.output.contains("third, broken: it cannot be built or measured"), result.output);
        assertTrue(Files.readString(record.resolve("index.html")).contains("its step"));
        assertEquals(1, git("worktree", "list").lines().count());
        long before = measured();

        assertEquals(0, history("--output", record.toString()).exitCode);
        assertEquals(before + 1, measured(), "only its own, which draws, was asked again");
    }

    @Test
    void aSignalEndsWhatItStartedAndTakesTheWorktreeAway() throws IOException, InterruptedException {
        benchmark("echo $$ > '" + temp.resolve("started") + "'; sleep 600");
        commit("fifth, slow");
        Process process = start(checkout,
                List.of("scripts/benchmark-history", "--commits", "1", "--output", record.toString()));
        Path started = temp.resolve("started");
        for (int i = 0; i < 600 && !(Files.exists(started) && Files.size(started) > 0); i++) {
            Thread.sleep(50);
        }
        long child = Long.parseLong(Files.readString(started).strip());
        assertEquals(2, git("worktree", "list").lines().count());
        process.destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(143, process.exitValue());
        assertFalse(ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false));
        assertEquals(1, git("worktree", "list").lines().count());
    }

    @Test
    void nothingMeasuredIsExitCode1() throws IOException, InterruptedException {
        benchmark("case $* in *json*) exit 1 ;; esac");
        commit("broken, too");
        assertEquals(1, history("--commits", "1", "--output", record.toString()).exitCode);
        assertEquals(0, history("--help").exitCode);
    }

    @Test
    void wrongOptionsAreOneLineAndExitCode2() throws IOException, InterruptedException {
        for (List<String> wrong : List.of(List.of("--commits", "0"), List.of("--fast"), List.of("--page"),
                List.of("--from", checkout.toString()), List.of("--from", "none", "--page", "p"),
                List.of("--add", "none.json", "--output", record.toString()), List.of("--", "--json", "a.json"),
                List.of("--", "--quick", "--json=a.json"), List.of("--", "--help"), List.of("--link", "javascript:alert(1)"),
                List.of("--commits", "12345678901"), List.of("--add", temp.resolve("report.json").toString(), "--page", "p"),
                List.of("--from", checkout.toString(), "--page", "p", "--commits", "1"))) {
            Result result = history(wrong.toArray(String[]::new));
            assertEquals(2, result.exitCode, result.output);
            assertEquals(1, result.output.lines().count(), result.output);
        }
        assertFalse(Files.exists(temp.resolve("measured")), "all was looked at before measuring");
    }

    @Test
    void aShallowCloneIsRefusedAsItsCommitsHaveWrongNumbers() throws IOException, InterruptedException {
        Path shallow = temp.resolve("shallow");
        git("clone", "--quiet", "--depth", "2", checkout.toUri().toString(), shallow.toString());
        List<String> add = List.of("scripts/benchmark-history", "--add", temp.resolve("report.json").toString(), "--output",
                record.toString());
        for (List<String> command : List.of(List.of("scripts/benchmark-history", "--commits", "1"), add)) {
            Result result = run(shallow, command);
            assertEquals(2, result.exitCode, result.output);
            assertTrue(result.output.contains("git fetch --unshallow"), result.output);
        }
        assertEquals(0, run(shallow, List.of("git", "fetch", "--quiet", "--unshallow")).exitCode);
        Result result = run(shallow, add);
        assertEquals(0, result.exitCode, result.output);
        assertTrue(reports().get(0).contains("-000004-"), reports().toString());
    }

    @Test
    void aLinkToTheScriptIsFollowed() throws IOException, InterruptedException {
        Path links = Files.createDirectories(temp.resolve("bin/deep"));
        Files.createSymbolicLink(temp.resolve("bin/script"), checkout.resolve("scripts/benchmark-history"));
        Path link = Files.createSymbolicLink(links.resolve("history"), Path.of("../script"));
        Result result = run(temp, List.of(link.toString(), "--commits", "1", "--output", record.toString()));
        assertEquals(0, result.exitCode, result.output);
        assertEquals(1, reports().size());
        assertTrue(run(temp, List.of(link.toString(), "--help")).output.contains("usage: scripts/benchmark-history"));
    }

    @Test
    void runsThatEndTogetherBothGetTheirReportsIntoTheBranch() throws IOException, InterruptedException {
        Path origin = temp.resolve("origin.git");
        git("clone", "--quiet", "--bare", checkout.toString(), origin.toString());
        git("remote", "add", "origin", origin.toString());
        Result added = history("--output", record.toString(), "--add", temp.resolve("report.json").toString());
        assertEquals(0, added.exitCode, added.output);

        List<Process> runs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path clone = temp.resolve("clone" + i);
            // as a workflow's checkout is
            git("clone", "--quiet", "--depth", "1", origin.toUri().toString(), clone.toString());
            Path its = Files.createDirectory(temp.resolve("its" + i));
            Files.copy(record.resolve(reports().get(0)), its.resolve("2026-" + i + ".json"));
            Files.writeString(its.resolve("index.html"), "page " + i);
            Files.writeString(its.resolve("its.log"), "not kept");
            runs.add(start(clone, List.of(".ci/record", "put", its.toString())));
        }
        for (Process run : runs) {
            String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, run.waitFor(), output);
        }
        Path got = temp.resolve("got");
        Result result = run(checkout, List.of(".ci/record", "get", got.toString()));
        assertEquals(0, result.exitCode, result.output);
        try (Stream<Path> files = Files.list(got)) {
            assertEquals(List.of("2026-0.json", "2026-1.json", "2026-2.json", "index.html"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals("3", run(checkout, List.of("git", "--git-dir", origin.toString(), "rev-list", "--count", "benchmarks"))
                .output.strip());

        git("remote", "set-url", "origin", temp.resolve("none").toString());
        assertTrue(run(checkout, List.of(".ci/record", "get", got.toString())).exitCode != 0, "not the same as no branch");
    }
}
