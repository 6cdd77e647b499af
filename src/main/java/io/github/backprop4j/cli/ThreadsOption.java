package io.github.backprop4j.cli;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.parallel.Workers;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The option {@code --threads} of every command that computes on several. */
final class ThreadsOption {

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads to compute with; the results are the same to the bit for any number. Default: one for each"
                    + " processor, here ${DEFAULT-VALUE}, and no more than that.",
            showDefaultValue = Visibility.NEVER)
    private int threads = Runtime.getRuntime().availableProcessors();

    /**
     * Returns the number of threads, but no more than there are processors: each has a workspace, and more would be no
     * faster.
     */
    int count() {
        return Math.min(Ranges.requireAtLeast(1, "--threads", threads), Runtime.getRuntime().availableProcessors());
    }

    /** Says so if there are to be more threads than processors. */
    void tellIfFewer(Console console) {
        if (count() < threads) {
            console.tell("--threads: " + threads + ", but there are " + count() + " processors; computing with " + count());
        }
    }

    /** Starts the threads; the caller closes them. */
    Workers workers() {
        return new Workers(count());
    }
}
