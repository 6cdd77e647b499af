package io.github.backprop4j.report;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.training.LearningRateCurve;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Writes the losses of a trial of learning rates as comma-separated values, one row a step. */
public final class LearningRateCsv {

    private static final String HEADER = "step,rate,loss,smoothed_loss\n";

    private LearningRateCsv() {}

    /**
     * Writes a header and a row for each step, in their order; its numbers are written as {@link MetricsCsv} has them.
     *
     * @param csv replaced if it exists
     * @throws IOException if the file cannot be written
     */
    public static void write(Path csv, LearningRateCurve curve) throws IOException {
        String text = curve.points().stream().map(LearningRateCsv::row).collect(Collectors.joining("", HEADER, ""));
        AtomicFile.write(csv, out -> out.write(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String row(LearningRateCurve.Point point) {
        return point.step() + "," + MetricsCsv.number(point.rate()) + "," + MetricsCsv.number(point.loss()) + ","
                + MetricsCsv.number(point.smoothed()) + "\n";
    }
}
