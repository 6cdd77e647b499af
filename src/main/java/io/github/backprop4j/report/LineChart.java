package io.github.backprop4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Lines over the epochs of a training, drawn as SVG with the name of each at its end.
 *
 * @param title what is drawn, with its unit
 * @param epochs to which the horizontal axis goes
 * @param fromZero whether the vertical axis begins at 0
 * @param value how a number is written behind a line's name
 * @param isShare whether the vertical axis is of shares, in hundredths
 * @param lines of which those without any finite number are left out
 */
record LineChart(String title, double epochs, boolean fromZero, DoubleFunction<String> value,
        boolean isShare, List<Line> lines) {

    private static final double WIDTH = 460;
    private static final double HEIGHT = 270;
    private static final double LEFT = 54;
    private static final double RIGHT = 108;
    private static final double TOP = 16;
    private static final double BOTTOM = 44;
    private static final double LABEL_HEIGHT = 36;
    private static final double LABEL_GAP = 13;

    /** The most points of a line; of more, as many are left out evenly. */
    private static final int MAX_POINTS = 500;

    /** The most points that are marked; more would hide their line. */
    private static final int MAX_MARKED = 40;

    /**
     * A point of a line.
     *
     * @param x in epochs
     * @param y left out if it is not finite; the line goes on at the next
     */
    record Point(double x, double y) {}

    /**
     * A line.
     *
     * @param kind its class in the style sheet, which has its colour
     * @param marked whether its points show
     * @param ringed the x of the point with a ring around it; NaN for none
     */
    record Line(String name, String kind, List<Point> points, boolean marked, double ringed) {

        private List<Point> drawn() {
            int every = (points.size() - 1) / MAX_POINTS + 1;
            List<Point> drawn = new ArrayList<>();
            for (int i = 0; i < points.size(); i++) {
                if (i % every == 0 || i == points.size() - 1) {
                    drawn.add(points.get(i));
                }
            }
            return drawn.stream().filter(point -> Double.isFinite(point.y)).toList();
        }
    }

    /** A line's name at the height where there is room for it. */
    private record Label(Line line, Point last, double at) {}

    void write(Html page) {
        List<Line> shown = lines.stream().filter(line -> !line.drawn().isEmpty()).toList();
        page.open("figure", "class", "chart").element("figcaption", title);
        if (shown.isEmpty()) {
            page.element("p", "No numbers yet.").closeLine();
            return;
        }
        Axis x = Axis.whole(epochs, 6, WIDTH - LEFT - RIGHT);
        double[] all = shown.stream().flatMap(line -> line.drawn().stream()).mapToDouble(Point::y).toArray();
        double least = DoubleStream.of(all).min().getAsDouble();
        double most = DoubleStream.of(all).max().getAsDouble();
        Axis y = Axis.of(fromZero ? Math.min(0, least) : least, most, 5, HEIGHT - TOP - BOTTOM);
        page.open("svg", "viewBox", Figures.format("0 0 %.0f %.0f", WIDTH, HEIGHT), "role", "img",
                "aria-label", description(shown));
        writeAxes(page, x, y);
        shown.forEach(line -> writeLine(page, line, x, y));
        labels(shown, y).forEach(label -> writeLabel(page, label, LEFT + x.at(label.last.x) + LABEL_GAP));
        page.closeLine().closeLine();
    }

    private String description(List<Line> shown) {
        StringBuilder text = new StringBuilder(title + " over the epochs.");
        for (Line line : shown) {
            List<Point> points = line.drawn();
            text.append(' ').append(line.name).append(": from ").append(value.apply(points.get(0).y)).append(" to ")
                    .append(value.apply(points.get(points.size() - 1).y)).append('.');
        }
        return text.toString();
    }

    private void writeAxes(Html page, Axis x, Axis y) {
        for (double tick : y.ticks()) {
            double at = HEIGHT - BOTTOM - y.at(tick);
            page.open("line", "class", "grid", "x1", LEFT, "x2", WIDTH - RIGHT, "y1", rounded(at), "y2", rounded(at))
                    .close();
            page.element("text", isShare ? percent(y, tick) : y.label(tick), "class", "tick end", "x", LEFT - 8,
                    "y", rounded(at + 4));
        }
        for (double tick : x.ticks()) {
            page.element("text", x.label(tick), "class", "tick middle", "x", rounded(LEFT + x.at(tick)),
                    "y", HEIGHT - BOTTOM + 18);
        }
        page.element("text", "epoch", "class", "tick middle", "x", rounded(LEFT + x.length() / 2), "y", HEIGHT - 6);
    }

    private static String percent(Axis y, double tick) {
        return new Axis(100 * y.from(), 100 * y.step(), y.count(), y.length()).label(100 * tick) + " %";
    }

    private static void writeLine(Html page, Line line, Axis x, Axis y) {
        List<Point> points = line.drawn();
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? "" : " ").append(rounded(LEFT + x.at(point.x))).append(',')
                    .append(rounded(HEIGHT - BOTTOM - y.at(point.y)));
        }
        page.open("polyline", "class", "line " + line.kind, "points", path).close();
        if (line.marked && points.size() <= MAX_MARKED) {
            points.forEach(point -> writeCircle(page, "mark " + line.kind, point, 3, x, y));
        }
        line.points.stream().filter(point -> point.x == line.ringed && Double.isFinite(point.y))
                .forEach(point -> writeCircle(page, "ring " + line.kind, point, 7, x, y));
    }

    private static void writeCircle(Html page, String kind, Point point, double radius, Axis x, Axis y) {
        page.open("circle", "class", kind, "cx", rounded(LEFT + x.at(point.x)),
                "cy", rounded(HEIGHT - BOTTOM - y.at(point.y)), "r", rounded(radius)).close();
    }

    /** From the top down, none over another. */
    private static List<Label> labels(List<Line> shown, Axis y) {
        List<Label> labels = new ArrayList<>();
        List<Label> wanted = shown.stream().filter(line -> !line.name.isEmpty()).map(line -> {
            List<Point> points = line.drawn();
            Point last = points.get(points.size() - 1);
            return new Label(line, last, HEIGHT - BOTTOM - y.at(last.y));
        }).sorted(Comparator.comparingDouble(Label::at)).toList();
        double free = TOP;
        for (int i = 0; i < wanted.size(); i++) {
            Label label = wanted.get(i);
            double most = HEIGHT - BOTTOM - LABEL_HEIGHT * (wanted.size() - 1 - i);
            double room = i + 1 < wanted.size() ? wanted.get(i + 1).at - label.at : Double.POSITIVE_INFINITY;
            double up = room < LABEL_HEIGHT ? (LABEL_HEIGHT - room) / 2 : 0;
            double at = Math.max(free, Math.min(most, label.at - up));
            labels.add(new Label(label.line, label.last, at));
            free = at + LABEL_HEIGHT;
        }
        return labels;
    }

    private void writeLabel(Html page, Label label, double x) {
        page.open("text", "class", "label " + label.line.kind, "x", rounded(x), "y", rounded(label.at));
        page.text(label.line.name);
        page.open("tspan", "x", rounded(x), "dy", "1.15em").text(value.apply(label.last.y)).close().close();
    }

    private static String rounded(double value) {
        return Figures.format("%.1f", value);
    }
}
