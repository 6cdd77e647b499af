package io.github.backprop4j.training;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.OutputNotFiniteException;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.parallel.Prefetcher;
import io.github.backprop4j.parallel.Workers;
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
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains networks: stochastic gradient descent on mini-batches, with any of ND4J's optimizers. {@link Training} makes one
 * from settings and a data set; by itself it is the long way, for mini-batches, networks and optimizers of one's own.
 *
 * <p>A trainer holds settings only and may train several networks, even at once.
 */
public final class Trainer {

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final TrainingSettings settings;
    private final IUpdater updater;
    private final int warmUp;
    private final long steps;
    private final int threads;
    private final Optional<RunDirectory> directory;
    private final boolean resumeAnyway;
    private final BooleanSupplier stopWhen;
    private final Optional<GradientSource> gradients;
    private final Optional<LocalSteps> localSteps;
    private final List<TrainingListener> listeners;

    private Trainer(Builder builder) {
        settings = builder.settings;
        updater = builder.updater.clone();
        warmUp = builder.warmUp;
        steps = builder.steps;
        threads = builder.threads;
        directory = builder.directory;
        resumeAnyway = builder.resumeAnyway;
        stopWhen = builder.stopWhen;
        gradients = builder.gradients;
        localSteps = builder.localSteps;
        listeners = List.copyOf(builder.listeners);
    }

    /**
     * Returns a trainer to be completed.
     *
     * @param settings of which a trainer takes the epochs, L2 penalty, weight decay, largest norm, label smoothing,
     *     lookahead, rate factors, ghost batch, momentum of running statistics, patience, seed and steps from one
     *     checkpoint to the next, how many layers it freezes after which epoch (but none from the beginning; {@link
     *     Network#freeze}), and unless it is given an updater, the optimizer with its learning rate and momentum; the
     *     others are {@link Training}'s
     */
    public static Builder builder(TrainingSettings settings) {
        return new Builder(settings);
    }

    /**
     * What a training ended with.
     *
     * @param network the one of {@code bestEpoch}; before there is one, and without validation data, as the last step left
     *     it
     * @param bestEpoch the epoch with the lowest loss on the validation data; without such data the last that is done; 0
     *     before the first is
     * @param history of all epochs that are done
     * @param steps done by the optimizer
     * @param stopped whether {@link Builder#stopWhen} ended it before the settings did
     */
    public record Result(Network network, int bestEpoch, List<EpochMetrics> history, long steps, boolean stopped) {}

    /** Trains without validation data, to the last epoch; see {@link #train(Network, Batches, Optional)}. */
    public Result train(Network start, Batches training) {
        return train(start, training, Optional.empty());
    }

    /**
     * Trains a copy of a network.
     *
     * @param start in float32; stays as it is
     * @param training read once in each epoch, ahead on a thread of its own
     * @param validation after each epoch the network is evaluated with it; decides which epoch's network is the result, and
     *     with a patience when to stop
     * @throws InvalidInputException if images or labels have other shapes than the network's, an image holds NaN or
     *     infinity, or there are none or too few to learn from
     * @throws TrainingDivergedException if a loss or a parameter becomes NaN or infinite
     * @throws CancellationException if the calling thread is interrupted, which stays interrupted
     * @throws UncheckedIOException if a checkpoint cannot be written; those before it are as they were
     */
    public Result train(Network start, Batches training, Optional<Batches> validation) {
        return run(TrainingState.start(start.copy(), settings.seed(), origin(start)), training, validation);
    }

    /**
     * Goes on with a training where it was when a checkpoint was written; the result is the same, byte for byte, as if it
     * had never been stopped. Trainer, data and platform (engine, libraries, their kernels; {@link Platform}) must be those
     * of that training, which is checked as far as it shows.
     *
     * @param from its arrays are used, and changed; of an engine or of frozen layers it has to be told, by
     *     {@link TrainingState#computedBy}, but not of those that the settings freeze after some epochs
     * @throws InvalidInputException as {@link #train}, or if the state is of a training with other settings, another
     *     optimizer, other mini-batches or, but for {@link Builder#resumeAnyway}, on another platform; what a checkpoint
     *     does not tell, as it was written before it did, is not compared
     * @throws TrainingDivergedException as {@link #train}
     * @throws CancellationException as {@link #train}
     * @throws UncheckedIOException as {@link #train}
     */
    public Result resume(TrainingState from, Batches training, Optional<Batches> validation) {
        if (from.seed() != settings.seed()) {
            throw new InvalidInputException("seed: " + settings.seed() + ", but the checkpoint is of a training with "
                    + from.seed());
        }
        Origin now = origin(from.network());
        from.origin().ifPresent(origin -> origin.requireSame(now));
        Optional<String> mixture = from.origin().flatMap(origin -> origin.mixture(now.platform()));
        if (mixture.isEmpty()) {
            return run(from, training, validation);
        }
        if (!resumeAnyway) {
            throw new InvalidInputException(mixture.get()
                    + "; go on where it was begun, train anew, or ask for it all the same (--resume-anyway)");
        }
        LOG.warn("{}; going on all the same, as asked", mixture.get());
        return run(from.goingOnOn(now.platform()), training, validation);
    }

    private Origin origin(Network network) {
        return Origin.of(settings, updater, steps, localSteps.map(LocalSteps::together).orElse(0), network);
    }

    private Result run(TrainingState state, Batches training, Optional<Batches> validation) {
        if (state.network().parameters().dataType() != DataType.FLOAT) {
            throw new InvalidInputException(
                    "trainer: a network in " + state.network().parameters().dataType() + ", expected FLOAT");
        }
        if (settings.patience() > 0 && validation.isEmpty()) {
            throw new InvalidInputException("patience: " + settings.patience()
                    + ", but without validation data there is nothing to wait for");
        }
        requireFreezable(settings, state.network());
        boolean stopped = false;
        boolean freezes = settings.freezeAfter() > 0;
        LOG.debug("training on {} threads with engine {} in {}",
                threads, state.network().engine(), state.network().precision());
        listeners.forEach(listener -> listener.trainingBegun(threads, state.network()));
        try (Workers workers = new Workers(threads)) {
            Steps step = steps(state, workers);
            if (state.steps() == 0) {
                save(state);
            }
            while (!stopped && state.epoch() <= settings.epochs() && !hasWaitedEnough(state)) {
                if (freezes && state.epoch() > settings.freezeAfter()) {
                    step = step.freezing(settings.freeze());
                    freezes = false;
                }
                stopped = learn(state, step, training);
                if (!stopped) {
                    finishEpoch(state, validation, workers);
                    stopped = stopWhen.getAsBoolean();
                }
            }
        } catch (TrainingDivergedException e) {
            throw withCheckpoint(e);
        }
        return result(state, stopped);
    }

    private Steps steps(TrainingState state, Workers workers) {
        return localSteps.isPresent()
                ? new AveragedSteps(state, settings, updater.clone(), steps, workers, localSteps.get())
                : new TrainingStep(state, settings, updater.clone(), steps, workers,
                        gradients.orElseGet(() -> new LocalGradients(workers)));
    }

    private Result result(TrainingState state, boolean stopped) {
        Network network = state.best().map(TrainingState.Best::network).orElse(state.network());
        int epoch = state.best().map(TrainingState.Best::epoch).orElse(state.history().size());
        // what a checkpoint was read from does not tell
        boolean isFrozen = settings.freezeAfter() > 0 && epoch > settings.freezeAfter();
        return new Result(isFrozen ? network.freeze(settings.freeze()) : network, epoch, state.history(), state.steps(),
                stopped);
    }

    /**
     * Checks that the layers that are to be frozen after some epochs are there.
     *
     * @throws InvalidInputException if there are not so many, or more are frozen already
     */
    static void requireFreezable(TrainingSettings settings, Network network) {
        if (settings.freezeAfter() > 0 && network.freeze(settings.freeze()).parameters().trainedCount()
                > network.parameters().trainedCount()) {
            throw new InvalidInputException("freeze: " + settings.freeze() + " layers after epoch " + settings.freezeAfter()
                    + ", but more of the network are frozen from the beginning; freeze as many or more");
        }
    }

    private void finishEpoch(TrainingState state, Optional<Batches> validation, Workers workers) {
        EpochMetrics trained = state.sums().metrics(state.epoch(), state.steps());
        EpochMetrics metrics = validation.isPresent()
                ? trained.validated(validate(state, validation.get(), workers)) : trained;
        state.epochDone(metrics);
        save(state);
        listeners.forEach(listener -> listener.epochDone(metrics, state.network()));
    }

    private boolean hasWaitedEnough(TrainingState state) {
        int since = Math.max(warmUp, state.best().map(TrainingState.Best::epoch).orElse(0));
        return settings.patience() > 0 && state.epoch() - since > settings.patience();
    }

    /** Learns the rest of an epoch; returns whether it was stopped before its end. */
    private boolean learn(TrainingState state, Steps step, Batches training) {
        Iterator<MiniBatch> source = training.epoch(state.epoch());
        pass(source, state.sums());
        long begin = System.nanoTime();
        try (Prefetcher<MiniBatch> batches = new Prefetcher<>(source)) {
            while (batches.hasNext()) {
                long before = state.steps();
                take(step, batches, state);
                boolean stop = stopWhen.getAsBoolean();
                if (stop || state.steps() / settings.checkpointEvery() > before / settings.checkpointEvery()) {
                    state.spent(secondsSince(begin));
                    save(state);
                    begin = System.nanoTime();
                }
                if (stop) {
                    return true;
                }
            }
        }
        if (state.sums().examples() == 0) {
            throw new InvalidInputException("data: no images to train with");
        }
        state.spent(secondsSince(begin));
        return false;
    }

    /** Learns from the next mini-batches, as many as are taken together. */
    private void take(Steps step, Iterator<MiniBatch> batches, TrainingState state) {
        List<MiniBatch> taken = new ArrayList<>();
        while (taken.size() < step.together() && batches.hasNext()) {
            taken.add(fit(batches.next(), state));
        }
        long before = state.steps();
        List<Steps.Outcome> outcomes = step.apply(taken);
        for (int i = 0; i < taken.size(); i++) {
            int images = taken.get(i).size();
            Steps.Outcome outcome = outcomes.get(i);
            long number = before + i + 1;
            state.learned(images, outcome);
            listeners.forEach(listener -> listener.stepDone(number, images, outcome.lossSum() / images));
        }
    }

    /** Leaves out the mini-batches that were learnt before the training was stopped. */
    private static void pass(Iterator<MiniBatch> source, EpochSums learned) {
        long examples = 0;
        for (int i = 0; i < learned.batches(); i++) {
            if (!source.hasNext()) {
                throw new InvalidInputException("data: an epoch has " + i + " mini-batches, but the checkpoint is of a"
                        + " training with more, " + learned.batches() + " or above");
            }
            examples += source.next().size();
        }
        if (examples != learned.examples()) {
            throw new InvalidInputException("data: the first " + learned.batches() + " mini-batches of an epoch have "
                    + examples + " images, but the checkpoint is of a training in which they had " + learned.examples());
        }
    }

    /** A smaller mini-batch may come last in an epoch, but not always. */
    private static MiniBatch fit(MiniBatch batch, TrainingState state) {
        Architecture architecture = state.network().architecture();
        if (state.sums().batches() == 0 && batch.size() < state.network().leastExamples()) {
            throw new InvalidInputException("mini-batch: " + batch.size() + " image, but batch normalization of single"
                    + " numbers compares at least " + state.network().leastExamples() + "; use larger mini-batches");
        }
        return batch.fitTo(architecture.classNames().size(), architecture.channels(), architecture.height(),
                architecture.width());
    }

    private Evaluator.Result validate(TrainingState state, Batches validation, Workers workers) {
        try {
            return Evaluator.evaluate(state.network(), validation, Views.ONE, workers, done -> {}, prediction ->
                    listeners.forEach(listener -> listener.validated(state.epoch(), prediction)));
        } catch (OutputNotFiniteException e) {
            throw new TrainingDivergedException(state.epoch(), state.steps(), e);
        }
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) * 1e-9;
    }

    private void save(TrainingState state) {
        if (directory.isPresent()) {
            try {
                directory.get().save(state);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private TrainingDivergedException withCheckpoint(TrainingDivergedException diverged) {
        try {
            Optional<Path> checkpoint = directory.isPresent() ? directory.get().latestCheckpointFile() : Optional.empty();
            return checkpoint.map(diverged::after).orElse(diverged);
        } catch (IOException e) {
            diverged.addSuppressed(e);
            return diverged;
        }
    }

    /** What a trainer has beside its settings; each has a default. */
    public static final class Builder {

        private final TrainingSettings settings;
        private final List<TrainingListener> listeners = new ArrayList<>();
        private IUpdater updater;
        private int warmUp;
        private long steps;
        private int threads = Runtime.getRuntime().availableProcessors();
        private Optional<RunDirectory> directory = Optional.empty();
        private boolean resumeAnyway;
        private BooleanSupplier stopWhen = () -> false;
        private Optional<GradientSource> gradients = Optional.empty();
        private Optional<LocalSteps> localSteps = Optional.empty();

        private Builder(TrainingSettings settings) {
            this.settings = settings;
            updater = settings.updater(new FixedSchedule(settings.learningRate()));
        }

        /**
         * Sets any of ND4J's optimizers, or one of your own that goes number by number as they do (it gets the gradient in
         * parts, from several threads), with its learning rate or schedule, whose iterations are our steps, from 0; the
         * default is that of the settings with a learning rate that stays the same. Of ND4J's, {@code Nadam} begins with
         * steps of sixty times its rate, as it does not correct its second moment; {@code NoOp} is descent at a rate of 1.
         *
         * @throws InvalidInputException if it is {@code AdaBelief}, which fails in ND4J 1.0.0-M2.1
         */
        public Builder updater(IUpdater optimizer) {
            if (optimizer instanceof AdaBelief) {
                throw new InvalidInputException("updater: AdaBelief, which fails in ND4J 1.0.0-M2.1 when it is given its"
                        + " state; use another, such as Adam");
            }
            updater = optimizer;
            warmUp = 0;
            return this;
        }

        /** Sets the last epoch that patience does not count, as the learning rate of the updater still rises in it. */
        Builder patientUntil(int epoch) {
            warmUp = epoch;
            return this;
        }

        /**
         * Sets how many steps the whole training has, all epochs together, which a lookahead has to know.
         *
         * @throws InvalidInputException if it is below 1
         */
        public Builder steps(long count) {
            if (count < 1) {
                throw new InvalidInputException("steps: " + count + ", expected at least 1");
            }
            steps = count;
            return this;
        }

        /** Sets how many threads compute, at least 1; default the processors. They change the time, not the result. */
        public Builder threads(int count) {
            threads = Ranges.requireAtLeast(1, "threads", count);
            return this;
        }

        /**
         * Writes checkpoints to a directory, which holds the last two: before the first step, after each epoch, and in
         * between as the settings say. By default there are none.
         */
        public Builder checkpoints(RunDirectory run) {
            directory = Optional.of(run);
            return this;
        }

        /**
         * Has {@link Trainer#resume} go on with a training of another platform, with a warning in the log, to a model that
         * neither of them alone would give; its card names both. By default that is refused.
         */
        public Builder resumeAnyway(boolean yes) {
            resumeAnyway = yes;
            return this;
        }

        /**
         * Asks after each step and epoch; once it says true the training writes a checkpoint, if there is a directory for
         * it, and ends with the network so far. Default: never. To have it end so on Ctrl-C, ask a
         * {@link io.github.backprop4j.parallel.StopSignal}.
         */
        public Builder stopWhen(BooleanSupplier condition) {
            stopWhen = condition;
            return this;
        }

        /** Has somebody else pass the slices and add up their gradients; by default the trainer's own threads do. */
        public Builder gradients(GradientSource source) {
            gradients = Optional.of(source);
            return this;
        }

        /**
         * Has somebody else take several steps at a time, with copies of the network that are averaged behind them;
         * checkpoints are then written behind an average only.
         */
        public Builder localSteps(LocalSteps elsewhere) {
            localSteps = Optional.of(elsewhere);
            return this;
        }

        /** Adds one who is told how it goes. */
        public Builder listener(TrainingListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Returns a trainer with what was set so far.
         *
         * @throws InvalidInputException if the settings have a lookahead and the steps are not known, or a weight decay and
         *     the updater has no learning rate
         * @throws IllegalArgumentException if there are both {@link #gradients} and {@link #localSteps}
         */
        public Trainer build() {
            if (gradients.isPresent() && localSteps.isPresent()) {
                throw new IllegalArgumentException("trainer: has a source of gradients and local steps, which compute their"
                        + " own; give one of them");
            }
            if (settings.lookahead() > 0 && steps == 0) {
                throw new InvalidInputException("lookahead: " + settings.lookahead() + ", but the trainer does not know how"
                        + " many steps the training has; tell it by Trainer.Builder.steps");
            }
            if (settings.weightDecay() > 0 && !updater.hasLearningRate()) {
                throw new InvalidInputException("weight decay: " + settings.weightDecay() + ", but "
                        + updater.getClass().getSimpleName() + " has no learning rate to multiply it by; use l2 or another"
                        + " updater");
            }
            return new Trainer(this);
        }
    }
}
