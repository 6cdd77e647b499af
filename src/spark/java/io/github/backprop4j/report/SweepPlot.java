package io.github.backprop4j.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Plots what came of a sweep's settings: the validation accuracy of each, in a row of its own. */
public final class SweepPlot {

    /** The most that labels take. */
    private static final int LABELS = 640;
    private static final int AXIS = 640;
    /** Behind the axis, for numbers. */
    private static final int NUMBERS = 340;
    private static final int MARGIN = 30;
    private static final int ROW = 36;
    private static final int HEAD = 60;
    private static final int FOOT = 90;
    private static final int FONT_SIZE = 20;
    private static final int TICKS = 6;
    private static final double RADIUS = 7;
    private static final int MAX_ROWS = 100;

    // of Okabe and Ito's palette, which the colour-blind tell apart
    private static final Color FINISHED = new Color(0x0072B2);
    private static final Color FAILED = new Color(0xB34700);
    private static final Color GRID = new Color(0xD8D8D8);

    private SweepPlot() {}

    /**
     * Draws the rows from the top down: a filled circle for a training that came to its end, an empty one, with its epochs,
     * for one that did not, and the reason for one that failed.
     *
     * @param png replaced if it exists
     * @param names of the settings that are varied
     * @param rows sorted; of many the first hundred are drawn
     * @throws IllegalArgumentException if there is no row
     * @throws IOException if the file cannot be written, or this machine has no fonts
     */
    public static void write(Path png, List<String> names, List<SweepRow> rows) throws IOException {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("sweep plot: no rows, expected at least one");
        }
        Canvas.write(png, () -> draw(names, rows));
    }

    private static Canvas draw(List<String> names, List<SweepRow> rows) {
        List<SweepRow> shown = rows.subList(0, Math.min(MAX_ROWS, rows.size()));
        Font font = Canvas.font(FONT_SIZE);
        List<String> labels = Canvas.shorten(shown.stream().map(row -> label(names, row)).toList(), font, LABELS);
        int left = 2 * MARGIN + (int) Math.ceil(Canvas.width(labels, font));
        int bottom = HEAD + shown.size() * ROW;
        Canvas canvas = new Canvas(left + AXIS + NUMBERS, bottom + FOOT);
        DoubleSummaryStatistics accuracies = shown.stream().filter(row -> row.bestEpoch() > 0)
                .mapToDouble(SweepRow::accuracy).summaryStatistics();
        Axis axis = accuracies.getCount() == 0 ? Axis.of(0, 1, TICKS, AXIS)
                : Axis.of(accuracies.getMin(), accuracies.getMax(), TICKS, AXIS);
        canvas.text(title(shown.size(), rows.size()), font, left + AXIS / 2.0, HEAD / 2.0, 0.5, Canvas.INK);
        for (double tick : axis.ticks()) {
            int x = left + (int) Math.round(axis.at(tick));
            canvas.fill(x, HEAD, 1, bottom - HEAD, GRID);
            canvas.text(axis.label(tick), font, x, bottom + 0.9 * FONT_SIZE, 0.5, Canvas.INK);
        }
        for (int i = 0; i < shown.size(); i++) {
            int y = HEAD + i * ROW + ROW / 2;
            canvas.text(labels.get(i), font, left - 0.5 * MARGIN, y, 1, Canvas.INK);
            drawRow(canvas, shown.get(i), axis, left, y, font);
        }
        canvas.frame(left, HEAD, AXIS, bottom - HEAD, Canvas.INK);
        canvas.text("validation accuracy of the epoch with the lowest validation loss", font, left + AXIS / 2.0,
                bottom + 2.6 * FONT_SIZE, 0.5, Canvas.INK);
        return canvas;
    }

    private static String title(int shown, int all) {
        return shown == all ? Figures.count(all, "setting", "settings") : "The best " + shown + " of " + all + " settings";
    }

    private static String label(List<String> names, SweepRow row) {
        List<String> parts = new ArrayList<>();
        IntStream.range(0, names.size()).forEach(i -> parts.add(names.get(i) + " " + row.values().get(i)));
        return parts.stream().collect(Collectors.joining(", ", row.number() + ": ", ""));
    }

    private static void drawRow(Canvas canvas, SweepRow row, Axis axis, int left, int y, Font font) {
        if (row.bestEpoch() == 0) {
            // without the lines of the grid
            canvas.fill(left, y - ROW / 2, AXIS, ROW, Color.WHITE);
            String text = row.reason().isEmpty() ? row.status().toString() : row.status() + ": " + row.reason();
            canvas.text(Canvas.shorten(text, font, AXIS - 0.5 * MARGIN), font, left + 0.3 * MARGIN, y, 0,
                    row.status() == SweepRow.Status.FAILED ? FAILED : Canvas.INK);
            return;
        }
        double x = left + axis.at(row.accuracy());
        Ellipse2D circle = new Ellipse2D.Double(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
        canvas.fill(left, y, AXIS, 1, GRID);
        canvas.graphics().setColor(row.status() == SweepRow.Status.FINISHED ? FINISHED : Color.WHITE);
        canvas.graphics().fill(circle);
        canvas.graphics().setColor(FINISHED);
        canvas.graphics().setStroke(new BasicStroke(2));
        canvas.graphics().draw(circle);
        String text = Figures.format("%.4f", row.accuracy()) + (row.status() == SweepRow.Status.FINISHED ? ""
                : " " + row.status() + " after " + Figures.count(row.epochs(), "epoch", "epochs"));
        canvas.text(text, font, left + AXIS + 0.5 * MARGIN, y, 0, Canvas.INK);
    }
}
