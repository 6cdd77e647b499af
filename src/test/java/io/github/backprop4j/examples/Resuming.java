package io.github.backprop4j.examples;

import io.github.backprop4j.parallel.StopSignal;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A training that may end at any time, by Ctrl-C or a power cut, and goes on when it is started again. The model is the
 * same, byte for byte, as if it had never been interrupted.
 */
public final class Resuming {

    private Resuming() {}

    /** @param arguments the data to train with, such as {@code shapes}, and the directory for checkpoints and the model */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: Resuming DATA DIR");
        }
        TrainingSettings settings = TrainingSettings.builder().data(arguments[0]).epochs(20).checkpointEvery(100).build();
        // on Ctrl-C the process waits for the end of the try
        try (StopSignal signal = new StopSignal()) {
            Trainer.Result result = train(settings, Path.of(arguments[1]), signal::isGiven);
            System.out.println((result.stopped() ? "stopped" : "done") + " after " + result.steps() + " steps");
        }
    }

    /**
     * Begins a training, or goes on with the one in a directory; one that was done already is done at once.
     *
     * @param settings the same each time, or the checkpoint is refused
     * @param directory gets the last two checkpoints, and in the end {@code model.npz}
     * @param stop asked after each step; once it says true a checkpoint is written, and the training ends
     */
    public static Trainer.Result train(TrainingSettings settings, Path directory, BooleanSupplier stop) throws IOException {
        try (RunDirectory run = Files.exists(directory) ? RunDirectory.resume(directory) : RunDirectory.create(directory)) {
            Training training = Training.of(settings);
            Trainer trainer = training.trainer().checkpoints(run).stopWhen(stop).build();
            Optional<TrainingState> checkpoint = run.latestCheckpoint();
            Trainer.Result result = checkpoint.isPresent()
                    ? training.resume(trainer, checkpoint.get()) : training.run(trainer);
            if (!result.stopped()) {
                result.network().save(run.model());
            }
            return result;
        }
    }
}
