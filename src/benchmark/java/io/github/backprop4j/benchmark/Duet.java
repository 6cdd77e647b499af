package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Two processes, one for each version, that measure the same at the same time: what disturbs the machine disturbs both
 * (Bulej et al., "Duet Benchmarking", ICPE 2020).
 */
final class Duet implements AutoCloseable {

    /** For all that a process has to do. */
    private static final int PATIENCE_MINUTES = 5;
    private static final int SECONDS_TO_END = 10;
    /** Where a process is not pinned to a processor, BLAS would take all. */
    private static final Map<String, String> ONE_THREAD = Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1");

    /** One version. */
    enum Side {
        /** That which the other was made of. */
        BASE,
        /** The changed one. */
        HEAD;

        /** Returns the name in lower case, for people. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A side's process cannot be started, ended early or told nonsense; the message says so in one line. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        private final Side side;

        FailedException(Side side, String message) {
            super(side + ": " + message);
            this.side = side;
        }

        /** Returns whose process failed. */
        Side side() {
            return side;
        }
    }

    /** Seconds of an operation, of both. */
    record Seconds(double base, double head) {}

    private final Worker base;
    private final Worker head;

    private Duet(Worker base, Worker head) {
        this.base = base;
        this.head = head;
    }

    /**
     * Starts both and waits until both are ready.
     *
     * @param base the command that starts the base's {@link DuetWorker}
     * @param head the head's
     * @throws FailedException if one fails; if both do, of the head
     */
    static Duet start(List<String> base, List<String> head) throws FailedException {
        Duet duet = new Duet(new Worker(Side.BASE, base), new Worker(Side.HEAD, head));
        // first the head, here and in what follows: if both fail, the base's failure would excuse it
        for (Worker each : List.of(duet.base, duet.head)) {
            each.awaitReady();
        }
        for (Worker each : List.of(duet.head, duet.base)) {
            if (each.failure.isPresent()) {
                duet.close();
                throw each.failure.get();
            }
        }
        return duet;
    }

    /** Returns what both can measure, with its group, in the head's order. */
    Map<String, Group> common() {
        Map<String, Group> common = new LinkedHashMap<>(head.benchmarks);
        common.keySet().retainAll(base.benchmarks.keySet());
        return common;
    }

    /** Returns what only one of them can measure. */
    List<String> uncommon() {
        Map<String, Group> all = new LinkedHashMap<>(base.benchmarks);
        all.putAll(head.benchmarks);
        all.keySet().removeAll(common().keySet());
        return List.copyOf(all.keySet());
    }

    /** Lets both repeat a benchmark until it is warm; the same is to be measured next. */
    void warmUp(String benchmark) throws FailedException {
        head.ask(benchmark);
        base.ask(benchmark);
        head.awaitWarm();
        base.awaitWarm();
    }

    /**
     * Lets both measure a benchmark, at once.
     *
     * @param seconds how long
     * @param slowdown of the head alone, see {@link OperationClock}
     */
    Seconds measure(String benchmark, double seconds, double slowdown) throws FailedException {
        head.ask(benchmark + "\t" + seconds + "\t" + slowdown);
        base.ask(benchmark + "\t" + seconds + "\t" + 0);
        double ofHead = head.answer();
        return new Seconds(base.answer(), ofHead);
    }

    /** Ends both processes. */
    @Override
    public void close() {
        base.end();
        head.end();
        base.awaitEnd();
        head.awaitEnd();
    }

    private static final class Worker {

        private final Side side;
        private final Map<String, Group> benchmarks = new LinkedHashMap<>();
        private Optional<FailedException> failure = Optional.empty();
        private Process process;
        private BufferedReader from;
        private BufferedWriter to;
        private volatile boolean late;

        Worker(Side side, List<String> command) {
            this.side = side;
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().keySet().removeAll(Contestants.OWN_KERNELS);
            builder.environment().putAll(ONE_THREAD);
            try {
                process = builder.start();
            } catch (IOException e) {
                failure = Optional.of(new FailedException(side, e.getMessage()));
                return;
            }
            from = process.inputReader(StandardCharsets.UTF_8);
            to = process.outputWriter(StandardCharsets.UTF_8);
            CompletableFuture.delayedExecutor(PATIENCE_MINUTES, TimeUnit.MINUTES).execute(() -> {
                late = true;
                process.destroyForcibly();
            });
        }

        void awaitReady() {
            if (failure.isPresent()) {
                return;
            }
            try {
                for (String line = line(); !line.equals(DuetWorker.READY); line = line()) {
                    String[] parts = line.split("\t", 3);
                    if (parts.length != 3 || !parts[0].equals(DuetWorker.BENCHMARK)) {
                        throw new FailedException(side, "told '" + line + "', expected its benchmarks");
                    }
                    benchmarks.put(parts[2], group(parts[1]));
                }
            } catch (FailedException e) {
                failure = Optional.of(e);
            }
        }

        /** Another version may have groups that this one does not know; their benchmarks are not common ones. */
        private static Group group(String name) {
            return Arrays.stream(Group.values()).filter(each -> each.name().equals(name)).findFirst().orElse(Group.LAYER);
        }

        void ask(String question) throws FailedException {
            try {
                to.write(question + "\n");
                to.flush();
            } catch (IOException e) {
                throw ended();
            }
        }

        void awaitWarm() throws FailedException {
            String line = line();
            if (!line.equals(DuetWorker.WARM)) {
                throw new FailedException(side, "told '" + line + "', expected " + DuetWorker.WARM);
            }
        }

        double answer() throws FailedException {
            String line = line();
            try {
                double seconds = Double.parseDouble(line);
                if (seconds > 0 && Double.isFinite(seconds)) {
                    return seconds;
                }
            } catch (NumberFormatException e) {
                // as any other nonsense
            }
            throw new FailedException(side, "told '" + line + "', expected seconds, more than 0");
        }

        private String line() throws FailedException {
            try {
                String line = from.readLine();
                if (line != null) {
                    return line;
                }
            } catch (IOException e) {
                // as if it had ended, which it has
            }
            throw ended();
        }

        private FailedException ended() {
            return new FailedException(side, late
                    ? "its process took more than " + PATIENCE_MINUTES + " minutes" : "its process ended early");
        }

        /** Lets it tidy up. */
        void end() {
            if (process != null) {
                try {
                    to.close();
                } catch (IOException e) {
                    // it has ended
                }
            }
        }

        void awaitEnd() {
            if (process == null) {
                return;
            }
            try {
                if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                    process.destroy();
                }
                if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
