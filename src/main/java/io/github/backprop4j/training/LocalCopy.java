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
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** A copy of a training that takes the steps of {@link LocalSteps}. */
public final class LocalCopy {

    private final TrainingSettings settings;
    private final IUpdater updater;
    private final Workers workers;
    private final LocalGradients gradients;
    private final int part;
    private final int parts;

    /**
     * @param settings of the training; the copies have no part in its lookahead
     * @param updater of the training
     * @param workers whose threads compute
     * @param part which share of each mini-batch's slices is learnt, from 0
     * @param parts how many shares there are; a mini-batch with fewer slices has nothing for the last ones
     */
    public LocalCopy(TrainingSettings settings, IUpdater updater, Workers workers, int part, int parts) {
        this.settings = settings.toBuilder().lookahead(0).build();
        this.updater = updater;
        this.workers = workers;
        this.part = part;
        this.parts = parts;
        gradients = new LocalGradients(workers);
    }

    /**
     * Takes the steps of a span.
     *
     * @param network with the parameters to begin with; is changed
     * @param optimizer the optimizer's numbers to begin with (1, S); is changed; empty if there are none
     * @param pass stands before the first of the span's mini-batches
     * @return if a loss, a gradient or a parameter has become NaN or infinite, the step's loss is NaN, and so are those after
     */
    public LocalSteps.Copy take(LocalSteps.Span span, Network network, INDArray optimizer, ImageBatches.Pass pass) {
        EpochSums before = new EpochSums(span.batchOfEpoch(), 0, 0, 0, Double.NaN, 0);
        TrainingState state = new TrainingState(network, settings.seed(), Optional.empty(),
                optimizer.isEmpty() ? null : optimizer, Optional.empty(), span.step(), span.slices(), span.epoch(), before,
                List.of(), Optional.empty());
        TrainingStep step = new TrainingStep(state, settings, updater.clone(), Long.MAX_VALUE, workers, this::shareOf);
        List<LocalSteps.Taken> taken = new ArrayList<>();
        long images = 0;
        for (int i = 0; i < span.count(); i++) {
            Slices slices = Slices.even(pass.nextSize(), settings.ghostBatch());
            int from = from(slices) == slices.count() ? pass.nextSize() : slices.from(from(slices));
            int to = to(slices) == slices.count() ? pass.nextSize() : slices.from(to(slices));
            boolean diverged = i > 0 && Double.isNaN(taken.get(i - 1).loss());
            if (diverged) {
                taken.add(new LocalSteps.Taken(Double.NaN, 0, Double.NaN));
            } else if (from == to) {
                pass.skip();
                state.stepDone();
                taken.add(new LocalSteps.Taken(0, 0, Double.NaN));
            } else {
                taken.add(take(step, pass.next(from, to), state));
                images += to - from;
            }
        }
        return new LocalSteps.Copy(images, state.slices() - span.slices(), taken, network.parameters().row(),
                state.optimizerState() == null ? Nd4j.empty(network.parameters().dataType()) : state.optimizerState());
    }

    private static LocalSteps.Taken take(TrainingStep step, MiniBatch batch, TrainingState state) {
        try {
            Steps.Outcome outcome = step.apply(batch);
            state.learned(batch.size(), outcome);
            return new LocalSteps.Taken(outcome.lossSum(), outcome.correct(), outcome.learningRate());
        } catch (TrainingDivergedException e) {
            return new LocalSteps.Taken(Double.NaN, 0, Double.NaN);
        }
    }

    private int from(Slices slices) {
        return (int) ((long) slices.count() * part / parts);
    }

    private int to(Slices slices) {
        return (int) ((long) slices.count() * (part + 1) / parts);
    }

    /** The share's sum, as large as if the whole mini-batch were like it. */
    private INDArray shareOf(GradientSource.Step step, GradientSource.SliceListener listener) {
        Slices slices = step.slices();
        int from = from(slices);
        int to = to(slices);
        double images = slices.to(to - 1) - slices.from(from);
        return gradients.sum(step, from, to, listener).muli(step.batch().size() / images);
    }
}
