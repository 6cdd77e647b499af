package io.github.backprop4j.spark;

import io.github.backprop4j.files.UserError;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Natives;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingDivergedException;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.commons.io.FileUtils;

/**
 * One of a sweep's trainings up to a rung: what an executor does, on one thread. It is a function of what it is given, so
 * that Spark may run it anywhere, and again.
 *
 * @param number of its settings, from 1
 * @param rung from 0
 * @param recipe its settings
 * @param until the epoch of the rung
 * @param seconds that the rungs before have taken
 */
record Trial(int number, int rung, Recipe recipe, int until, double seconds) implements Serializable {

    /**
     * Trains.
     *
     * @param checkpoint of the rung before, as bytes; none at the first
     * @param temporary an existing folder for temporary files
     * @param isCancelled asked after each step
     * @throws CancellationException if it is cancelled
     * @throws UncheckedIOException if there is no room for temporary files
     */
    TrialResult run(SweepData data, byte[] checkpoint, Path temporary, BooleanSupplier isCancelled) {
        long begin = System.nanoTime();
        try {
            Natives.load();
            Optional<String> mixture = recipe.mixture();
            return mixture.isPresent() ? TrialResult.elsewhere(number, rung, mixture.get())
                    : train(recipe.settings(), data, checkpoint, temporary, isCancelled, begin);
        } catch (CancellationException | UncheckedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | OutOfMemoryError e) {
            return TrialResult.failed(number, rung, secondsSince(begin), reason(e));
        }
    }

    private TrialResult train(TrainingSettings its, SweepData data, byte[] checkpoint, Path temporary,
            BooleanSupplier isCancelled, long begin) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "trial");
        try (RunDirectory directory = directory(folder, checkpoint)) {
            Training training = data.training(its, folder);
            boolean isLast = until >= its.epochs();
            AtomicBoolean reached = new AtomicBoolean();
            Trainer.Builder trainer = training.trainer().threads(1)
                    .stopWhen(() -> reached.get() || isCancelled.getAsBoolean())
                    .listener(new TrainingListener() {
                        @Override
                        public void epochDone(EpochMetrics metrics, Network network) {
                            reached.set(!isLast && metrics.epoch() >= until);
                        }
                    });
            if (!isLast) {
                trainer.checkpoints(directory);
            }
            Optional<TrainingState> from = directory.latestCheckpoint();
            Trainer.Result result = from.isPresent() ? training.resume(trainer.build(), from.get())
                    : training.run(trainer.build());
            if (isCancelled.getAsBoolean()) {
                throw new CancellationException("trial " + number + " is not wanted any more");
            }
            return result(result, directory, begin);
        } finally {
            FileUtils.deleteQuietly(folder.toFile());
        }
    }

    private static RunDirectory directory(Path folder, byte[] checkpoint) throws IOException {
        if (checkpoint.length == 0) {
            return RunDirectory.create(folder);
        }
        Files.write(folder.resolve("checkpoint-0.npz"), checkpoint);
        return RunDirectory.resume(folder);
    }

    private TrialResult result(Trainer.Result result, RunDirectory directory, long begin) throws IOException {
        byte[] none = {};
        if (result.stopped()) {
            byte[] checkpoint = Files.readAllBytes(directory.latestCheckpointFile().orElseThrow());
            return new TrialResult(number, rung, TrialResult.State.AT_RUNG, new ArrayList<>(result.history()),
                    result.bestEpoch(), secondsSince(begin), checkpoint, none, "");
        }
        result.network().save(directory.model());
        return new TrialResult(number, rung, TrialResult.State.FINISHED, new ArrayList<>(result.history()),
                result.bestEpoch(), secondsSince(begin), none, Files.readAllBytes(directory.model()), "");
    }

    private double secondsSince(long begin) {
        return seconds + (System.nanoTime() - begin) * 1e-9;
    }

    private static String reason(Throwable problem) {
        if (problem instanceof OutOfMemoryError || String.valueOf(problem.getMessage()).contains("bad_alloc")) {
            return "out of memory";
        }
        return problem instanceof TrainingDivergedException diverged ? diverged.place()
                : problem instanceof UserError ? problem.getMessage() : problem.toString();
    }
}
