package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Workers;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps that {@link LocalSteps} takes; behind each span of them the copies are averaged, each by the images it has learnt. */
final class AveragedSteps implements Steps {

    private final TrainingState state;
    private final LocalSteps local;
    private final INDArray optimizer;
    private final Optional<Lookahead> lookahead;

    /**
     * @param state is changed by each step; has the optimizer's numbers
     * @param steps of the whole training; looked at only if there is a lookahead
     */
    AveragedSteps(TrainingState state, TrainingSettings settings, long steps, Workers workers, LocalSteps local) {
        this.state = state;
        this.local = local;
        optimizer = state.optimizerState() == null
                ? Nd4j.empty(state.network().parameters().dataType()) : state.optimizerState();
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
        double images = copies.stream().mapToLong(LocalSteps.Copy::images).sum();
        average(parameters.row(), copies.stream().map(LocalSteps.Copy::parameters).toList(), copies, images);
        if (!optimizer.isEmpty()) {
            average(optimizer, copies.stream().map(LocalSteps.Copy::optimizer).toList(), copies, images);
        }
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

    private static void average(INDArray into, List<INDArray> rows, List<LocalSteps.Copy> copies, double images) {
        into.assign(0);
        for (int i = 0; i < rows.size(); i++) {
            into.addi(rows.get(i).muli(copies.get(i).images() / images));
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
        return this;
    }
}
