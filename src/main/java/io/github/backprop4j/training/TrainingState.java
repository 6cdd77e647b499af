package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.network.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Where a training stands: all that it needs to go on as if it had never been stopped. What is random in it depends on the
 * seed and the position alone, so that no generator's state is in it. A {@link Checkpoint} keeps it in a file.
 */
public final class TrainingState {

    /**
     * The best network so far.
     *
     * @param epoch after which it was, from 1
     * @param loss mean cross-entropy of a validation image
     */
    record Best(int epoch, double loss, Network network) {}

    private Network network;
    private final long seed;
    private final Optional<Origin> origin;
    /** What the optimizer keeps from step to step, (1, S); null if nothing, or before the first step. */
    private INDArray optimizerState;
    /** The slow copy of a {@link Lookahead}; empty without one, or before the first step. */
    private Optional<Network> slow;
    private long steps;
    private long slices;
    private int epoch;
    private EpochSums sums;
    private final List<EpochMetrics> history;
    private Optional<Best> best;

    TrainingState(Network network, long seed, Optional<Origin> origin, INDArray optimizerState, Optional<Network> slow,
            long steps, long slices, int epoch, EpochSums sums, List<EpochMetrics> history, Optional<Best> best) {
        this.network = network;
        this.seed = seed;
        this.origin = origin;
        this.optimizerState = optimizerState;
        this.slow = slow;
        this.steps = steps;
        this.slices = slices;
        this.epoch = epoch;
        this.sums = sums;
        this.history = new ArrayList<>(history);
        this.best = best;
    }

    /** Returns the beginning of a training of a network, which training changes. */
    static TrainingState start(Network network, long seed, Origin origin) {
        return new TrainingState(
                network, seed, Optional.of(origin), null, Optional.empty(), 0, 0, 1, EpochSums.NONE, List.of(),
                Optional.empty());
    }

    /**
     * Returns the same state, its arrays shared, with networks that compute as the training's did: a file holds neither their
     * engine nor how many of their layers are frozen.
     *
     * @param frozenLayers how many were when the training began; those that it freezes later ({@link
     *     TrainingSettings#freezeAfter}) the trainer knows from its settings
     * @throws InvalidInputException if the engine is not available or there are not so many layers
     */
    public TrainingState computedBy(Engine engine, Precision precision, int frozenLayers) {
        UnaryOperator<Network> computed = each -> each.using(engine, precision).freeze(frozenLayers);
        return new TrainingState(computed.apply(network), seed, origin, optimizerState, slow.map(computed), steps, slices,
                epoch, sums, history, best.map(each -> new Best(each.epoch, each.loss, computed.apply(each.network))));
    }

    /** The first layers are left as they are from now on. */
    void freeze(int layers) {
        network = network.freeze(layers);
        slow = slow.map(each -> each.freeze(layers));
    }

    /**
     * Returns the same state, its arrays shared, of a training that goes on with what another platform than the last one's
     * computes; its networks' cards tell.
     */
    TrainingState goingOnOn(Platform platform) {
        return new TrainingState(marked(network, platform), seed, origin.map(each -> each.goingOnOn(platform)),
                optimizerState, slow, steps, slices, epoch, sums, history,
                best.map(each -> new Best(each.epoch, each.loss, marked(each.network, platform))));
    }

    private static Network marked(Network network, Platform platform) {
        return network.with(network.card().map(card -> card.goingOnOn(platform)));
    }

    /**
     * Returns the optimizer's numbers, made when the training begins.
     *
     * @return (1, S); null if the optimizer keeps none
     * @throws InvalidInputException if the training was begun with another optimizer
     */
    INDArray optimizerStateFor(IUpdater updater) {
        long needed = updater.stateSize(network.parameters().trainedCount());
        long found = optimizerState == null ? 0 : optimizerState.length();
        if ((steps > 0 || found > 0) && found != needed) {
            throw new InvalidInputException("optimizer: " + updater.getClass().getSimpleName() + " keeps " + needed
                    + " numbers, but the checkpoint has " + found);
        }
        if (found == 0 && needed > 0) {
            optimizerState = Nd4j.zeros(network.parameters().dataType(), 1, needed);
        }
        return optimizerState;
    }

    /**
     * Returns the slow copy of a {@link Lookahead}, made when the training begins.
     *
     * @throws InvalidInputException if the training was begun without one
     */
    Network slowCopy() {
        if (slow.isEmpty()) {
            if (steps > 0) {
                throw new InvalidInputException("lookahead: but the checkpoint has no slow copy of the weights");
            }
            slow = Optional.of(network.copy());
        }
        return slow.get();
    }

    /** Returns the slow copy of a {@link Lookahead}; empty if there is none. */
    Optional<Network> slow() {
        return slow;
    }

    /** Returns the network as it is now; the next step changes it. */
    public Network network() {
        return network;
    }

    /** Returns the seed of the training. */
    public long seed() {
        return seed;
    }

    /** Returns what the training was begun with; empty for a checkpoint that was written before they had it. */
    Optional<Origin> origin() {
        return origin;
    }

    /** Returns the optimizer's numbers, (1, S); null if there are none. */
    INDArray optimizerState() {
        return optimizerState;
    }

    /** Returns the optimizer steps done. */
    public long steps() {
        return steps;
    }

    /** Returns how many slices have passed through the network, by which running statistics go. */
    long slices() {
        return slices;
    }

    /** Returns the epoch under way, from 1; after the last one, one more than there are. */
    int epoch() {
        return epoch;
    }

    /** Returns the sums over the epoch's mini-batches so far. */
    EpochSums sums() {
        return sums;
    }

    /** Returns how many images of the epoch under way have been learnt. */
    public long examplesOfEpoch() {
        return sums.examples();
    }

    /** Returns the epochs done. */
    public List<EpochMetrics> history() {
        return List.copyOf(history);
    }

    /** Returns the epoch with the lowest validation loss so far; empty without validation data. */
    Optional<Best> best() {
        return best;
    }

    /** A slice has passed; returns how many have. */
    long sliceDone() {
        return ++slices;
    }

    /** Slices have passed through copies of the network. */
    void slicesDone(long count) {
        slices += count;
    }

    /** The parameters have been moved. */
    void stepDone() {
        steps++;
    }

    /** A mini-batch has been learnt. */
    void learned(int examples, Steps.Outcome outcome) {
        sums = sums.plus(examples, outcome);
    }

    /** The training has taken more time. */
    void spent(double seconds) {
        sums = sums.after(seconds);
    }

    /** All of an epoch has been learnt and evaluated; a network with a lower validation loss than any before is copied. */
    void epochDone(EpochMetrics metrics) {
        history.add(metrics);
        if (metrics.validationLoss() < best.map(Best::loss).orElse(Double.POSITIVE_INFINITY)) {
            best = Optional.of(new Best(epoch, metrics.validationLoss(), network.copy()));
        }
        epoch++;
        sums = EpochSums.NONE;
    }
}
