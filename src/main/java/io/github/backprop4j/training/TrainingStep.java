package io.github.backprop4j.training;

import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.data.Seeds;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** A step of a training: how a mini-batch moves the parameters of a {@link TrainingState}. */
final class TrainingStep {

    /** The least share that a slice has in the running statistics; the first k slices have one of 1/k. */
    private static final double STATISTICS_SHARE = 0.01;

    /** What a mini-batch gave before its step. */
    record Outcome(double lossSum, long correct, double learningRate) {}

    /** Numbers in a {@link Part}: enough that to hand it to a thread costs little. */
    private static final long PART = 1 << 15;

    /** Slices for each thread whose gradients are in memory at once: enough that threads seldom wait for each other. */
    private static final int SLICES_OF_THREAD = 4;

    /**
     * Some of the parameters. What is done to one number at a time, the sum over slices and every optimizer of ND4J, threads
     * do part by part.
     */
    private record Part(INDArray gradient, INDArray parameters, GradientUpdater<?> updater) {}

    /**
     * The gradients of a slice. New ones for each would cost a slice as much as a layer.
     *
     * @param parts views of those that are trained
     */
    private record SliceGradients(Parameters all, List<INDArray> parts) {}

    private record SliceLoss(double sum, int correct) {}

    private final TrainingState state;
    private final Network network;
    private final TrainingSettings settings;
    private final IUpdater updater;
    private final List<Part> parts;
    private final Workers workers;
    private final Parameters gradients;
    private final List<SliceGradients> slicesGradients = new ArrayList<>();

    /**
     * @param state is changed by each step
     * @param updater used by this training alone
     * @throws InvalidInputException if the state is of a training with another optimizer
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
        GradientUpdater<?> whole = updater.instantiate(state.optimizerStateFor(updater), state.steps() == 0);
        parts = parts(whole.getState());
    }

    private List<Part> parts(Map<String, INDArray> optimizerState) {
        List<Part> found = new ArrayList<>();
        long length = gradients.trained().length();
        for (long from = 0; from < length; from += PART) {
            long begin = from;
            Map<String, INDArray> ofPart = new HashMap<>();
            optimizerState.forEach((name, all) -> ofPart.put(name, part(all, begin)));
            found.add(new Part(part(gradients.trained(), from), part(network.parameters().trained(), from),
                    updater.instantiate(ofPart, false)));
        }
        return found;
    }

    private static INDArray part(INDArray row, long from) {
        return row.get(NDArrayIndex.all(), NDArrayIndex.interval(from, Math.min(from + PART, row.length())));
    }

    private SliceGradients newSliceGradients() {
        Parameters all = network.parameters().uninitializedLike();
        return new SliceGradients(all, IntStream.range(0, parts.size())
                .mapToObj(index -> part(all.trained(), index * PART)).toList());
    }

    /**
     * Passes a mini-batch forward and backward and moves the parameters against the mean of its gradients.
     *
     * @param batch of the network's shapes
     * @throws InvalidInputException if it has become so because an image holds NaN or infinity
     * @throws TrainingDivergedException if the loss, a gradient or a parameter becomes NaN or infinite; the network is
     *     then of no use
     */
    Outcome apply(MiniBatch batch) {
        try {
            return step(batch);
        } catch (TrainingDivergedException e) {
            Optional<String> cause = batch.firstNotFinite();
            if (cause.isPresent()) {
                throw new InvalidInputException("data: " + cause.get() + ", expected finite numbers", e);
            }
            throw e;
        }
    }

    private Outcome step(MiniBatch batch) {
        Outcome outcome = sumGradients(batch);
        if (isRegularized()) {
            regularize(gradients.trained());
            workers.run(parts.size(), index -> move(parts.get(index)));
        }
        state.stepDone();
        requireFinite(network.parameters(), "", state.steps());
        return outcome;
    }

    private boolean isRegularized() {
        return settings.l2() > 0 || settings.clipNorm() > 0;
    }

    private void move(Part part) {
        network.functions().move(
                part.parameters, part.gradient, part.updater, Math.toIntExact(state.steps()), state.epoch() - 1);
    }

    /**
     * Sums the gradients of all slices, in their order, and moves the running statistics by those of each. Behind the last
     * slice the sum becomes the mean, and unless the whole of it is still to be regularized, the parameters are moved.
     */
    private Outcome sumGradients(MiniBatch batch) {
        Slices slices = Slices.even(batch.size());
        int most = workers.threads() * SLICES_OF_THREAD;
        gradients.trained().assign(0);
        boolean[] finite = new boolean[parts.size()];
        double loss = 0;
        long correct = 0;
        for (int first = 0; first < slices.count(); first += most) {
            SliceLoss[] losses = pass(batch, slices, first, Math.min(most, slices.count() - first));
            for (SliceLoss each : losses) {
                loss += each.sum;
                correct += each.correct;
            }
            requireFinite(loss, batch, slices);
            boolean last = first + losses.length == slices.count();
            workers.run(parts.size(), index -> {
                sum(index, losses.length);
                finite[index] = !last || finish(parts.get(index), batch.size());
            });
        }
        for (boolean isFinite : finite) {
            if (!isFinite) {
                requireFinite(gradients, "the gradient of ", state.steps() + 1);
            }
        }
        return new Outcome(loss, correct, updater.hasLearningRate()
                ? updater.getLearningRate(Math.toIntExact(state.steps()), state.epoch() - 1) : Double.NaN);
    }

    /** Passes some slices, side by side, and moves the running statistics towards those of each in their order. */
    private SliceLoss[] pass(MiniBatch batch, Slices slices, int first, int count) {
        while (slicesGradients.size() < count) {
            slicesGradients.add(newSliceGradients());
        }
        SliceLoss[] losses = new SliceLoss[count];
        workers.run(count, index -> losses[index] = pass(batch, slices, first + index, slicesGradients.get(index).all));
        for (int i = 0; i < count; i++) {
            follow(slicesGradients.get(i).all);
        }
        return losses;
    }

    private void requireFinite(double loss, MiniBatch batch, Slices slices) {
        if (!Double.isFinite(loss)) {
            throw new TrainingDivergedException(state.epoch(), state.steps() + 1, "the loss is " + loss / batch.size()
                    + ", and the first layer with such an output is " + firstNotFinite(batch, slices).orElse("none"));
        }
    }

    /** Makes a part's sum the mean and moves its parameters, while its numbers are at hand; returns whether they are finite. */
    private boolean finish(Part part, int examples) {
        part.gradient.divi(examples);
        boolean isFinite = Double.isFinite(Nd4j.getBlasWrapper().asum(part.gradient));
        if (isFinite && !isRegularized()) {
            move(part);
        }
        return isFinite;
    }

    private SliceLoss pass(MiniBatch batch, Slices slices, int index, Parameters sliceGradients) {
        Network.Pass pass = network.forward(
                batch.images(slices.from(index), slices.to(index)), Seeds.at(settings.seed(), state.steps(), index));
        Loss loss = Loss.of(pass.logits(), batch.labels(slices.from(index), slices.to(index)));
        network.backward(loss.dLogits(), pass, sliceGradients);
        return new SliceLoss(loss.sum(), loss.correct());
    }

    private void sum(int index, int slices) {
        INDArray sum = parts.get(index).gradient;
        for (int i = 0; i < slices; i++) {
            sum.addi(slicesGradients.get(i).parts.get(index));
        }
    }

    /** Moves the running statistics towards those of a slice. */
    private void follow(Parameters slice) {
        double share = Math.max(STATISTICS_SHARE, 1.0 / state.sliceDone());
        Parameters parameters = network.parameters();
        if (parameters.hasStatistics()) {
            parameters.statistics().muli(1 - share).addi(slice.statistics().muli(share));
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
