package io.github.backprop4j.training;

import java.util.Locale;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** ND4J's optimizers for small convolutional networks, each with the learning rate that suits it. */
public enum Optimizer {
    /** Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015. */
    ADAM(0.003) {
        @Override
        public IUpdater with(ISchedule schedule) {
            return new Adam(schedule);
        }
    },
    /** Nesterov's momentum, 0.9. */
    NESTEROVS(0.02) {
        @Override
        public IUpdater with(ISchedule schedule) {
            return new Nesterovs(schedule);
        }
    },
    /** Plain gradient descent. */
    SGD(0.1) {
        @Override
        public IUpdater with(ISchedule schedule) {
            return new Sgd(schedule);
        }
    },
    /** Tieleman and Hinton, Lecture 6.5: RMSProp, 2012. */
    RMSPROP(0.001) {
        @Override
        public IUpdater with(ISchedule schedule) {
            return new RmsProp(schedule);
        }
    };

    private final double learningRate;

    Optimizer(double learningRate) {
        this.learningRate = learningRate;
    }

    /** The learning rate to begin with, for a one-cycle or cosine schedule the highest. */
    public double learningRate() {
        return learningRate;
    }

    /** The optimizer with a learning rate that changes from step to step. */
    public abstract IUpdater with(ISchedule schedule);

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
