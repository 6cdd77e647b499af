package io.github.backprop4j.training;

import java.util.Locale;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** How a learning rate changes over the steps of a training. */
public enum Schedule {
    /** Always the same. */
    CONSTANT {
        @Override
        ISchedule over(int steps, double rate) {
            return new FixedSchedule(rate);
        }
    },
    /** A tenth of it after each third of the training. */
    STEP {
        @Override
        ISchedule over(int steps, double rate) {
            return new StepSchedule(ScheduleType.ITERATION, rate, 0.1, Math.ceil(steps / 3.0));
        }
    },
    /** {@link CosineSchedule}, from the highest rate down to 0. */
    COSINE {
        @Override
        ISchedule over(int steps, double rate) {
            return new CosineSchedule(rate, steps);
        }
    },
    /**
     * Up from a 25th and down again, straight, in nine tenths of the training, then down to a thousandth of that (Smith,
     * A Disciplined Approach to Neural Network Hyper-Parameters, 2018): ND4J's {@link CycleSchedule}.
     */
    ONE_CYCLE {
        @Override
        ISchedule over(int steps, double rate) {
            if (steps < 2) {
                return new FixedSchedule(rate);
            }
            int annealing = steps / 10;
            // way up and way down must be of one length: CycleSchedule multiplies the rate by 1/decay on a step left over
            annealing += (steps - annealing) % 2;
            double decay = annealing == 0 ? 1 : Math.pow(0.001, 1.0 / annealing);
            return new CycleSchedule(ScheduleType.ITERATION, rate / 25, rate, steps, annealing, decay);
        }
    };

    abstract ISchedule over(int steps, double rate);

    /**
     * The schedule as ND4J's optimizers take it.
     *
     * @param steps of the whole training, at least 1
     * @param rate the highest learning rate, finite and not negative
     * @throws IllegalArgumentException if one is out of range
     */
    public ISchedule of(int steps, double rate) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: " + steps + ", expected at least 1");
        }
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "learning rate: " + rate + ", expected a finite number of at least 0");
        }
        return over(steps, rate);
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
