package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A process that measures one thing, prints an {@link Outcome}'s line and ends.
 *
 * @param name of the measurement
 * @param details known before it runs
 * @param command the program and its arguments
 * @param withoutVariables environment variables that it shall not see
 */
record Contestant(String name, Group group, Unit unit, Map<String, Double> details, List<String> command,
        Set<String> withoutVariables) {

    private static final int PATIENCE_MINUTES = 5;

    /** A contestant's process failed; the message, of one line, says how, without the contestant's name. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String message) {
            super(message);
        }
    }

    /**
     * Runs it in a fresh process.
     *
     * @throws FailedException if it cannot be started, ends with another exit code than 0, tells no outcome, or does not
     *     end
     * @throws InterruptedException if the thread is interrupted; the process is then gone
     */
    Outcome run() throws FailedException, InterruptedException {
        try {
            Path output = Files.createTempFile("benchmark", ".output");
            try {
                return run(output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new FailedException(e.getMessage());
        }
    }

    private Outcome run(Path output) throws IOException, FailedException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeAll(withoutVariables);
        Process process = builder.start();
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new FailedException("no end after " + PATIENCE_MINUTES + " minutes");
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        // not Files.readAllLines: it refuses malformed text, and a foreign library may write any
        List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
        if (process.exitValue() != 0) {
            throw new FailedException("exit code " + process.exitValue() + ", " + lastWords(lines));
        }
        String outcome = lines.stream().filter(line -> line.startsWith("{")).reduce((first, last) -> last)
                .orElseThrow(() -> new FailedException("it told no outcome, " + lastWords(lines)));
        try {
            return Outcome.parse(outcome);
        } catch (IllegalArgumentException e) {
            throw new FailedException("it told " + e.getMessage());
        }
    }

    /** The last line, or of a Java stack trace its last cause. */
    private static String lastWords(List<String> lines) {
        return lines.stream().filter(line -> !line.isBlank() && !line.matches("\\s+(at|\\.\\.\\.) .*"))
                .reduce((first, last) -> last).map(line -> "its last line: " + line.strip()).orElse("without a word");
    }
}
