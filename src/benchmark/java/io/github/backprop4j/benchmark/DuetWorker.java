package io.github.backprop4j.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.io.FileUtils;

/**
 * One side of a {@link Duet}: a process that prepares all benchmarks, tells them, and then warms and measures what it is
 * asked to until its input ends. Versions of this library talk to each other by it, so the lines are to stay as they are:
 *
 * <pre>{@code
 * benchmark<tab>GROUP<tab>NAME       for each
 * ready
 *                                    NAME    is asked
 * warm                               is answered, when it has been repeated for a while
 *                                    NAME<tab>SECONDS<tab>SLOWDOWN    is asked
 * 0.00123                            is answered: seconds of the processor's time that an operation takes
 * }</pre>
 */
final class DuetWorker {

    /** Before a line that tells of a benchmark. */
    static final String BENCHMARK = "benchmark";
    /** The line after them. */
    static final String READY = "ready";
    /** The answer to a name alone. */
    static final String WARM = "warm";

    /** In seconds; operations that take long have their own bounds. */
    private static final double WARM_UP = 0.05;

    private DuetWorker() {}

    /** @param arguments none */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        // what libraries print is no answer
        System.setOut(System.err);
        Path scratch = Files.createTempDirectory("duet");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(scratch.toFile())));
        // also if this process is busy in a benchmark that does not end
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(1)));
        int exitCode = 0;
        try {
            serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out, scratch);
        } catch (IOException | RuntimeException e) {
            System.err.println("benchmark worker: " + String.valueOf(e.getMessage()).replaceAll("\\R\\s*", " "));
            exitCode = 1;
        }
        // trainings are still waiting
        System.exit(exitCode);
    }

    private static void serve(BufferedReader in, PrintStream out, Path scratch) throws IOException {
        Map<String, DuetBenchmark> benchmarks = new LinkedHashMap<>();
        for (DuetBenchmark each : DuetBenchmark.all(scratch)) {
            benchmarks.put(each.name(), each);
            out.println(String.join("\t", BENCHMARK, each.group().name(), each.name()));
        }
        out.println(READY);
        out.flush();
        OperationClock clock = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] asked = line.split("\t");
            if (asked.length == 1) {
                clock = new OperationClock(benchmarks.get(asked[0]).operation(), WARM_UP);
                out.println(WARM);
            } else {
                out.println(clock.measure(Double.parseDouble(asked[1]), Double.parseDouble(asked[2])));
            }
            out.flush();
        }
    }
}
