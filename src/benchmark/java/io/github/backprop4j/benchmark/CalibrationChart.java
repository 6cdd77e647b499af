package io.github.backprop4j.benchmark;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the share of comparisons that find a slowdown over the slowdown. */
final class CalibrationChart {

    private static final Color ALL = new Color(0x1f, 0x77, 0xb4);
    private static final Color ONE = new Color(0xd6, 0x27, 0x28);

    private CalibrationChart() {}

    /** @param file of a PNG */
    static void write(List<Calibration> calibrations, Path file) throws IOException {
        XYChart chart = new XYChartBuilder().width(720).height(420)
                .xAxisTitle("slower by, %").yAxisTitle("found, % of comparisons").build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideSE);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
        add(chart, "all benchmarks slower", ALL, calibrations, Calibration::found);
        add(chart, "one benchmark slower", ONE, calibrations, Calibration::alone);
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", file.toFile());
    }

    /** A line, and a vertical bar between the bounds at each of its points. */
    private static void add(XYChart chart, String name, Color color, List<Calibration> calibrations,
            Function<Calibration, Calibration.Rate> rate) {
        chart.addSeries(name, calibrations.stream().mapToDouble(each -> each.slowdown() * 100).toArray(),
                calibrations.stream().mapToDouble(each -> rate.apply(each).mean() * 100).toArray())
                .setMarker(SeriesMarkers.CIRCLE).setMarkerColor(color).setLineColor(color);
        for (Calibration each : calibrations) {
            double x = each.slowdown() * 100;
            chart.addSeries(name + " " + x, new double[] {x, x},
                    new double[] {rate.apply(each).low() * 100, rate.apply(each).high() * 100})
                    .setMarker(SeriesMarkers.NONE).setLineColor(color).setShowInLegend(false);
        }
    }
}
