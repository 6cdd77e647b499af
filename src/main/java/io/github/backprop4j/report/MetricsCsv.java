package io.github.backprop4j.report;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.training.EpochMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the metrics of a training as comma-separated values, one row an epoch. */
public final class MetricsCsv {

    private static final String HEADER = "epoch,step,learning_rate,train_loss,train_accuracy,"
            + "validation_loss,validation_accuracy,seconds,images_per_second\n";

    private MetricsCsv() {}

    /**
     * Writes a header and a row for each epoch, in their order. Without epochs the file has the header alone.
     *
     * <p>A number reads back to the same double, in any locale. A number that is not finite is written as {@code nan},
     * {@code inf} or {@code -inf}, which pandas, NumPy and Python's {@code float} read. Both validation fields are empty
     * if the validation accuracy is NaN, which means that there was no validation set.
     *
     * @param csv replaced if it exists
     * @throws IOException if the file cannot be written
     */
    public static void write(Path csv, List<EpochMetrics> epochs) throws IOException {
        String text = epochs.stream().map(MetricsCsv::row).collect(Collectors.joining("", HEADER, ""));
        AtomicFile.write(csv, out -> out.write(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String row(EpochMetrics epoch) {
        boolean validated = !Double.isNaN(epoch.validationAccuracy());
        return Stream.of(
                Integer.toString(epoch.epoch()),
                Long.toString(epoch.step()),
                number(epoch.learningRate()),
                number(epoch.trainLoss()),
                number(epoch.trainAccuracy()),
                validated ? number(epoch.validationLoss()) : "",
                validated ? number(epoch.validationAccuracy()) : "",
                number(epoch.seconds()),
                number(epoch.imagesPerSecond())).collect(Collectors.joining(",", "", "\n"));
    }

    /** Returns a number as pandas, NumPy and Python's {@code float} read it, back to the same double. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return Double.toString(value);
    }
}
