package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A working copy of this library, which measures itself.
 *
 * @param script its scripts/benchmark
 */
record Checkout(Path script) {

    /** Returns the one in a folder, if there is one. */
    static Optional<Checkout> of(Path folder) {
        Path script = folder.resolve("scripts/benchmark").toAbsolutePath();
        return Files.isExecutable(script) ? Optional.of(new Checkout(script)) : Optional.empty();
    }

    /** Returns whether it knows of comparisons. */
    boolean takesPart() {
        try {
            return Files.readString(script).contains("worker)");
        } catch (IOException e) {
            // no script of ours can be read by nobody
            return false;
        }
    }

    /** Returns a command of its script. */
    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Compiles it, where it has changed.
     *
     * @param side what to call it
     */
    void build(Duet.Side side) throws IOException, InterruptedException, Duet.FailedException {
        if (!run("--help")) {
            throw new Duet.FailedException(side, "its scripts/benchmark failed");
        }
    }

    /** Runs its script, which ends when this process does, and returns whether it ended well. */
    boolean run(String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(arguments)).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread atExit = new Thread(() -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        Runtime.getRuntime().addShutdownHook(atExit);
        int exitCode = process.waitFor();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // it is running, and has ended the process
        }
        return exitCode == 0;
    }
}
