package io.github.backprop4j.cli;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.report.MetricsCsv;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows how a training goes on, prints a line for each epoch, and writes {@code metrics.csv} anew after each. */
final class TrainingProgress implements TrainingListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingProgress.class);

    private final Progress bar;
    private final Path metrics;
    private final int epochs;
    private final List<EpochMetrics> history;

    /**
     * @param metrics file to be written
     * @param imagesPerEpoch that are trained on
     * @param from where the training goes on, if it was begun before
     */
    TrainingProgress(
            Console console, Path metrics, int epochs, int imagesPerEpoch, Optional<TrainingState> from) {
        this.metrics = metrics;
        this.epochs = epochs;
        history = new ArrayList<>(from.map(TrainingState::history).orElse(List.of()));
        bar = new Progress(console, "Training", "images", (long) epochs * imagesPerEpoch,
                (long) history.size() * imagesPerEpoch + from.map(TrainingState::examplesOfEpoch).orElse(0L));
    }

    @Override
    public void trainingBegun(int threads, Network network) {
        logBegun(threads, network);
    }

    /** Logs what computes a training, for those who look why one is slow. */
    static void logBegun(int threads, Network network) {
        LOG.info("training on {} threads with engine {} in {}", threads, network.engine(), network.precision());
    }

    @Override
    public void stepDone(long step, int examples, double loss) {
        bar.advance(examples);
        bar.tell("epoch " + (history.size() + 1) + " of " + epochs + ", loss " + rounded(loss));
    }

    @Override
    public void epochDone(EpochMetrics epoch, Network network) {
        history.add(epoch);
        try {
            bar.print(line(epoch));
            MetricsCsv.write(metrics, history);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(EpochMetrics epoch) {
        String line = "epoch " + epoch.epoch() + " loss " + rounded(epoch.trainLoss()) + " accuracy "
                + rounded(epoch.trainAccuracy());
        return Double.isNaN(epoch.validationLoss()) ? line
                : line + " validation loss " + rounded(epoch.validationLoss()) + " accuracy "
                        + rounded(epoch.validationAccuracy());
    }

    /** Returns four digits behind the point, of a number with more than six before it those behind the first. */
    static String rounded(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 1e6 || Double.isInfinite(value) ? "%.4f" : "%.4e", value);
    }

    @Override
    public void close() {
        bar.close();
    }
}
