package io.github.backprop4j.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One figure over the commits, drawn as SVG: a dot for each, the levels of its stretches, and marks where it changed.
 * Beneath is a strip whose colour is the machine's.
 *
 * @param title what is drawn, with its unit
 * @param text the same for who cannot see it
 * @param commits on the horizontal axis, at least 1
 * @param from the day of the first
 * @param to the day of the last
 * @param machines number of the machine of each commit, from 0
 * @param dots at least one
 */
public record HistoryChart(String title, String text, int commits, String from, String to, List<Integer> machines,
        List<Dot> dots, List<Level> levels, List<Mark> marks) {

    /** Machines with colours of their own; further ones share the last. */
    static final int COLOURS = 5;

    private static final double WIDTH = 460;
    private static final double HEIGHT = 240;
    private static final double LEFT = 58;
    private static final double RIGHT = 14;
    private static final double TOP = 26;
    private static final double BOTTOM = 44;
    private static final double STRIP = 5;
    private static final double LABEL_ROOM = 100;

    /** The axis goes at least so far to each side of the middle, so that noise does not fill the chart. */
    private static final double MARGIN = 0.05;

    /**
     * A commit's value.
     *
     * @param commit from 0
     * @param pale whether it is less to be trusted
     * @param text told when the pointer is on it
     */
    public record Dot(int commit, double value, int machine, boolean pale, String text) {}

    /** The median of a stretch, from its first commit to its last. */
    public record Level(int from, int to, double value, int machine) {}

    /** What happened at a commit. */
    public enum Kind { FASTER, SLOWER, MACHINE }

    /**
     * A line across the chart just before a commit.
     *
     * @param label beside it
     * @param text told when the pointer is on it
     */
    public record Mark(int commit, Kind kind, String label, String text) {}

    void write(Html page) {
        DoubleStream around = levels.stream().mapToDouble(Level::value)
                .flatMap(level -> DoubleStream.of(level * (1 - MARGIN), level * (1 + MARGIN)));
        double[] values = DoubleStream.concat(dots.stream().mapToDouble(Dot::value), around).sorted().toArray();
        Axis y = Axis.of(values[0], values[values.length - 1], 5, HEIGHT - TOP - BOTTOM);
        page.open("figure", "class", "chart").element("figcaption", title);
        page.open("svg", "viewBox", Figures.format("0 0 %.0f %.0f", WIDTH, HEIGHT), "role", "img", "aria-label", text);
        writeAxes(page, y);
        writeStrip(page);
        marks.forEach(mark -> writeMark(page, mark));
        for (Level level : levels) {
            double half = level.from == level.to ? 3 : 0;
            String at = rounded(y(y, level.value));
            page.open("line", "class", "level " + colour(level.machine), "x1", rounded(x(level.from) - half),
                    "x2", rounded(x(level.to) + half), "y1", at, "y2", at).close();
        }
        for (Dot dot : dots) {
            page.open("circle", "class", "dot " + colour(dot.machine) + (dot.pale ? " pale" : ""),
                    "cx", rounded(x(dot.commit)), "cy", rounded(y(y, dot.value)), "r", 2.5)
                    .element("title", dot.text).closeLine();
        }
        page.closeLine().closeLine();
    }

    private void writeAxes(Html page, Axis y) {
        for (double tick : y.ticks()) {
            double at = y(y, tick);
            page.open("line", "class", "grid", "x1", LEFT, "x2", WIDTH - RIGHT, "y1", rounded(at), "y2", rounded(at))
                    .close();
            page.element("text", y.label(tick), "class", "tick end", "x", LEFT - 8, "y", rounded(at + 4));
        }
        page.element("text", from, "class", "tick", "x", LEFT, "y", HEIGHT - 12);
        if (!to.equals(from)) {
            page.element("text", to, "class", "tick end", "x", WIDTH - RIGHT, "y", HEIGHT - 12);
        }
    }

    /** A piece for each run of commits on one machine. */
    private void writeStrip(Html page) {
        double half = step() / 2;
        for (int from = 0; from < commits;) {
            int to = from + 1;
            while (to < commits && machines.get(to).equals(machines.get(from))) {
                to++;
            }
            page.open("rect", "class", "strip " + colour(machines.get(from)), "x", rounded(x(from) - half),
                    "y", HEIGHT - BOTTOM + 6, "width", rounded((to - from) * step()), "height", STRIP)
                    .element("title", "machine " + (machines.get(from) + 1)).closeLine();
            from = to;
        }
    }

    /** The label is on that side of the line where there is room. */
    private void writeMark(Html page, Mark mark) {
        double at = x(mark.commit) - step() / 2;
        boolean right = at < WIDTH - LABEL_ROOM;
        boolean machine = mark.kind == Kind.MACHINE;
        page.open("g", "class", "change " + mark.kind.name().toLowerCase(Locale.ROOT)).element("title", mark.text);
        page.open("line", "x1", rounded(at), "x2", rounded(at), "y1", machine ? TOP : TOP - 14, "y2", HEIGHT - BOTTOM + 6)
                .close();
        page.element("text", mark.label, "class", right ? "" : "end", "x", rounded(at + (right ? 4 : -4)),
                "y", machine ? HEIGHT - BOTTOM - 5 : TOP - 4);
        page.closeLine();
    }

    static String colour(int machine) {
        return "m" + Math.min(machine, COLOURS - 1);
    }

    private double step() {
        return (WIDTH - LEFT - RIGHT) / commits;
    }

    private double x(int commit) {
        return LEFT + (commit + 0.5) * step();
    }

    private static double y(Axis y, double value) {
        return HEIGHT - BOTTOM - y.at(value);
    }

    private static String rounded(double value) {
        return Figures.format("%.1f", value);
    }
}
