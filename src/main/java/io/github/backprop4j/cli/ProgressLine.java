package io.github.backprop4j.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/**
 * The line of a progress bar: {@code Training  45% [====>     ] epoch 3 of 8, loss 0.8612, 0:20 left, 5463 images/s}. Where
 * that is too much for the terminal it leaves out the speed, and then the time left; the bar takes what room there is.
 *
 * @param unit of which the bar counts
 */
record ProgressLine(String unit) implements ProgressBarRenderer {

    private static final int LEAST_BAR = 10;
    private static final int MOST_BAR = 40;

    @Override
    public String render(ProgressState state, int width) {
        return line(state.getTaskName(), state.getNormalizedProgress(), state.getExtraMessage(), times(state), width);
    }

    /** Returns the time left and the speed, in that order; nothing before there is any. */
    private List<String> times(ProgressState state) {
        double seconds = state.getElapsedAfterStart().toMillis() / 1000.0;
        long done = state.getCurrent() - state.getStart();
        if (done <= 0 || seconds <= 0) {
            return List.of();
        }
        Duration left = Duration.ofSeconds(Math.round((state.getMax() - state.getCurrent()) * seconds / done));
        String clock = left.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", left.toMinutes(), left.toSecondsPart());
        return List.of(clock + " left", String.format(Locale.ROOT, "%.0f %s/s", done / seconds, unit));
    }

    /**
     * Returns a line.
     *
     * @param share of the work that is done, in [0, 1]
     * @param message the most important of what stands behind the bar
     * @param others from the more important to the less
     * @param width in characters, which the line has at most
     */
    static String line(String task, double share, String message, List<String> others, int width) {
        String head = task + String.format(Locale.ROOT, " %3d%% ", (int) (100 * share));
        List<String> tail = new ArrayList<>(others);
        if (!message.isEmpty()) {
            tail.add(0, message);
        }
        while (tail.size() > 1 && room(head, tail, width) < LEAST_BAR) {
            tail.remove(tail.size() - 1);
        }
        int bar = Math.max(LEAST_BAR, Math.min(MOST_BAR, room(head, tail, width)));
        int done = (int) (bar * share);
        String line = head + "[" + "=".repeat(done) + (done < bar ? ">" + " ".repeat(bar - done - 1) : "") + "]"
                + joined(tail);
        return line.substring(0, Math.min(width, line.length()));
    }

    /** Returns how many characters are left for the bar between its brackets. */
    private static int room(String head, List<String> tail, int width) {
        return width - head.length() - "[]".length() - joined(tail).length();
    }

    private static String joined(List<String> tail) {
        return tail.isEmpty() ? "" : tail.stream().collect(Collectors.joining(", ", " ", ""));
    }
}
