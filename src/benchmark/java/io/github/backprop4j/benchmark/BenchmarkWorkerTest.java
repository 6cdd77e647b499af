package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worker that measures one side of a comparison, in a process of its own, talked to as {@link DuetWorker} says. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchmarkWorkerTest {

    @TempDir
    private Path temp;

    private Path scratch;
    private Path errors;
    private Process worker;
    private BufferedReader from;
    private Writer to;

    @BeforeEach
    void start() throws IOException {
        scratch = Files.createDirectory(temp.resolve("scratch"));
        errors = temp.resolve("errors.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Contestants.OUR_OPTIONS);
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Djava.io.tmpdir=" + scratch, "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                DuetWorker.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.to(errors.toFile()));
        builder.environment().putAll(Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1"));
        worker = builder.start();
        from = worker.inputReader(StandardCharsets.UTF_8);
        to = worker.outputWriter(StandardCharsets.UTF_8);
    }

    @AfterEach
    void end() throws InterruptedException {
        worker.destroyForcibly().waitFor();
    }

    /** Reads what it tells until it is ready. */
    private Map<String, Group> benchmarks() throws IOException {
        Map<String, Group> benchmarks = new LinkedHashMap<>();
        for (String line = line(); !line.equals(DuetWorker.READY); line = line()) {
            String[] parts = line.split("\t");
            assertEquals(List.of(3, DuetWorker.BENCHMARK), List.of(parts.length, parts[0]), line);
            benchmarks.put(parts[2], Group.valueOf(parts[1]));
        }
        return benchmarks;
    }

    private String line() throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException("the worker ended: " + Files.readString(errors));
        }
        return line;
    }

    private void ask(String benchmark, double seconds, double slowdown) throws IOException {
        to.write(benchmark + "\n");
        to.flush();
        assertEquals(DuetWorker.WARM, line());
        to.write(benchmark + "\t" + seconds + "\t" + slowdown + "\n");
        to.flush();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.filter(file -> file.getFileName().toString().startsWith("duet")).toList();
        }
    }

    @Test
    void measuresWhatItIsAskedAndEndsWithItsInput() throws IOException, InterruptedException {
        Map<String, Group> benchmarks = benchmarks();
        for (Group group : List.of(Group.STEP, Group.LAYER, Group.LOADING, Group.PREDICTION, Group.NOTEBOOK)) {
            assertTrue(benchmarks.containsValue(group), benchmarks.toString());
        }
        assertEquals(1, left().size(), "its files lie where this test looks for what is left");
        for (Group group : List.of(Group.LAYER, Group.LOADING)) {
            String name = benchmarks.keySet().stream().filter(each -> benchmarks.get(each) == group)
                    .findFirst().orElseThrow();
            ask(name, 0.02, 0.1);
            double seconds = Double.parseDouble(line());
            assertTrue(seconds > 0 && Double.isFinite(seconds), name + ": " + seconds);
        }
        to.close();
        assertTrue(worker.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, worker.exitValue(), Files.readString(errors));
        assertEquals(List.of(), left());
        assertEquals(null, from.readLine(), "no more than was asked");
    }

    @Test
    void endsAsWellIfItsInputDoesWhileItMeasures() throws IOException, InterruptedException {
        String step = benchmarks().keySet().iterator().next();
        ask(step, 0.5, 0);
        to.close();
        assertTrue(worker.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, worker.exitValue(), Files.readString(errors));
        assertEquals(List.of(), left());
    }
}
