package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Two processes, one for each version, that measure the same at the same time: what disturbs the machine disturbs both
 * (Bulej et al., "Duet Benchmarking", ICPE 2020).
 */
final class Duet implements AutoCloseable {

    private static final int PATIENCE_MINUTES = 5;
    /** Where a process is not pinned to a processor, BLAS would take all. */
    private static final Map<String, String> ONE_THREAD = Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1");

    /** One version. */
    enum Side {
        /** That which it was made of. */
        BASE,
        /** The changed one. */
        HEAD;

        /** In lower case, for people. */
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

        /** Whose fault it is. */
        Side side() {
            return side;
        }
    }

    /** Seconds of an operation, of both. */
    record Seconds(double base, double head) {}

    private final Voice base;
    private final Voice head;

    private Duet(Voice base, Voice head) {
        this.base = base;
        this.head = head;
    }

    /**
     * Starts both and waits until both are warm.
     *
     * @param base the command that starts the base's {@link DuetWorker}
     * @param head the head's
     */
    static Duet start(List<String> base, List<String> head) throws FailedException {
        Voice first = new Voice(Side.BASE, base);
        try {
            Voice second = new Voice(Side.HEAD, head);
            Duet duet = new Duet(first, second);
            try {
                first.awaitReady();
                second.awaitReady();
                return duet;
            } catch (FailedException e) {
                duet.close();
                throw e;
            }
        } catch (FailedException e) {
            first.close();
            throw e;
        }
    }

    /** What both can measure, with its group, in the head's order. */
    Map<String, Group> common() {
        Map<String, Group> common = new LinkedHashMap<>(head.benchmarks);
        common.keySet().retainAll(base.benchmarks.keySet());
        return common;
    }

    /** What only that side can measure. */
    List<String> only(Side side) {
        Voice here = side == Side.BASE ? base : head;
        Voice there = side == Side.BASE ? head : base;
        return here.benchmarks.keySet().stream().filter(name -> !there.benchmarks.containsKey(name)).toList();
    }

    /**
     * Lets both measure a benchmark, at once.
     *
     * @param seconds how long
     * @param slowdown of the head alone, see {@link OperationClock}
     */
    Seconds measure(String benchmark, double seconds, double slowdown) throws FailedException {
        base.ask(benchmark, seconds, 0);
        head.ask(benchmark, seconds, slowdown);
        return new Seconds(base.answer(), head.answer());
    }

    /** Ends both processes. */
    @Override
    public void close() {
        base.close();
        head.close();
    }

    private static final class Voice {

        private final Side side;
        private final Process process;
        private final BufferedReader from;
        private final BufferedWriter to;
        private final Map<String, Group> benchmarks = new LinkedHashMap<>();

        Voice(Side side, List<String> command) throws FailedException {
            this.side = side;
            try {
                ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
                builder.environment().keySet().removeAll(Contestants.OWN_KERNELS);
                builder.environment().putAll(ONE_THREAD);
                process = builder.start();
            } catch (IOException e) {
                throw new FailedException(side, e.getMessage());
            }
            from = process.inputReader(StandardCharsets.UTF_8);
            to = process.outputWriter(StandardCharsets.UTF_8);
            CompletableFuture.delayedExecutor(PATIENCE_MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
        }

        void awaitReady() throws FailedException {
            for (String line = line(); !line.equals(DuetWorker.READY); line = line()) {
                String[] parts = line.split("\t", 3);
                if (parts.length != 3 || !parts[0].equals(DuetWorker.BENCHMARK)) {
                    throw new FailedException(side, "told '" + line + "', expected its benchmarks");
                }
                benchmarks.put(parts[2], Group.valueOf(parts[1]));
            }
        }

        void ask(String benchmark, double seconds, double slowdown) throws FailedException {
            try {
                to.write(benchmark + "\t" + seconds + "\t" + slowdown + "\n");
                to.flush();
            } catch (IOException e) {
                throw new FailedException(side, "its process ended early");
            }
        }

        double answer() throws FailedException {
            String line = line();
            try {
                return Double.parseDouble(line);
            } catch (NumberFormatException e) {
                throw new FailedException(side, "told '" + line + "', expected seconds");
            }
        }

        private String line() throws FailedException {
            try {
                String line = from.readLine();
                if (line == null) {
                    throw new FailedException(side, "its process ended early");
                }
                return line;
            } catch (IOException e) {
                throw new FailedException(side, "its process ended early");
            }
        }

        void close() {
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
