package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.util.Locale;
import java.util.function.Function;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** ND4J's optimizers for small convolutional networks, each with the learning rate that suits it. */
public enum Optimizer {
    /** Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015. */
    ADAM(0.003, Adam::new),
    /** Nesterov's momentum, 0.9 unless another is given. */
    NESTEROVS(0.02, Nesterovs::new),
    /** Plain gradient descent. */
    SGD(0.1, Sgd::new),
    /** Tieleman and Hinton, Lecture 6.5: RMSProp, 2012. */
    RMSPROP(0.001, RmsProp::new);

    private final double learningRate;
    private final Function<ISchedule, IUpdater> updater;

    Optimizer(double learningRate, Function<ISchedule, IUpdater> updater) {
        this.learningRate = learningRate;
        this.updater = updater;
    }

    /** Returns the learning rate that suits it, for a schedule the highest. */
    public double learningRate() {
        return learningRate;
    }

    /** Returns the optimizer with a learning rate that changes from step to step. */
    public IUpdater with(ISchedule schedule) {
        return updater.apply(schedule);
    }

    /**
     * Returns the optimizer with a learning rate that changes from step to step, and a momentum.
     *
     * @param momentum at least 0 and below 1; null for the optimizer's own
     * @throws InvalidInputException if it is out of range, or the optimizer is not {@link #NESTEROVS}
     */
    public IUpdater with(ISchedule schedule, Double momentum) {
        if (momentum == null) {
            return with(schedule);
        }
        requireMomentum(momentum);
        return new Nesterovs(schedule, momentum);
    }

    /** @throws InvalidInputException if the optimizer cannot have this momentum */
    void requireMomentum(double momentum) {
        Ranges.requireBelowOne("momentum", momentum);
        if (this != NESTEROVS) {
            throw new InvalidInputException("momentum: " + momentum + ", but optimizer " + this + " takes none; use "
                    + NESTEROVS + " or leave it out");
        }
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
