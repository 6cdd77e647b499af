package io.github.backprop4j.training;

import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Workers;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** A training under way: the network as it is so far, the optimizer's state, and how a mini-batch changes both. */
final class TrainingRun {

    /** The least share that a slice has in the running statistics; the first k slices have one of 1/k. */
    private static final double STATISTICS_SHARE = 0.01;

    /** What a mini-batch gave. */
    record Step(double lossSum, long correct, double learningRate) {}

    private record SliceResult(Parameters gradients, Loss loss) {}

    private final Network network;
    private final IUpdater updater;
    private final GradientUpdater<?> gradientUpdater;
    /** What the updater keeps from step to step, (1, S); null if nothing. */
    private final INDArray updaterState;
    private final double l2;
    private final double clipNorm;
    private final long seed;
    private final Workers workers;
    private final Parameters gradients;
    /** Gradients of slices that have been taken: new ones would cost a slice as much as a layer. */
    private final Queue<Parameters> free = new ConcurrentLinkedQueue<>();
    private long stepsDone;
    private long slicesDone;

    /**
     * @param from its network and optimizer state are changed
     * @throws IllegalArgumentException if it is of another seed or optimizer
     */
    TrainingRun(Checkpoint from, IUpdater updater, double l2, double clipNorm, long seed, Workers workers) {
        network = from.network();
        this.updater = updater;
        this.l2 = l2;
        this.clipNorm = clipNorm;
        this.seed = seed;
        this.workers = workers;
        stepsDone = from.steps();
        slicesDone = from.slices();
        gradients = network.parameters().uninitializedLike();
        if (from.seed() != seed) {
            throw new IllegalArgumentException("seed: " + seed + ", but the checkpoint is of a training with "
                    + from.seed());
        }
        long stateSize = updater.stateSize(network.parameters().trainedCount());
        long found = from.optimizerState().map(INDArray::length).orElse(0L);
        if ((stepsDone > 0 || found > 0) && found != stateSize) {
            throw new IllegalArgumentException("optimizer: " + updater.getClass().getSimpleName() + " keeps " + stateSize
                    + " numbers, but the checkpoint has " + found);
        }
        updaterState = from.optimizerState().orElse(stateSize == 0 ? null : Nd4j.zeros(gradients.dataType(), 1, stateSize));
        gradientUpdater = updater.instantiate(updaterState, stepsDone == 0);
    }

    /** Where it stands; the arrays are its own, which the next step changes. */
    Checkpoint checkpoint(int epoch, Checkpoint.EpochSums sums, List<EpochMetrics> epochs,
            Optional<Checkpoint.Best> best) {
        return new Checkpoint(network, Optional.ofNullable(updaterState), seed, stepsDone, slicesDone, epoch, sums,
                epochs, best);
    }

    Network network() {
        return network;
    }

    long stepsDone() {
        return stepsDone;
    }

    /**
     * Passes a mini-batch forward and backward and moves the parameters against the mean of its gradients.
     *
     * @throws TrainingDivergedException if the loss, a gradient or a parameter becomes NaN or infinite; the network is
     *     then of no use
     */
    Step step(MiniBatch batch, int epoch) {
        batch.requireFits(network.architecture());
        Parameters parameters = network.parameters();
        INDArray sum = gradients.trained().assign(0);
        double[] loss = new double[1];
        long[] correct = new long[1];
        workers.run(batch.slices(), index -> pass(batch, index), slice -> {
            sum.addi(slice.gradients.trained());
            loss[0] += slice.loss.sum();
            correct[0] += slice.loss.correct();
            slicesDone++;
            if (parameters.hasStatistics()) {
                double share = Math.max(STATISTICS_SHARE, 1.0 / slicesDone);
                parameters.statistics().muli(1 - share).addi(slice.gradients.statistics().muli(share));
            }
            free.add(slice.gradients);
        });
        if (!Double.isFinite(loss[0])) {
            throw new TrainingDivergedException(epoch, stepsDone + 1, "the loss is " + loss[0] / batch.size()
                    + ", and the first layer with such an output is " + firstNotFinite(batch).orElse("none"));
        }
        sum.divi(batch.size());
        requireFinite(sum, gradients, "the gradient of ", epoch, stepsDone + 1);
        if (l2 > 0) {
            for (String name : parameters.weightNames()) {
                gradients.get(name).addi(parameters.get(name).mul(l2));
            }
        }
        if (clipNorm > 0) {
            double norm = sum.norm2Number().doubleValue();
            if (norm > clipNorm) {
                sum.muli(clipNorm / norm);
            }
        }
        int iteration = Math.toIntExact(stepsDone);
        gradientUpdater.applyUpdater(sum, iteration, epoch - 1);
        parameters.trained().subi(sum);
        stepsDone++;
        requireFinite(parameters.trained(), parameters, "", epoch, stepsDone);
        if (parameters.hasStatistics()) {
            requireFinite(parameters.statistics(), parameters, "", epoch, stepsDone);
        }
        return new Step(loss[0], correct[0],
                updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch - 1) : Double.NaN);
    }

    /** @param all have the numbers among them, by name */
    private static void requireFinite(INDArray numbers, Parameters all, String what, int epoch, long step) {
        if (isFinite(numbers)) {
            return;
        }
        String name = all.names().stream().filter(each -> !isFinite(all.get(each))).findFirst().orElse("their sum");
        throw new TrainingDivergedException(epoch, step, what + name + " became NaN or infinite");
    }

    /** A sum of magnitudes is finite only if all are; it takes a fraction of the time of a look at each. */
    private static boolean isFinite(INDArray numbers) {
        return Double.isFinite(Nd4j.getBlasWrapper().asum(numbers.reshape('c', new long[] {numbers.length()})));
    }

    /** Passes the batch once more, to see where the numbers went out of range. */
    private Optional<String> firstNotFinite(MiniBatch batch) {
        return IntStream.range(0, batch.slices()).boxed().flatMap(index -> network.firstNotFinite(
                batch.images(batch.slice(index), network.architecture()), Seeds.at(seed, stepsDone, index)).stream())
                .findFirst();
    }

    private Parameters outsideWorkspace() {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return network.parameters().uninitializedLike();
        }
    }

    private SliceResult pass(MiniBatch batch, int index) {
        MiniBatch.Slice slice = batch.slice(index);
        Network.Pass pass = network.forward(
                batch.images(slice, network.architecture()), Seeds.at(seed, stepsDone, index));
        Loss loss = Loss.of(pass.logits(), batch.labels(slice));
        Parameters sliceGradients = free.poll();
        if (sliceGradients == null) {
            sliceGradients = outsideWorkspace();
        }
        network.backward(loss.dLogits(), pass, sliceGradients);
        return new SliceResult(sliceGradients, loss);
    }
}
