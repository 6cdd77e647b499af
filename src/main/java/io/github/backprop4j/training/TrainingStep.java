package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.data.Seeds;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** A step of a training: how a mini-batch moves the parameters of a {@link TrainingState}. */
final class TrainingStep {

    /** The least share that a slice has in the running statistics; the first k slices have one of 1/k. */
    private static final double STATISTICS_SHARE = 0.01;

    /** What a mini-batch gave before its step. */
    record Outcome(double lossSum, long correct, double learningRate) {}

    private record SliceResult(Parameters gradients, Loss loss) {}

    private final TrainingState state;
    private final Network network;
    private final TrainingSettings settings;
    private final IUpdater updater;
    private final GradientUpdater<?> gradientUpdater;
    private final Workers workers;
    private final Parameters gradients;
    /** Gradients of slices that have been taken: new ones would cost a slice as much as a layer. */
    private final Queue<Parameters> free = new ConcurrentLinkedQueue<>();

    /**
     * @param state is changed by each step
     * @param updater used by this training alone
     * @throws io.github.backprop4j.files.InvalidInputException if the state is of a training with another optimizer
     */
    TrainingStep(TrainingState state, TrainingSettings settings, IUpdater updater, Workers workers) {
        this.state = state;
        this.settings = settings;
        this.updater = updater;
        this.workers = workers;
        network = state.network();
        gradients = network.parameters().uninitializedLike();
        if (gradients.hasStatistics()) {
            // only those of slices are filled
            gradients.statistics().assign(0);
        }
        gradientUpdater = updater.instantiate(state.optimizerStateFor(updater), state.steps() == 0);
    }

    /**
     * Passes a mini-batch forward and backward and moves the parameters against the mean of its gradients.
     *
     * @param batch of the network's shapes
     * @throws TrainingDivergedException if the loss, a gradient or a parameter becomes NaN or infinite; the network is
     *     then of no use
     */
    Outcome apply(MiniBatch batch) {
        Outcome outcome = sumGradients(batch);
        INDArray sum = gradients.trained();
        sum.divi(batch.size());
        requireFinite(gradients, "the gradient of ", state.steps() + 1);
        regularize(sum);
        Parameters parameters = network.parameters();
        gradientUpdater.applyUpdater(sum, Math.toIntExact(state.steps()), state.epoch() - 1);
        parameters.trained().subi(sum);
        state.stepDone();
        requireFinite(parameters, "", state.steps());
        return outcome;
    }

    /** Sums the gradients of all slices, in their order, and moves the running statistics by those of each. */
    private Outcome sumGradients(MiniBatch batch) {
        Parameters parameters = network.parameters();
        Slices slices = Slices.even(batch.size());
        INDArray sum = gradients.trained().assign(0);
        double[] loss = new double[1];
        long[] correct = new long[1];
        workers.run(slices.count(), index -> pass(batch, slices, index), slice -> {
            sum.addi(slice.gradients.trained());
            loss[0] += slice.loss.sum();
            correct[0] += slice.loss.correct();
            double share = Math.max(STATISTICS_SHARE, 1.0 / state.sliceDone());
            if (parameters.hasStatistics()) {
                parameters.statistics().muli(1 - share).addi(slice.gradients.statistics().muli(share));
            }
            free.add(slice.gradients);
        });
        if (!Double.isFinite(loss[0])) {
            throw new TrainingDivergedException(state.epoch(), state.steps() + 1, "the loss is " + loss[0] / batch.size()
                    + ", and the first layer with such an output is " + firstNotFinite(batch, slices).orElse("none"));
        }
        return new Outcome(loss[0], correct[0], updater.hasLearningRate()
                ? updater.getLearningRate(Math.toIntExact(state.steps()), state.epoch() - 1) : Double.NaN);
    }

    private SliceResult pass(MiniBatch batch, Slices slices, int index) {
        Network.Pass pass = network.forward(
                batch.images(slices.from(index), slices.to(index)), Seeds.at(settings.seed(), state.steps(), index));
        Loss loss = Loss.of(pass.logits(), batch.labels(slices.from(index), slices.to(index)));
        Parameters sliceGradients = free.poll();
        if (sliceGradients == null) {
            sliceGradients = outsideWorkspace();
        }
        network.backward(loss.dLogits(), pass, sliceGradients);
        return new SliceResult(sliceGradients, loss);
    }

    private Parameters outsideWorkspace() {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return network.parameters().uninitializedLike();
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

    private void requireFinite(Parameters numbers, String what, long step) {
        numbers.firstNotFinite().ifPresent(name -> {
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
