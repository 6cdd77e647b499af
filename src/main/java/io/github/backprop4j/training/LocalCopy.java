package io.github.backprop4j.training;

import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** A copy of a training that takes the steps of {@link LocalSteps}. */
public final class LocalCopy {

    private final TrainingSettings settings;
    private final IUpdater updater;
    private final Workers workers;
    private final LocalGradients gradients;

    /**
     * A share of each mini-batch's slices.
     *
     * @param part which, from 0
     * @param parts of how many; a mini-batch with fewer slices has nothing for some of them
     */
    public record Share(int part, int parts) {

        private int boundary(Slices slices, int number) {
            return (int) ((long) slices.count() * number / parts);
        }

        private int first(Slices slices) {
            return boundary(slices, part);
        }

        private int end(Slices slices) {
            return boundary(slices, part + 1);
        }
    }

    /**
     * @param settings of the training; the copies have no part in its lookahead
     * @param updater of the training
     * @param workers whose threads compute
     */
    public LocalCopy(TrainingSettings settings, IUpdater updater, Workers workers) {
        this.settings = settings.toBuilder().lookahead(0).build();
        this.updater = updater;
        this.workers = workers;
        gradients = new LocalGradients(workers);
    }

    /**
     * Takes the steps of a span.
     *
     * @param network with the parameters to begin with, in which is frozen what is so from the beginning; is changed
     * @param optimizer the optimizer's numbers to begin with (1, S); is changed; empty if there are none
     * @param pass stands before the first of the span's mini-batches
     * @return if a loss, a gradient or a parameter has become NaN or infinite, the losses of that step and the later ones are
     *     NaN
     */
    public LocalSteps.Copy take(LocalSteps.Span span, Share share, Network network, INDArray optimizer,
            ImageBatches.Pass pass) {
        EpochSums before = new EpochSums(span.batchOfEpoch(), 0, 0, 0, Double.NaN, 0);
        TrainingState state = new TrainingState(network, settings.seed(), Optional.empty(),
                optimizer.isEmpty() ? null : optimizer, Optional.empty(), span.step(), span.slices(), span.epoch(), before,
                List.of(), Optional.empty());
        Steps step = steps(state, share);
        List<LocalSteps.Taken> taken = new ArrayList<>();
        long images = 0;
        boolean diverged = false;
        for (int i = 0; i < span.count() && !diverged; i++) {
            pass.advance();
            Slices slices = Slices.even(pass.currentSize(), settings.ghostBatch());
            int first = share.first(slices);
            int end = share.end(slices);
            if (first == end) {
                state.stepDone();
                taken.add(new LocalSteps.Taken(0, 0, Double.NaN));
            } else {
                MiniBatch batch = pass.current(slices.from(first), slices.to(end - 1));
                taken.add(take(step, batch, state));
                images += slices.to(end - 1) - slices.from(first);
                diverged = Double.isNaN(taken.get(i).loss());
            }
        }
        while (taken.size() < span.count()) {
            taken.add(new LocalSteps.Taken(Double.NaN, 0, Double.NaN));
        }
        return new LocalSteps.Copy(images, state.slices() - span.slices(), taken, network.parameters().row(), optimizer);
    }

    private Steps steps(TrainingState state, Share share) {
        Steps all = new TrainingStep(state, settings, updater.clone(), Long.MAX_VALUE, workers,
                (step, listener) -> ofShare(share, step, listener));
        return settings.freezeAfter() > 0 && state.epoch() > settings.freezeAfter()
                ? all.freezing(settings.freeze()) : all;
    }

    private static LocalSteps.Taken take(Steps step, MiniBatch batch, TrainingState state) {
        try {
            Steps.Outcome outcome = step.apply(List.of(batch)).get(0);
            state.learned(batch.size(), outcome);
            return new LocalSteps.Taken(outcome.lossSum(), outcome.correct(), outcome.learningRate());
        } catch (TrainingDivergedException e) {
            return new LocalSteps.Taken(Double.NaN, 0, Double.NaN);
        }
    }

    /** The share's sum, as large as if the whole mini-batch were like it. */
    private INDArray ofShare(Share share, GradientSource.Step step, GradientSource.SliceListener listener) {
        Slices slices = step.slices();
        int first = share.first(slices);
        int end = share.end(slices);
        double images = slices.to(end - 1) - slices.from(first);
        return gradients.sum(step, first, end, listener).muli(step.batch().size() / images);
    }
}
