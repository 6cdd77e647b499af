package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.notebook.Hyperparameters;
import io.github.backprop4j.notebook.TrainingLoop;
import io.github.backprop4j.parallel.Workers;

/** Iterations of our form of the notebook's loop, at a rate with which nothing overflows, as in NumPy's. */
final class OurNotebook {

    private static final double LEARNING_RATE = 1e-4;

    private OurNotebook() {}

    /** @param arguments images, threads, seconds of warm-up, seconds to measure */
    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]);
        try (Workers workers = new Workers(Integer.parseInt(arguments[1]))) {
            Hyperparameters its = Hyperparameters.NOTEBOOK;
            Hyperparameters tamed = new Hyperparameters(its.depth2(), its.depth4(), its.kernelSize(), its.stride(),
                    its.padding(), its.poolSize(), its.poolStride(), its.poolPadding(), its.hidden(), LEARNING_RATE,
                    its.penalty(), its.keepProbability());
            TrainingLoop loop = new TrainingLoop(tamed, DrawnShapes.training(count), 0, workers);
            StepClock clock = new StepClock(Double.parseDouble(arguments[2]), Double.parseDouble(arguments[3]));
            while (clock.isRunning()) {
                loop.iterate(passed -> {});
                clock.stepDone();
            }
            System.out.println(Outcome.ofThisProcess(clock.secondsPerStep()).line());
        }
    }
}
