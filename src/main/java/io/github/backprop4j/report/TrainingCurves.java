package io.github.backprop4j.report;

import io.github.backprop4j.training.EpochMetrics;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots the history of a training: loss and accuracy of training and validation over the epochs, in two panels. */
public final class TrainingCurves {

    private static final int PANEL_WIDTH = 800;
    private static final int PANEL_HEIGHT = 600;
    private static final int MARGIN = 50;
    private static final int FONT_SIZE = 24;
    private static final int LINE_WIDTH = 3;
    private static final int MARKER_SIZE = 10;

    /** The most markers on a curve; more would hide its line. */
    private static final int MAX_MARKERS = 40;

    private record Curve(String name, Color color, Marker marker) {}

    // blue and vermilion of Okabe and Ito's palette, which the colour-blind tell apart
    private static final Curve TRAINING = new Curve("training", new Color(0x0072B2), SeriesMarkers.CIRCLE);
    private static final Curve VALIDATION = new Curve("validation", new Color(0xD55E00), SeriesMarkers.SQUARE);

    private static final Color GRID = new Color(0xD8D8D8);

    /** XChart looks for ticks without end if they are closer than 1e-10 or on an axis of enormous numbers. */
    private static final double SMALLEST_LOSS_AXIS = 1e-6;
    private static final double LARGEST_LOSS = 1e6;

    private TrainingCurves() {}

    /**
     * Draws the curves on 1600×700 pixels. A value that is not finite, or a loss above a million, is left out, and the
     * line goes on at the next one; the panel's title says in how many epochs the loss was such a value. A curve without
     * any value is left out.
     *
     * @param png replaced if it exists
     * @param epochs at least one
     * @throws IllegalArgumentException if there is none
     * @throws IOException if the file cannot be written, or this machine has no fonts
     */
    public static void write(Path png, List<EpochMetrics> epochs) throws IOException {
        if (epochs.isEmpty()) {
            throw new IllegalArgumentException("training curves: no epochs, expected at least one");
        }
        Canvas.write(png, () -> draw(epochs));
    }

    private static Canvas draw(List<EpochMetrics> epochs) {
        XYChart loss = panel(epochs, "mean cross-entropy");
        addCurve(loss, TRAINING, epochs, EpochMetrics::trainLoss);
        addCurve(loss, VALIDATION, epochs, EpochMetrics::validationLoss);
        double largest = loss.getSeriesCollection().stream().mapToDouble(XYSeries::getYMax).max().orElse(1);
        loss.getStyler().setYAxisMax(Math.max(SMALLEST_LOSS_AXIS, 1.05 * largest))
                .setYAxisDecimalPattern("0.##########");

        XYChart accuracy = panel(epochs, "share classified right");
        addCurve(accuracy, TRAINING, epochs, EpochMetrics::trainAccuracy);
        addCurve(accuracy, VALIDATION, epochs, EpochMetrics::validationAccuracy);
        addAxis(accuracy, epochs);
        accuracy.getStyler().setYAxisMax(1.02).setYAxisDecimalPattern("0.0");

        long diverged = epochs.stream().filter(epoch -> !isDrawn(epoch.trainLoss())
                || !isDrawn(epoch.validationLoss()) && !Double.isNaN(epoch.validationAccuracy())).count();
        Canvas canvas = new Canvas(2 * PANEL_WIDTH, 2 * MARGIN + PANEL_HEIGHT);
        drawPanel(canvas, 0, loss,
                diverged == 0 ? "Loss" : "Loss (diverged in " + diverged + " of " + epochs.size() + " epochs)");
        drawPanel(canvas, PANEL_WIDTH, accuracy, "Accuracy");
        drawLegend(canvas, TRAINING, PANEL_WIDTH - 220);
        if (accuracy.getSeries(VALIDATION.name) != null) {
            drawLegend(canvas, VALIDATION, PANEL_WIDTH + 20);
        }
        return canvas;
    }

    /** XChart's own titles and legend stand at a height that depends on their letters, so it draws the axes alone. */
    private static XYChart panel(List<EpochMetrics> epochs, String yTitle) {
        XYChart chart = new XYChart(PANEL_WIDTH, PANEL_HEIGHT);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle(yTitle);
        Font font = Canvas.font(FONT_SIZE);
        XYStyler styler = chart.getStyler();
        styler.setLocale(Locale.ROOT).setChartTitleVisible(false).setLegendVisible(false).setChartPadding(30)
                .setPlotContentSize(0.96).setMarkerSize(MARKER_SIZE).setChartFontColor(Canvas.INK)
                .setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(Canvas.INK);
        styler.setAxisTitleFont(font).setAxisTitlePadding(14).setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(Canvas.INK).setAxisTicksLineVisible(false).setPlotGridLinesColor(GRID)
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right).setYAxisMin(0.0);
        // XChart labels no two ticks alike, so this pattern makes it choose whole epochs; but if the ends of the axis
        // and the epochs were all equally far apart, it would label the ends too
        styler.setXAxisDecimalPattern("0").setXAxisMin(epochs.get(0).epoch() - 0.6)
                .setXAxisMax(epochs.get(epochs.size() - 1).epoch() + 0.7);
        return chart;
    }

    private static void addCurve(XYChart chart, Curve curve, List<EpochMetrics> epochs,
            ToDoubleFunction<EpochMetrics> value) {
        List<EpochMetrics> drawn = epochs.stream().filter(epoch -> isDrawn(value.applyAsDouble(epoch))).toList();
        if (!drawn.isEmpty()) {
            XYSeries series = chart.addSeries(curve.name, drawn.stream().mapToDouble(EpochMetrics::epoch).toArray(),
                    drawn.stream().mapToDouble(value).toArray());
            series.setMarkerColor(curve.color).setMarker(drawn.size() > MAX_MARKERS ? SeriesMarkers.NONE : curve.marker)
                    .setLineColor(curve.color).setLineStyle(new BasicStroke(LINE_WIDTH));
        }
    }

    /** Adds the ends of the axis, undrawn: XChart would label no more than two ticks if all accuracies were 0. */
    private static void addAxis(XYChart chart, List<EpochMetrics> epochs) {
        double epoch = epochs.get(0).epoch();
        chart.addSeries("axis", new double[] {epoch, epoch}, new double[] {0, 1}).setMarker(SeriesMarkers.NONE)
                .setLineStyle(SeriesLines.NONE);
    }

    private static boolean isDrawn(double value) {
        return value <= LARGEST_LOSS;
    }

    private static void drawPanel(Canvas canvas, int x, XYChart panel, String title) {
        canvas.text(title, Canvas.font(FONT_SIZE), x + 0.54 * PANEL_WIDTH, 0.7 * MARGIN, 0.5, Canvas.INK);
        canvas.graphics().drawImage(BitmapEncoder.getBufferedImage(panel), x, MARGIN, null);
    }

    private static void drawLegend(Canvas canvas, Curve curve, int x) {
        int y = PANEL_HEIGHT + MARGIN + MARGIN / 3;
        canvas.fill(x, y - LINE_WIDTH / 2, 50, LINE_WIDTH, curve.color);
        curve.marker.paint(canvas.graphics(), x + 25, y, MARKER_SIZE);
        canvas.text(curve.name, Canvas.font(FONT_SIZE), x + 65, y, 0, Canvas.INK);
    }
}
