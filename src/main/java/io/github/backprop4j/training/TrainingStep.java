package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.data.Seeds;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** A step of a training: how a mini-batch moves the parameters of a {@link TrainingState}. */
final class TrainingStep implements Steps {

    private final TrainingState state;
    private final Network network;
    private final TrainingSettings settings;
    private final IUpdater updater;
    private final long steps;
    private final Workers workers;
    private final Map<String, INDArray> optimizerState;
    private final Parameters gradients;
    private final ParameterMoves moves;
    private final Optional<Lookahead> lookahead;
    private final GradientSource source;

    /**
     * @param state is changed by each step
     * @param updater used by this training alone
     * @param steps of the whole training; looked at only if there is a lookahead
     * @param source of the gradients
     * @throws InvalidInputException if the state is of a training with another optimizer
     */
    TrainingStep(TrainingState state, TrainingSettings settings, IUpdater updater, long steps, Workers workers,
            GradientSource source) {
        this(state, settings, updater, steps, workers, source, optimizerState(state, updater));
    }

    private static Map<String, INDArray> optimizerState(TrainingState state, IUpdater updater) {
        GradientUpdater<?> whole = updater.instantiate(state.optimizerStateFor(updater), state.steps() == 0);
        return whole.getState();
    }

    private TrainingStep(TrainingState state, TrainingSettings settings, IUpdater updater, long steps, Workers workers,
            GradientSource source, Map<String, INDArray> optimizerState) {
        this.source = source;
        this.state = state;
        this.settings = settings;
        this.updater = updater;
        this.steps = steps;
        this.workers = workers;
        this.optimizerState = optimizerState;
        network = state.network();
        gradients = network.parameters().uninitializedLike();
        if (gradients.hasStatistics()) {
            // only those of slices are filled
            gradients.statistics().assign(0);
        }
        moves = new ParameterMoves(network, gradients, settings, updater, optimizerState);
        lookahead = Lookahead.of(state, settings, steps, workers);
    }

    @Override
    public int together() {
        return 1;
    }

    @Override
    public List<Outcome> apply(List<MiniBatch> batches) {
        return batches.stream().map(this::apply).toList();
    }

    @Override
    public TrainingStep freezing(int layers) {
        state.freeze(layers);
        return new TrainingStep(state, settings, updater, steps, workers, source, optimizerState);
    }

    /**
     * Passes a mini-batch forward and backward and moves the parameters against the mean of its gradients.
     *
     * @param batch of the network's shapes
     * @throws TrainingDivergedException if the loss, a gradient or a parameter becomes NaN or infinite; the network is
     *     then of no use
     * @throws InvalidInputException if they become so for the sake of such a number in an image
     */
    Outcome apply(MiniBatch batch) {
        Outcome outcome = sumGradients(batch);
        if (isRegularized()) {
            regularize(gradients.trained());
            workers.run(moves.count(), this::move);
        }
        state.stepDone();
        requireFinite(network.parameters(), "", state.steps(), batch);
        lookahead.ifPresent(each -> each.stepDone(state.steps()));
        return outcome;
    }

    private boolean isRegularized() {
        return settings.l2() > 0 || settings.clipNorm() > 0;
    }

    private void move(int part) {
        moves.move(part, Math.toIntExact(state.steps()), state.epoch() - 1);
    }

    /** What the slices of a mini-batch add up to so far. */
    private static final class SliceSums {
        private double loss;
        private long correct;
    }

    /**
     * Has the gradients of all slices added up, and moves the running statistics by those of each. The sum becomes the mean,
     * and unless the whole of it is still to be regularized, the parameters are moved.
     */
    private Outcome sumGradients(MiniBatch batch) {
        GradientSource.Step step = new GradientSource.Step(
                network, batch, settings, state.steps(), state.epoch(), state.sums().batches());
        SliceSums sums = new SliceSums();
        INDArray sum = source.sum(step, (loss, correct, statistics) -> {
            sums.loss += loss;
            sums.correct += correct;
            follow(statistics);
            requireFinite(sums.loss, batch, step.slices());
        });
        boolean[] finite = new boolean[moves.count()];
        Parts cut = new Parts(sum.length());
        workers.run(moves.count(), part -> finite[part] = finish(part, cut.of(sum, part), batch.size()));
        for (boolean isFinite : finite) {
            if (!isFinite) {
                requireFinite(gradients, "the gradient of ", state.steps() + 1, batch);
            }
        }
        return new Outcome(sums.loss, sums.correct, updater.hasLearningRate()
                ? updater.getLearningRate(Math.toIntExact(state.steps()), state.epoch() - 1) : Double.NaN);
    }

    private void requireFinite(double loss, MiniBatch batch, Slices slices) {
        if (!Double.isFinite(loss)) {
            batch.requireFiniteImages();
            throw new TrainingDivergedException(state.epoch(), state.steps() + 1, "the loss is " + loss / batch.size()
                    + ", and the first layer with such an output is " + firstNotFinite(batch, slices).orElse("none"));
        }
    }

    /** Makes a part's sum the mean and moves its parameters, while its numbers are at hand; returns whether they are finite. */
    private boolean finish(int part, INDArray sum, int examples) {
        INDArray gradient = moves.gradient(part).assign(sum).divi(examples);
        boolean isFinite = Double.isFinite(Nd4j.getBlasWrapper().asum(gradient));
        if (isFinite && !isRegularized()) {
            move(part);
        }
        return isFinite;
    }

    /** Moves the running statistics towards those of a slice; the share of the k-th is at least 1/k. */
    private void follow(INDArray ofSlice) {
        double share = Math.max(1 - settings.batchnormMomentum(), 1.0 / state.sliceDone());
        Parameters parameters = network.parameters();
        if (parameters.hasStatistics()) {
            parameters.statistics().muli(1 - share).addi(ofSlice.muli(share));
        }
    }

    /** Adds the L2 penalty's gradient and bounds the norm. */
    private void regularize(INDArray gradient) {
        Parameters parameters = network.parameters();
        if (settings.l2() > 0) {
            for (String name : parameters.weightNames()) {
                gradients.get(name).addi(parameters.get(name).mul(settings.l2()));
            }
        }
        if (settings.clipNorm() > 0) {
            double norm = gradient.norm2Number().doubleValue();
            if (norm > settings.clipNorm()) {
                gradient.muli(settings.clipNorm() / norm);
            }
        }
    }

    private void requireFinite(Parameters numbers, String what, long step, MiniBatch batch) {
        numbers.firstNotFinite().ifPresent(name -> {
            batch.requireFiniteImages();
            throw new TrainingDivergedException(state.epoch(), step, what + name + " became NaN or infinite");
        });
    }

    /** Passes the batch once more, to see where the numbers went out of range. */
    private Optional<String> firstNotFinite(MiniBatch batch, Slices slices) {
        return IntStream.range(0, slices.count()).boxed().flatMap(index -> network.firstNotFinite(
                batch.images(slices.from(index), slices.to(index)),
                Seeds.at(settings.seed(), state.steps(), index)).stream()).findFirst();
    }
}
