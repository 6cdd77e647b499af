package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.backprop4j.training.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCsvTest {

    private static final String HEADER = "epoch,step,learning_rate,train_loss,train_accuracy,validation_loss,"
            + "validation_accuracy,seconds,images_per_second\n";

    @TempDir
    private Path folder;

    @Test
    void writesARowAnEpochInAnyLocale() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals(HEADER
                            + "1,704,0.001,2.3026,0.1,2.25,0.125,12.5,3600.0\n"
                            + "2,1408,1.0E-4,1.5,0.5,1.25,0.625,12.25,3673.469387755102\n",
                    write(new EpochMetrics(1, 704, 0.001, 2.3026, 0.1, 2.25, 0.125, 12.5, 3600),
                            new EpochMetrics(2, 1408, 1e-4, 1.5, 0.5, 1.25, 0.625, 12.25, 45000 / 12.25)));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void leavesBothValidationFieldsEmptyWithoutAValidationSet() throws IOException {
        assertEquals(HEADER + "1,10,0.5,2.5,0.25,,,1.0,640.0\n",
                write(new EpochMetrics(1, 10, 0.5, 2.5, 0.25, Double.NaN, Double.NaN, 1, 640)));
    }

    /**
     * Checked once with {@code pandas.read_csv}: float columns nan, inf and -inf. A validation set that the network
     * diverges on still has an accuracy.
     */
    @Test
    void writesWhatIsNotFiniteAsPandasReadsIt() throws IOException {
        assertEquals(HEADER
                        + "1,10,0.5,inf,0.1,nan,0.1,1.0,640.0\n"
                        + "2,20,0.5,nan,0.1,-inf,0.1,1.0,640.0\n",
                write(new EpochMetrics(1, 10, 0.5, Double.POSITIVE_INFINITY, 0.1, Double.NaN, 0.1, 1, 640),
                        new EpochMetrics(2, 20, 0.5, Double.NaN, 0.1, Double.NEGATIVE_INFINITY, 0.1, 1, 640)));
    }

    @Test
    void writesTheHeaderAloneBeforeTheFirstEpoch() throws IOException {
        assertEquals(HEADER, write());
    }

    private String write(EpochMetrics... epochs) throws IOException {
        Path csv = folder.resolve("metrics.csv");
        MetricsCsv.write(csv, List.of(epochs));
        return Files.readString(csv);
    }
}
