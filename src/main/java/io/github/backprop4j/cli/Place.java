package io.github.backprop4j.cli;

import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Where the steps of a training are computed, and from where its data come. */
interface Place {

    /** This process, with the files that it sees. */
    Place HERE = (training, trainer, stopWhen, run) -> run.with(trainer);

    /** A training, to be run with a trainer that knows the place. */
    @FunctionalInterface
    interface Run {

        /** Returns the exit code. */
        int with(Trainer.Builder trainer) throws IOException;
    }

    /**
     * Has a training run here.
     *
     * @param trainer to be completed
     * @param stopWhen whether it was asked to stop; the trainer knows
     * @return the exit code of the run
     */
    int train(Training training, Trainer.Builder trainer, BooleanSupplier stopWhen, Run run) throws IOException;

    /**
     * Returns data as this process can read them.
     *
     * @param nameOrDirectory as the user has given them
     */
    default String readable(String nameOrDirectory) throws IOException {
        return located(nameOrDirectory);
    }

    /** Returns where {@link #readable} has data, or would have them. */
    default String located(String nameOrDirectory) {
        return nameOrDirectory;
    }
}
