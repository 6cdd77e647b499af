package io.github.backprop4j.training;

import io.github.backprop4j.files.Ranges;
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
    /** The highest rate in the first third of the training, a tenth of that in the second, a hundredth in the last. */
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
     * In nine tenths of the training the rate rises straight from a 25th of the highest and falls back to it, then it falls
     * to a thousandth of that (Smith, A Disciplined Approach to Neural Network Hyper-Parameters, 2018): ND4J's {@link CycleSchedule}.
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
    },
    /** {@link TriangularSchedule}, straight up to the highest rate at 23 % of the training and straight down behind it. */
    TRIANGULAR {
        @Override
        ISchedule over(int steps, double rate) {
            return new TriangularSchedule(rate, steps);
        }
    };

    abstract ISchedule over(int steps, double rate);

    /**
     * Returns the epochs in which the rate rises, of which no loss is to be expected yet: the ways up and down share nine
     * tenths of {@link #ONE_CYCLE}, so nine of its twenty epochs; {@link #TRIANGULAR} rises in 23 of a hundred; no other
     * schedule has any.
     */
    int warmUp(int epochs) {
        return switch (this) {
            case ONE_CYCLE -> (int) Math.ceil(0.45 * epochs);
            case TRIANGULAR -> (int) Math.ceil(TriangularSchedule.PEAK_PERCENT * epochs / 100.0);
            case CONSTANT, STEP, COSINE -> 0;
        };
    }

    /**
     * Returns the schedule as ND4J's optimizers take it.
     *
     * @param steps of the whole training, at least 1
     * @param rate the highest learning rate, finite and not negative
     * @throws io.github.backprop4j.files.InvalidInputException if one is out of range
     */
    public ISchedule of(int steps, double rate) {
        Ranges.requireAtLeast(1, "steps", steps);
        Ranges.requireNotNegative("learning rate", rate);
        return over(steps, rate);
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
