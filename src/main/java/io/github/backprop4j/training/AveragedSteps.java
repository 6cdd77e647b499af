package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Workers;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** Steps that {@link LocalSteps} takes; behind each span the copies are averaged, weighed by the images that they have learnt. */
final class AveragedSteps implements Steps {

    private final TrainingState state;
    private final TrainingSettings settings;
    private final IUpdater updater;
    private final long steps;
    private final Workers workers;
    private final LocalSteps local;
    private final INDArray optimizer;
    private final Optional<Lookahead> lookahead;

    /**
     * @param state is changed by each step
     * @param updater the training's
     * @param steps of the whole training; looked at only if there is a lookahead
     * @throws InvalidInputException if the state is of a training with another optimizer
     */
    AveragedSteps(TrainingState state, TrainingSettings settings, IUpdater updater, long steps, Workers workers,
            LocalSteps local) {
        this(state, settings, updater, steps, workers, local, Optional.ofNullable(state.optimizerStateFor(updater))
                .orElseGet(() -> Nd4j.empty(state.network().parameters().dataType())));
    }

    private AveragedSteps(TrainingState state, TrainingSettings settings, IUpdater updater, long steps, Workers workers,
            LocalSteps local, INDArray optimizer) {
        this.state = state;
        this.settings = settings;
        this.updater = updater;
        this.steps = steps;
        this.workers = workers;
        this.local = local;
        this.optimizer = optimizer;
        lookahead = Lookahead.of(state, settings, steps, workers);
    }

    @Override
    public int together() {
        return local.together();
    }

    @Override
    public List<Outcome> apply(List<MiniBatch> batches) {
        Parameters parameters = state.network().parameters();
        LocalSteps.Span span = new LocalSteps.Span(
                state.steps(), state.slices(), state.epoch(), state.sums().batches(), batches.size());
        List<LocalSteps.Copy> copies = local.take(span, parameters.row(), optimizer);
        List<Outcome> outcomes = IntStream.range(0, batches.size()).mapToObj(step -> outcome(copies, step)).toList();
        requireFinite(outcomes);
        average(copies);
        copies.forEach(copy -> state.slicesDone(copy.slices()));
        for (int i = 0; i < batches.size(); i++) {
            state.stepDone();
            lookahead.ifPresent(each -> each.stepDone(state.steps()));
        }
        parameters.firstNotFinite().ifPresent(name -> {
            throw new TrainingDivergedException(state.epoch(), state.steps(), name + " became NaN or infinite");
        });
        return outcomes;
    }

    private void requireFinite(List<Outcome> outcomes) {
        for (int i = 0; i < outcomes.size(); i++) {
            if (!Double.isFinite(outcomes.get(i).lossSum())) {
                throw new TrainingDivergedException(
                        state.epoch(), state.steps() + i + 1, "numbers of a copy became NaN or infinite");
            }
        }
    }

    /** What is neither trained nor followed stays as it is to the bit. */
    private void average(List<LocalSteps.Copy> copies) {
        Parameters parameters = state.network().parameters();
        Parameters sum = parameters.uninitializedLike();
        Parameters each = parameters.uninitializedLike();
        sum.row().assign(0);
        INDArray sumOfOptimizers = optimizer.isEmpty() ? optimizer : optimizer.like();
        double images = copies.stream().mapToLong(LocalSteps.Copy::images).sum();
        for (LocalSteps.Copy copy : copies) {
            each.row().assign(copy.parameters().reshape(each.row().shape()));
            sum.row().addi(each.row().muli(copy.images() / images));
            if (!optimizer.isEmpty()) {
                sumOfOptimizers.addi(copy.optimizer().muli(copy.images() / images));
            }
        }
        parameters.trained().assign(sum.trained());
        if (parameters.hasStatistics()) {
            parameters.statistics().assign(sum.statistics());
        }
        if (!optimizer.isEmpty()) {
            optimizer.assign(sumOfOptimizers);
        }
    }

    private static Outcome outcome(List<LocalSteps.Copy> copies, int step) {
        List<LocalSteps.Taken> taken = copies.stream().map(copy -> copy.steps().get(step)).toList();
        return new Outcome(taken.stream().mapToDouble(LocalSteps.Taken::loss).sum(),
                taken.stream().mapToLong(LocalSteps.Taken::correct).sum(),
                taken.stream().mapToDouble(LocalSteps.Taken::learningRate).filter(rate -> !Double.isNaN(rate)).findFirst()
                        .orElse(Double.NaN));
    }

    @Override
    public Steps freezing(int layers) {
        state.freeze(layers);
        return new AveragedSteps(state, settings, updater, steps, workers, local, optimizer);
    }
}
