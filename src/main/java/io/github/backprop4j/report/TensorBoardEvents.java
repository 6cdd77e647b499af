package io.github.backprop4j.report;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.framework.Summary;

/**
 * Writes how a training goes on for TensorBoard, as it goes on:
 *
 * <pre>{@code
 * TensorBoardEvents events = TensorBoardEvents.create(Path.of("run/tensorboard"), Optional.empty());
 * training.run(training.trainer().listener(events).build());
 * }</pre>
 *
 * <p>Then {@code tensorboard --logdir run} shows, over the optimizer's steps:
 *
 * <ul>
 *   <li>{@code loss/steps}, each tenth step, the mean loss of an image in the steps since the last one
 *   <li>{@code loss/training}, {@code accuracy/training}, {@code learning_rate} and {@code images_per_second} after each
 *       epoch; {@code loss/validation} and {@code accuracy/validation} if there is a validation set
 *   <li>{@code filters}, those of the first convolution after each epoch, if the network has a {@code conv1}: middle
 *       gray is 0, black and white are the largest magnitude
 *   <li>what {@link #images} and {@link #tested} are told
 * </ul>
 *
 * <p>A failure to write does not end a training: nothing is written from then on, the log has a warning, and {@link
 * #problem} tells. A killed process leaves at most the last event incomplete, which TensorBoard passes over.
 */
public final class TensorBoardEvents implements TrainingListener {

    private static final Logger LOG = LoggerFactory.getLogger(TensorBoardEvents.class);
    private static final String FILTERS = "conv1.weights";
    private static final int STEPS = 10;

    /** What may fail. */
    private interface Writing {
        void write() throws IOException;
    }

    private final EventFile file;
    private final boolean continued;
    private double lossSum;
    private long examples;
    private IOException problem;

    private TensorBoardEvents(EventFile file, boolean continued) {
        this.file = file;
        this.continued = continued;
    }

    /**
     * Begins a file of events. If the directory has some already, TensorBoard forgets what they hold of steps behind the
     * training's beginning, as those are done anew. If it has none, epochs that are done already are written first.
     *
     * @param directory made if it is not there; one for each training
     * @param from where the training goes on, if it was begun before
     * @throws InvalidFileException if it is no directory
     * @throws IOException if the file cannot be written
     */
    public static TensorBoardEvents create(Path directory, Optional<TrainingState> from) throws IOException {
        return create(directory, from, Clock.systemUTC());
    }

    static TensorBoardEvents create(Path directory, Optional<TrainingState> from, Clock clock) throws IOException {
        boolean continued = EventFile.anyIn(directory) && from.isPresent() && from.get().steps() > 0;
        EventFile file = EventFile.create(directory, clock);
        TensorBoardEvents events = new TensorBoardEvents(file, continued);
        if (continued) {
            events.continueFrom(from.get());
        } else {
            file.start(0);
            for (EpochMetrics epoch : from.map(TrainingState::history).orElse(List.of())) {
                file.summary(epoch.step(), summary(epoch));
            }
        }
        return events;
    }

    /** The process before may have ended between an epoch's checkpoint and its events. */
    private void continueFrom(TrainingState state) throws IOException {
        Optional<EpochMetrics> again = state.history().stream().filter(epoch -> epoch.step() == state.steps()).findFirst();
        file.start(again.isPresent() ? state.steps() : state.steps() + 1);
        again.ifPresent(epoch -> epochDone(epoch, state.network()));
    }

    /**
     * Shows images that are trained on, as {@code images}, at step 0; but not if an earlier file of this training should
     * have them.
     *
     * @param batch images with pixels from 0 to 255; as many are shown as fit into 1200 by 1200 pixels, those behind are
     *     left out
     * @throws IllegalArgumentException if the images are flat
     */
    public void images(MiniBatch batch) {
        if (batch.imageShape().length != 3) {
            throw new IllegalArgumentException("TensorBoard: flat images, expected a shape of channels, height and width");
        }
        long[] shape = {batch.size(), batch.imageShape()[0], batch.imageShape()[1], batch.imageShape()[2]};
        if (!continued) {
            write(() -> file.summary(0, image("images", new ImageSheet(Nd4j.create(batch.images(), shape, 'c'), 0, 255))));
        }
    }

    @Override
    public void stepDone(long step, int size, double loss) {
        lossSum += loss * size;
        examples += size;
        if (step % STEPS == 0) {
            double mean = lossSum / examples;
            lossSum = 0;
            examples = 0;
            write(() -> file.summary(step, add(Summary.newBuilder(), "loss/steps", mean).build()));
        }
    }

    @Override
    public void epochDone(EpochMetrics metrics, Network network) {
        write(() -> {
            file.summary(metrics.step(), summary(metrics));
            if (network.parameters().names().contains(FILTERS)) {
                INDArray filters = network.parameters().get(FILTERS);
                double largest = Math.max(Double.MIN_NORMAL, filters.amaxNumber().doubleValue());
                file.summary(metrics.step(), image("filters", new ImageSheet(filters, -largest, largest)));
            }
        });
    }

    /**
     * Writes {@code accuracy/test} and {@code loss/test}.
     *
     * @param step at which the training ended
     */
    public void tested(Evaluator.Result test, long step) {
        Summary.Builder summary = Summary.newBuilder();
        add(summary, "accuracy/test", test.accuracy());
        add(summary, "loss/test", test.loss());
        write(() -> file.summary(step, summary.build()));
    }

    /** Returns what kept it from writing, if anything did. */
    public Optional<IOException> problem() {
        return Optional.ofNullable(problem);
    }

    private void write(Writing writing) {
        if (problem != null) {
            return;
        }
        try {
            writing.write();
        } catch (IOException e) {
            problem = e;
            LOG.warn("{}; the training goes on without events for TensorBoard", e.getMessage());
        }
    }

    private static Summary summary(EpochMetrics metrics) {
        Summary.Builder summary = Summary.newBuilder();
        add(summary, "loss/training", metrics.trainLoss());
        add(summary, "accuracy/training", metrics.trainAccuracy());
        add(summary, "learning_rate", metrics.learningRate());
        add(summary, "images_per_second", metrics.imagesPerSecond());
        if (!Double.isNaN(metrics.validationAccuracy())) {
            add(summary, "loss/validation", metrics.validationLoss());
            add(summary, "accuracy/validation", metrics.validationAccuracy());
        }
        return summary.build();
    }

    private static Summary.Builder add(Summary.Builder summary, String tag, double value) {
        summary.addValueBuilder().setTag(tag).setSimpleValue((float) value);
        return summary;
    }

    private static Summary image(String tag, ImageSheet sheet) {
        Summary.Builder summary = Summary.newBuilder();
        summary.addValueBuilder().setTag(tag).getImageBuilder().setHeight(sheet.height()).setWidth(sheet.width())
                .setColorspace(3).setEncodedImageString(ByteString.copyFrom(sheet.png()));
        return summary.build();
    }
}
