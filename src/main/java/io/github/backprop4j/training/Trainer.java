package io.github.backprop4j.training;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Prefetcher;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.training.Checkpoint.EpochSums;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains networks: stochastic gradient descent on mini-batches, with any of ND4J's optimizers.
 *
 * <p>A trainer holds settings only and may train several networks, even at once.
 */
public final class Trainer {

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final int epochs;
    private final IUpdater updater;
    private final double l2;
    private final double clipNorm;
    private final int patience;
    private final int threads;
    private final long seed;
    private final Optional<RunDirectory> directory;
    private final int checkpointEvery;
    private final BooleanSupplier stopWhen;
    private final List<TrainingListener> listeners;

    private Trainer(Builder builder) {
        epochs = builder.epochs;
        updater = builder.updater.clone();
        l2 = builder.l2;
        clipNorm = builder.clipNorm;
        patience = builder.patience;
        threads = builder.threads;
        seed = builder.seed;
        directory = builder.directory;
        checkpointEvery = builder.checkpointEvery;
        stopWhen = builder.stopWhen;
        listeners = List.copyOf(builder.listeners);
    }

    /** Settings to change from their defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * What a training ended with.
     *
     * @param network the one of {@code bestEpoch}
     * @param bestEpoch with the lowest loss on the validation data; without such data the last
     * @param epochs the course of the training
     */
    public record Result(Network network, int bestEpoch, List<EpochMetrics> epochs) {}

    /** Trains without validation data, to the last epoch. */
    public Result train(Network start, Batches training) {
        return train(start, training, Optional.empty());
    }

    /**
     * Trains a copy of a network.
     *
     * @param start in float32; stays as it is
     * @param training read once in each epoch, ahead on a thread of its own
     * @param validation after each epoch the network is evaluated with it; decides which epoch's network is kept, and
     *     with a patience when to stop
     * @throws IllegalArgumentException if the images are not of the network's size, or there are none
     * @throws TrainingDivergedException if a loss or a parameter becomes NaN or infinite
     * @throws CancellationException if the calling thread is interrupted, which stays interrupted, or
     *     {@link Builder#stopWhen} says so
     * @throws UncheckedIOException if a checkpoint cannot be written; those before it are as they were
     */
    public Result train(Network start, Batches training, Optional<Batches> validation) {
        requireTrainable(start, validation);
        return run(Checkpoint.start(start.copy(), seed), training, validation);
    }

    /**
     * Goes on with a training where it was when a checkpoint was written; the result is the same, byte for byte, as if it
     * had never been stopped. Trainer and data must be those of that training, which is checked as far as it shows.
     *
     * @param start what that training began with
     * @param from its arrays are used, and changed
     * @throws IllegalArgumentException as {@link #train}, or if the checkpoint is of another architecture, seed, optimizer,
     *     mean image or number of mini-batches
     * @throws TrainingDivergedException as {@link #train}
     * @throws CancellationException as {@link #train}
     * @throws UncheckedIOException as {@link #train}
     */
    public Result resume(Network start, Checkpoint from, Batches training, Optional<Batches> validation) {
        requireTrainable(start, validation);
        return run(from.of(start), training, validation);
    }

    private void requireTrainable(Network network, Optional<Batches> validation) {
        if (network.parameters().dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException(
                    "trainer: a network in " + network.parameters().dataType() + ", expected FLOAT");
        }
        if (patience > 0 && validation.isEmpty()) {
            throw new IllegalArgumentException(
                    "patience: " + patience + ", but without validation data there is nothing to wait for");
        }
    }

    private Result run(Checkpoint from, Batches training, Optional<Batches> validation) {
        LOG.info("training on {} threads, convolutions by {}", threads, from.network().engine());
        try (Workers workers = new Workers(threads)) {
            TrainingRun run = new TrainingRun(from, updater.clone(), l2, clipNorm, seed, workers);
            List<EpochMetrics> course = new ArrayList<>(from.epochs());
            Optional<Checkpoint.Best> best = from.best();
            EpochSums begun = from.sums();
            if (from.steps() == 0) {
                keep(run.checkpoint(1, begun, course, best));
            }
            for (int epoch = from.epoch(); epoch <= epochs && !hasWaitedEnough(epoch, best); epoch++) {
                EpochMetrics trained = epoch(run, epoch, begun, training, course, best);
                EpochMetrics metrics = validation.isPresent()
                        ? trained.validated(validate(run, epoch, validation.get(), workers))
                        : trained;
                course.add(metrics);
                if (validation.isPresent()
                        && metrics.validationLoss() < best.map(Checkpoint.Best::loss).orElse(Double.POSITIVE_INFINITY)) {
                    best = Optional.of(new Checkpoint.Best(epoch, metrics.validationLoss(), run.network().copy()));
                }
                begun = EpochSums.NONE;
                keep(run.checkpoint(epoch + 1, begun, course, best));
                listeners.forEach(listener -> listener.epochDone(metrics, run.network()));
                if (stopWhen.getAsBoolean()) {
                    throw stopped(run);
                }
            }
            return best.map(found -> new Result(found.network(), found.epoch(), course))
                    .orElseGet(() -> new Result(run.network(), course.size(), course));
        } catch (TrainingDivergedException e) {
            throw named(e);
        }
    }

    private TrainingDivergedException named(TrainingDivergedException diverged) {
        try {
            Optional<Path> checkpoint = directory.isPresent() ? directory.get().latestCheckpointFile() : Optional.empty();
            return checkpoint.map(diverged::after).orElse(diverged);
        } catch (IOException e) {
            diverged.addSuppressed(e);
            return diverged;
        }
    }

    private boolean hasWaitedEnough(int epoch, Optional<Checkpoint.Best> best) {
        return patience > 0 && epoch - best.map(Checkpoint.Best::epoch).orElse(0) > patience;
    }

    private EpochMetrics epoch(TrainingRun run, int epoch, EpochSums begun, Batches training,
            List<EpochMetrics> course, Optional<Checkpoint.Best> best) {
        EpochSums sums = begun;
        Iterator<MiniBatch> source = training.epoch(epoch);
        for (int learnt = 0; learnt < begun.batches(); learnt++) {
            if (!source.hasNext()) {
                throw new IllegalArgumentException("data: an epoch has " + learnt
                        + " mini-batches, but the checkpoint is of a training with more, " + begun.batches() + " or above");
            }
            source.next();
        }
        long begin = System.nanoTime();
        try (Prefetcher<MiniBatch> batches = new Prefetcher<>(source)) {
            while (batches.hasNext()) {
                MiniBatch batch = batches.next();
                TrainingRun.Step step = run.step(batch, epoch);
                sums = sums.plus(batch, step);
                listeners.forEach(listener ->
                        listener.stepDone(run.stepsDone(), batch.size(), step.lossSum() / batch.size()));
                boolean stop = stopWhen.getAsBoolean();
                if (stop || run.stepsDone() % checkpointEvery == 0) {
                    sums = sums.after(secondsSince(begin));
                    keep(run.checkpoint(epoch, sums, course, best));
                    begin = System.nanoTime();
                }
                if (stop) {
                    throw stopped(run);
                }
            }
        }
        if (sums.examples() == 0) {
            throw new IllegalArgumentException("data: no images to train with");
        }
        return sums.after(secondsSince(begin)).metrics(epoch, run.stepsDone());
    }

    private static CancellationException stopped(TrainingRun run) {
        return new CancellationException("training stopped after step " + run.stepsDone());
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) * 1e-9;
    }

    private void keep(Checkpoint checkpoint) {
        if (directory.isPresent()) {
            try {
                directory.get().keep(checkpoint);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Evaluator.Result validate(TrainingRun run, int epoch, Batches validation, Workers workers) {
        try {
            return Evaluator.evaluate(run.network(), validation, workers, done -> {});
        } catch (ArithmeticException e) {
            throw new TrainingDivergedException(epoch, run.stepsDone(), e.getMessage());
        }
    }

    /** The settings of a trainer; each has a default. */
    public static final class Builder {

        private int epochs = 10;
        private IUpdater updater = new Adam(1e-3);
        private double l2;
        private double clipNorm;
        private int patience;
        private int threads = Runtime.getRuntime().availableProcessors();
        private long seed;
        private Optional<RunDirectory> directory = Optional.empty();
        private int checkpointEvery = 500;
        private BooleanSupplier stopWhen = () -> false;
        private final List<TrainingListener> listeners = new ArrayList<>();

        private Builder() {}

        /** At most so many passes over the data, at least 1; default 10. */
        public Builder epochs(int count) {
            requireAtLeast(1, "epochs", count);
            epochs = count;
            return this;
        }

        /**
         * Any of ND4J's optimizers, with its learning rate or schedule, whose iterations are our steps, from 0; default
         * Adam with rate 0.001.
         */
        public Builder updater(IUpdater optimizer) {
            updater = optimizer;
            return this;
        }

        /** Adds {@code penalty · w} to the gradient of each weight w, biases excepted; at least 0, default 0. */
        public Builder l2(double penalty) {
            requireNotNegative("l2", penalty);
            l2 = penalty;
            return this;
        }

        /** Scales a gradient of all parameters down to this Euclidean norm if it is larger; 0, the default, never. */
        public Builder clipNorm(double norm) {
            requireNotNegative("clip norm", norm);
            clipNorm = norm;
            return this;
        }

        /** Stops after so many epochs without a lower validation loss; 0, the default, never. */
        public Builder patience(int epochsToWait) {
            requireAtLeast(0, "patience", epochsToWait);
            patience = epochsToWait;
            return this;
        }

        /** At least 1; default the processors. They change the time, not the result. */
        public Builder threads(int count) {
            requireAtLeast(1, "threads", count);
            threads = count;
            return this;
        }

        /** Decides what dropout and drop-connect drop; default 0. */
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        /**
         * Writes checkpoints to a directory, which keeps the last two: before the first step, after each epoch, and in
         * between every so many steps. By default there are none.
         *
         * @param every at least 1
         */
        public Builder checkpoints(RunDirectory run, int every) {
            requireAtLeast(1, "checkpoint-every", every);
            directory = Optional.of(run);
            checkpointEvery = every;
            return this;
        }

        /** Asked after each step and epoch; once it says true the training writes a checkpoint and ends. Default: never. */
        public Builder stopWhen(BooleanSupplier condition) {
            stopWhen = condition;
            return this;
        }

        /** Adds one who is told how it goes. */
        public Builder listener(TrainingListener listener) {
            listeners.add(listener);
            return this;
        }

        /** A trainer with the settings so far. */
        public Trainer build() {
            return new Trainer(this);
        }

        private static void requireAtLeast(int least, String name, int value) {
            if (value < least) {
                throw new IllegalArgumentException(name + ": " + value + ", expected at least " + least);
            }
        }

        private static void requireNotNegative(String name, double value) {
            if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(name + ": " + value + ", expected a finite number of at least 0");
            }
        }
    }
}
