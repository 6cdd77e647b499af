package io.github.backprop4j.cli;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar on standard error for long work; nothing at all where that is no terminal, which the launcher finds out and
 * tells by the system property {@value #TERMINAL}.
 */
final class Progress implements AutoCloseable {

    private static final String TERMINAL = "backprop4j.terminal";
    private static final String TO_LINE_START = "\r";
    private static final String ERASE_LINE = "\r\u001b[K";

    private final ProgressBar bar;

    /**
     * @param task shown before the bar
     * @param total steps of the work
     */
    Progress(String task, long total) {
        bar = Boolean.getBoolean(TERMINAL)
                ? new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setUpdateIntervalMillis(200)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setConsumer(new DelegatingProgressBarConsumer(line -> System.err.print(TO_LINE_START + line)))
                        .build()
                : null;
    }

    /** May be called from any thread. */
    void advance(int steps) {
        if (bar != null) {
            bar.stepBy(steps);
        }
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
            System.err.print(ERASE_LINE);
        }
    }
}
