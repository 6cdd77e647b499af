package io.github.backprop4j.cli;

import java.io.IOException;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar on standard error for long work, with its speed and the time left; nothing at all where that is no terminal,
 * which the launcher finds out and tells by the system property {@value #TERMINAL}.
 */
final class Progress implements AutoCloseable {

    static final String TERMINAL = "backprop4j.terminal";
    private static final String TO_LINE_START = "\r";
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Console console;
    private final ProgressBar bar;

    /**
     * @param console on whose standard error it is shown
     * @param task shown before the bar
     * @param unit of which the bar counts
     * @param total units of the work
     */
    Progress(Console console, String task, String unit, long total) {
        this.console = console;
        bar = Boolean.getBoolean(TERMINAL)
                ? new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setUpdateIntervalMillis(200)
                        .setStyle(ProgressBarStyle.ASCII).setUnit(" " + unit, 1).showSpeed()
                        .setConsumer(new DelegatingProgressBarConsumer(line -> console.err().print(TO_LINE_START + line)))
                        .build()
                : null;
    }

    /** May be called from any thread. */
    void advance(long units) {
        if (bar != null) {
            bar.stepBy(units);
        }
    }

    /** Shows something behind the bar. */
    void tell(String message) {
        if (bar != null) {
            bar.setExtraMessage(" " + message);
        }
    }

    /** Prints a line of results on standard output, above the bar. */
    void print(String line) throws IOException {
        if (bar != null) {
            console.err().print(ERASE_LINE);
        }
        console.print(line);
    }

    /** Sets how much of the work is done. */
    void moveTo(long steps) {
        if (bar != null) {
            bar.stepTo(steps);
        }
    }

    /** Removes the bar, so that what is printed next takes its line. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            console.err().print(ERASE_LINE);
        }
    }
}
