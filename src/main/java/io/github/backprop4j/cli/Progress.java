package io.github.backprop4j.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * A bar on standard error for long work, with its speed and the time left; nothing at all where that is no terminal,
 * which the launcher finds out and tells by the system property {@value #TERMINAL}.
 */
final class Progress implements AutoCloseable {

    static final String TERMINAL = "backprop4j.terminal";
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Console console;
    private final Supplier<ProgressBar> start;
    private ProgressBar bar;

    /**
     * Makes a bar for work that begins at its beginning; see {@link #Progress(Console, String, String, long, long)}.
     */
    Progress(Console console, String task, String unit, long total) {
        this(console, task, unit, total, 0);
    }

    /**
     * Makes a bar, which is not shown before something is done: what is logged when work begins has its line for itself.
     *
     * @param console on whose standard error it is shown
     * @param task shown before the bar
     * @param unit of which the bar counts
     * @param total units of the work
     * @param done units of it that were done before, which say nothing about the speed
     */
    Progress(Console console, String task, String unit, long total, long done) {
        this.console = console;
        start = () -> new ProgressBarBuilder().setTaskName(task).setInitialMax(total).startsFrom(done, Duration.ZERO)
                .setUpdateIntervalMillis(200).setRenderer(new ProgressLine(unit))
                .setConsumer(new DelegatingProgressBarConsumer(line -> console.err().print(ERASE_LINE + line)))
                .build();
    }

    /** Returns the bar, if there is a terminal to show it. */
    private synchronized Optional<ProgressBar> started() {
        if (bar == null && Boolean.getBoolean(TERMINAL)) {
            bar = start.get();
        }
        return Optional.ofNullable(bar);
    }

    /** May be called from any thread. */
    void advance(long units) {
        started().ifPresent(shown -> shown.stepBy(units));
    }

    /** Shows something behind the bar. */
    void tell(String message) {
        started().ifPresent(shown -> shown.setExtraMessage(message));
    }

    /** Prints a line of results on standard output, above the bar. */
    synchronized void print(String line) throws IOException {
        erase();
        console.print(line);
    }

    /** Makes room for a line on standard error; the bar comes back with the next of its updates. */
    synchronized void erase() {
        if (bar != null) {
            console.err().print(ERASE_LINE);
        }
    }

    /** Sets how much of the work is done. */
    void moveTo(long steps) {
        started().ifPresent(shown -> shown.stepTo(steps));
    }

    /** Removes the bar, so that what is printed next takes its line. */
    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            console.err().print(ERASE_LINE);
        }
    }
}
