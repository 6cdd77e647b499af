package io.github.backprop4j.report;

import io.github.backprop4j.training.LearningRateCurve;
import io.github.backprop4j.training.LearningRateCurve.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots a trial of learning rates: the loss, as it was and smoothed, over the rate, and the rate that it suggests. */
public final class LearningRatePlot {

    private static final int WIDTH = 1000;
    private static final int CHART_HEIGHT = 600;
    private static final int MARGIN = 50;
    private static final int FONT_SIZE = 24;

    private record Curve(String name, Color color, float width) {}

    // of Okabe and Ito's palette, which the colour-blind tell apart; that of the single losses is faint
    private static final Curve LOSS = new Curve("loss of the mini-batch", new Color(0xA9CBE4), 2);
    private static final Curve SMOOTHED = new Curve("smoothed", new Color(0x0072B2), 4);
    private static final Curve SUGGESTION = new Curve("suggestion", new Color(0xD55E00), 3);

    private static final Color GRID = new Color(0xD8D8D8);

    /** The axis of losses ends at this multiple of the highest loss up to the least smoothed one: the rest only explodes. */
    private static final double HEADROOM = 1.3;

    private static final double FAR_ABOVE = 10;

    /** XChart looks for ticks without end on an axis of enormous numbers, or of one number. */
    private static final double LARGEST_LOSS = 1e6;
    private static final double SMALLEST_LOSS_AXIS = 1e-6;

    private LearningRatePlot() {}

    /**
     * Draws the curves on 1000×700 pixels; the rate is on a logarithmic axis. Losses far above those before the least one
     * lie outside.
     *
     * @param png replaced if it exists
     * @param curve of at least two steps
     * @throws IllegalArgumentException if it has fewer
     * @throws IOException if the file cannot be written, or this machine has no fonts
     */
    public static void write(Path png, LearningRateCurve curve) throws IOException {
        if (curve.points().size() < 2) {
            throw new IllegalArgumentException("learning rate plot: " + curve.points().size()
                    + " steps, expected at least two");
        }
        Canvas.write(png, () -> draw(curve));
    }

    private static Canvas draw(LearningRateCurve curve) {
        double top = top(curve);
        XYChart chart = chart(curve, top);
        add(chart, LOSS, curve.points(), Point::loss, top);
        add(chart, SMOOTHED, curve.points(), Point::smoothed, top);
        curve.suggestion().ifPresent(rate -> style(chart, SUGGESTION,
                new double[] {rate, rate}, new double[] {0, top}));
        Canvas canvas = new Canvas(WIDTH, 2 * MARGIN + CHART_HEIGHT);
        canvas.text(title(curve), Canvas.font(FONT_SIZE), 0.54 * WIDTH, 0.7 * MARGIN, 0.5, Canvas.INK);
        canvas.graphics().drawImage(BitmapEncoder.getBufferedImage(chart), 0, MARGIN, null);
        drawLegend(canvas, SMOOTHED, 130);
        drawLegend(canvas, LOSS, 350);
        if (curve.suggestion().isPresent()) {
            drawLegend(canvas, SUGGESTION, 750);
        }
        return canvas;
    }

    private static String title(LearningRateCurve curve) {
        return curve.suggestion().isPresent()
                ? "Learning rate " + LearningRateCurve.rounded(curve.suggestion().getAsDouble())
                : "No learning rate lowers the loss";
    }

    /** Returns where the axis of losses ends. */
    private static double top(LearningRateCurve curve) {
        int until = curve.least().map(Point::step).orElse(curve.points().size());
        double highest = curve.points().stream().limit(until).mapToDouble(Point::loss).max().orElseThrow();
        return Math.min(LARGEST_LOSS, Math.max(SMALLEST_LOSS_AXIS, HEADROOM * highest));
    }

    /** XChart's own titles and legend stand at a height that depends on their letters, so it draws the axes alone. */
    private static XYChart chart(LearningRateCurve curve, double top) {
        XYChart chart = new XYChart(WIDTH, CHART_HEIGHT);
        chart.setXAxisTitle("learning rate");
        chart.setYAxisTitle("mean cross-entropy");
        Font font = Canvas.font(FONT_SIZE);
        XYStyler styler = chart.getStyler();
        styler.setLocale(Locale.ROOT).setChartTitleVisible(false).setLegendVisible(false).setChartPadding(30)
                .setPlotContentSize(0.96).setChartFontColor(Canvas.INK)
                .setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(Canvas.INK);
        styler.setAxisTitleFont(font).setAxisTitlePadding(14).setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(Canvas.INK).setAxisTicksLineVisible(false).setPlotGridLinesColor(GRID)
                .setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right).setYAxisMin(0.0).setYAxisMax(top)
                .setYAxisDecimalPattern("0.##########").setXAxisLogarithmic(true);
        // XChart labels powers of ten alone, so these are the ends of the axis
        DoubleSummaryStatistics rates = DoubleStream.concat(curve.points().stream().mapToDouble(Point::rate),
                curve.suggestion().stream()).summaryStatistics();
        styler.setXAxisMin(Math.pow(10, Math.floor(Math.log10(rates.getMin()))))
                .setXAxisMax(Math.pow(10, Math.ceil(Math.log10(rates.getMax()))));
        return chart;
    }

    /** XChart cuts the lines off where they leave the axes, but not at any height. */
    private static void add(XYChart chart, Curve curve, List<Point> points, ToDoubleFunction<Point> value, double top) {
        style(chart, curve, points.stream().mapToDouble(Point::rate).toArray(),
                points.stream().mapToDouble(value).map(each -> Math.min(each, FAR_ABOVE * top)).toArray());
    }

    private static void style(XYChart chart, Curve curve, double[] rates, double[] losses) {
        chart.addSeries(curve.name, rates, losses).setMarker(SeriesMarkers.NONE).setLineColor(curve.color)
                .setLineStyle(new BasicStroke(curve.width));
    }

    private static void drawLegend(Canvas canvas, Curve curve, int x) {
        int y = CHART_HEIGHT + MARGIN + MARGIN / 3;
        canvas.fill(x, y - (int) curve.width / 2, 50, (int) curve.width, curve.color);
        canvas.text(curve.name, Canvas.font(FONT_SIZE), x + 65, y, 0, Canvas.INK);
    }
}
