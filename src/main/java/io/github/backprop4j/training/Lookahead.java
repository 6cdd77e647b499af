package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averages the weights of a training with a slow copy of them (Zhang et al., Lookahead Optimizer: k Steps Forward, 1
 * Step Back, NeurIPS 2019): after every N steps {@code slow ← d·slow + (1 - d)·fast} and {@code fast ← slow}, for all
 * that is trained and for the running statistics. After t of all T steps {@code d = 0.95^N · (t/T)³} (Jordan, 94% on
 * CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv 2404.00498, 2024), and after the last the fast weights take the slow
 * ones, unless they never met.
 */
final class Lookahead {

    private static final double LAST_DECAY = 0.95;

    private record Part(INDArray fast, INDArray slow) {}

    private final int every;
    private final long steps;
    private final Workers workers;
    private final List<Part> parts = new ArrayList<>();

    /**
     * @param fast the network that is trained; is changed
     * @param slow the slow copy, in which the same layers are frozen; is changed
     * @param every N, at least 1
     * @param steps T, at least 1
     */
    Lookahead(Network fast, Network slow, int every, long steps, Workers workers) {
        this.every = every;
        this.steps = steps;
        this.workers = workers;
        Parameters parameters = fast.parameters();
        add(parameters.trained(), slow.parameters().trained());
        if (parameters.hasStatistics()) {
            add(parameters.statistics(), slow.parameters().statistics());
        }
    }

    /** Returns the one that settings ask for, with the slow copy of a training's state; empty if they ask for none. */
    static Optional<Lookahead> of(TrainingState state, TrainingSettings settings, long steps, Workers workers) {
        return settings.lookahead() == 0 ? Optional.empty()
                : Optional.of(new Lookahead(state.network(), state.slowCopy(), settings.lookahead(), steps, workers));
    }

    private void add(INDArray fast, INDArray slow) {
        Parts cut = new Parts(fast.length());
        for (int i = 0; i < cut.count(); i++) {
            parts.add(new Part(cut.of(fast, i), cut.of(slow, i)));
        }
    }

    /**
     * Averages, if it is time.
     *
     * @param step t, from 1
     * @throws InvalidInputException if the training has more steps than was said
     */
    void stepDone(long step) {
        if (step > steps) {
            throw new InvalidInputException("lookahead: step " + step + ", but the training was said to have " + steps
                    + "; tell the trainer all its steps");
        }
        if (step % every == 0) {
            double decay = decay(step);
            workers.run(parts.size(), index -> average(parts.get(index), decay));
        } else if (step == steps && steps > every) {
            workers.run(parts.size(), index -> parts.get(index).fast.assign(parts.get(index).slow));
        }
    }

    /** Returns d after so many steps. */
    private double decay(long step) {
        return Math.pow(LAST_DECAY, every) * Math.pow((double) step / steps, 3);
    }

    private static void average(Part part, double decay) {
        // the fast weights are overwritten all the same
        part.slow.muli(decay).addi(part.fast.muli(1 - decay));
        part.fast.assign(part.slow);
    }
}
