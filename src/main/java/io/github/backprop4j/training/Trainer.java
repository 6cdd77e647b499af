package io.github.backprop4j.training;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Prefetcher;
import io.github.backprop4j.parallel.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains networks: stochastic gradient descent on mini-batches, with any of ND4J's optimisers.
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
    private final List<TrainingListener> listeners;

    private Trainer(Builder builder) {
        epochs = builder.epochs;
        updater = builder.updater.clone();
        l2 = builder.l2;
        clipNorm = builder.clipNorm;
        patience = builder.patience;
        threads = builder.threads;
        seed = builder.seed;
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
     * @throws IllegalArgumentException if the pictures are not of the network's size, or there are none
     * @throws TrainingDivergedException if a loss or a parameter becomes NaN or infinite
     * @throws java.util.concurrent.CancellationException if the calling thread is interrupted, which stays interrupted
     */
    public Result train(Network start, Batches training, Optional<Batches> validation) {
        if (start.parameters().dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException(
                    "trainer: a network in " + start.parameters().dataType() + ", expected FLOAT");
        }
        if (patience > 0 && validation.isEmpty()) {
            throw new IllegalArgumentException(
                    "patience: " + patience + ", but without validation data there is nothing to wait for");
        }
        LOG.info("training on {} threads, convolutions by {}", threads, start.engine());
        List<EpochMetrics> course = new ArrayList<>();
        try (Workers workers = new Workers(threads)) {
            TrainingRun run = new TrainingRun(start.copy(), updater.clone(), l2, clipNorm, seed, workers);
            Network best = run.network();
            int bestEpoch = 0;
            double bestLoss = Double.POSITIVE_INFINITY;
            for (int epoch = 1; epoch <= epochs && (patience == 0 || epoch - bestEpoch <= patience); epoch++) {
                EpochMetrics trained = epoch(run, epoch, training);
                EpochMetrics metrics = validation.isPresent()
                        ? trained.validated(validate(run, epoch, validation.get(), workers))
                        : trained;
                course.add(metrics);
                listeners.forEach(listener -> listener.epochDone(metrics, run.network()));
                if (validation.isEmpty()) {
                    bestEpoch = epoch;
                } else if (metrics.validationLoss() < bestLoss) {
                    bestEpoch = epoch;
                    bestLoss = metrics.validationLoss();
                    best = run.network().copy();
                }
            }
            return new Result(best, bestEpoch, course);
        }
    }

    private static Evaluator.Result validate(TrainingRun run, int epoch, Batches validation, Workers workers) {
        try {
            return Evaluator.evaluate(run.network(), validation, workers, done -> {});
        } catch (ArithmeticException e) {
            throw new TrainingDivergedException(epoch, run.stepsDone(), e.getMessage());
        }
    }

    private EpochMetrics epoch(TrainingRun run, int epoch, Batches training) {
        double loss = 0;
        long correct = 0;
        long examples = 0;
        double learningRate = Double.NaN;
        long begin = System.nanoTime();
        try (Prefetcher<MiniBatch> batches = new Prefetcher<>(training.epoch(epoch))) {
            while (batches.hasNext()) {
                MiniBatch batch = batches.next();
                TrainingRun.Step step = run.step(batch, epoch);
                loss += step.lossSum();
                correct += step.correct();
                examples += batch.size();
                learningRate = step.learningRate();
                listeners.forEach(listener ->
                        listener.stepDone(run.stepsDone(), batch.size(), step.lossSum() / batch.size()));
            }
        }
        if (examples == 0) {
            throw new IllegalArgumentException("data: no pictures to train with");
        }
        double seconds = (System.nanoTime() - begin) * 1e-9;
        return new EpochMetrics(epoch, run.stepsDone(), learningRate, loss / examples,
                (double) correct / examples, Double.NaN, Double.NaN, seconds, examples / seconds);
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
        private final List<TrainingListener> listeners = new ArrayList<>();

        private Builder() {}

        /** At most so many passes over the data, at least 1; default 10. */
        public Builder epochs(int count) {
            requireAtLeast(1, "epochs", count);
            epochs = count;
            return this;
        }

        /**
         * Any of ND4J's optimisers, with its learning rate or schedule, whose iterations are our steps, from 0; default
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
