package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.util.concurrent.CancellationException;

/**
 * Finds the learning rate for a training by trying: a copy of its start network is trained for some steps with a rate that
 * grows from far too small to far too large, and the loss tells which of them it can take (Smith, Cyclical Learning Rates
 * for Training Neural Networks, 2017, section 3.3, the LR range test; the exponential rise and the smoothing are those of
 * later practice). {@link LearningRateCurve#suggestion} is the rate to take.
 *
 * <pre>{@code
 * LearningRateCurve curve = LearningRateFinder.builder(Training.of(settings)).build().find();
 * double rate = curve.suggestion().orElseThrow();
 * }</pre>
 *
 * <p>Network, mini-batches, optimizer, L2 penalty and all else are those of the training. Its epochs, learning rate,
 * schedule, lookahead, patience, checkpoints and layers that it freezes later have no part in it, and its validation
 * images are set apart but not looked at. The trial ends when all steps are done, or before that when the smoothed loss
 * exceeds four times the least so far, or a number becomes NaN or infinite. The curve is the same to the bit for any
 * number of threads.
 */
public final class LearningRateFinder {

    private final Training training;
    private final ExponentialRise rates;
    private final int threads;
    private final TrainingListener listener;

    private LearningRateFinder(Builder builder) {
        training = builder.training;
        rates = builder.rates;
        threads = builder.threads;
        listener = builder.listener;
    }

    /** Returns a finder to be completed. */
    public static Builder builder(Training training) {
        return new Builder(training);
    }

    /**
     * Tries the rates.
     *
     * @throws InvalidInputException if an image holds NaN or infinity
     * @throws CancellationException if the calling thread is interrupted, which stays interrupted
     */
    public LearningRateCurve find() {
        LearningRateCurve.Recorder recorder = new LearningRateCurve.Recorder(rates);
        TrainingListener losses = new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                recorder.add(loss);
            }
        };
        Trainer trainer = training.trainer(rates).threads(threads).listener(losses).listener(listener)
                .stopWhen(() -> recorder.isFull() || recorder.hasExploded()).build();
        try {
            training.runUnvalidated(trainer);
        } catch (TrainingDivergedException e) {
            return recorder.curve(true);
        }
        return recorder.curve(false);
    }

    /** What a finder has beside its training; each has a default. */
    public static final class Builder {

        private final Training training;
        private ExponentialRise rates;
        private int threads = Runtime.getRuntime().availableProcessors();
        private TrainingListener listener = new TrainingListener() {};

        private Builder(Training training) {
            this.training = training;
            rates = ExponentialRise.around(training.settings().optimizer());
        }

        /**
         * Sets the rates, one for each step; more steps than an epoch has go on into the next. Default
         * {@link ExponentialRise#around} the usual one of the optimizer.
         */
        public Builder rates(ExponentialRise tried) {
            rates = tried;
            return this;
        }

        /** Sets how many threads compute, at least 1; default the processors. They change the time, not the result. */
        public Builder threads(int count) {
            threads = Ranges.requireAtLeast(1, "threads", count);
            return this;
        }

        /** Sets who is told of each step. */
        public Builder listener(TrainingListener told) {
            listener = told;
            return this;
        }

        /** Returns a finder with what was set so far. */
        public LearningRateFinder build() {
            return new LearningRateFinder(this);
        }
    }
}
