package io.github.backprop4j.benchmark;

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

    private CalibrationChart() {}

    /** @param file of a PNG */
    static void write(List<Calibration> calibrations, Path file) throws IOException {
        XYChart chart = new XYChartBuilder().width(720).height(420)
                .xAxisTitle("slower by, %").yAxisTitle("found, % of comparisons").build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideSE);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
        add(chart, "all benchmarks slower", calibrations, Calibration::found);
        add(chart, "one benchmark slower", calibrations, Calibration::alone);
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", file.toFile());
    }

    private static void add(XYChart chart, String name, List<Calibration> calibrations,
            Function<Calibration, Calibration.Rate> rate) {
        // bars from the bound below to the bound above
        double[] slowdowns = calibrations.stream().mapToDouble(each -> each.slowdown() * 100).toArray();
        double[] means = calibrations.stream().mapToDouble(each -> rate.apply(each).mean() * 100).toArray();
        double[] reach = calibrations.stream().mapToDouble(each -> Math.max(rate.apply(each).high() - rate.apply(each).mean(),
                rate.apply(each).mean() - rate.apply(each).low()) * 100).toArray();
        chart.addSeries(name, slowdowns, means, reach).setMarker(SeriesMarkers.CIRCLE);
    }
}
