package io.github.backprop4j.cli;

import io.github.backprop4j.spark.Halving;
import io.github.backprop4j.spark.Sweep;
import io.github.backprop4j.spark.TrialResult;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows how a sweep goes on, prints a line for each result, and has them kept in its directory. */
final class SweepProgress implements Sweep.Keeper, AutoCloseable {

    private final SweepDirectory directory;
    private final Map<Integer, TrainingSettings> settings;
    /** Of an epoch, which is as good as right where all trainings have the same data. */
    private final long images;
    private final Progress bar;
    private final Map<Integer, Integer> epochs = new HashMap<>();

    SweepProgress(Console console, SweepDirectory directory, List<Sweep.Candidate> candidates, Halving halving) {
        this.directory = directory;
        settings = candidates.stream().collect(Collectors.toMap(Sweep.Candidate::number, Sweep.Candidate::settings));
        Sweep.Candidate first = candidates.get(0);
        int all = first.dataset().training().count();
        int used = first.settings().limit() == null ? all : Math.min(all, first.settings().limit());
        images = Math.max(1, Math.round(used * (1 - first.settings().validation())));
        bar = new Progress(console, "Sweep", "images", images * Sweep.epochs(candidates, halving));
    }

    /** Settings cannot be trained. */
    void unfit(TrialResult result) throws IOException {
        directory.add(result);
        bar.print(line(result));
    }

    @Override
    public Optional<TrialResult> kept(int number, int rung) throws IOException {
        Optional<TrialResult> result = directory.kept(number, rung);
        result.ifPresent(found -> bar.advance(images * (found.history().size() - done(found))));
        return result;
    }

    /** Returns the epochs of the rungs before. */
    private int done(TrialResult result) {
        Integer before = epochs.put(result.number(), result.history().size());
        return before == null ? 0 : before;
    }

    @Override
    public byte[] checkpoint(TrialResult result) throws IOException {
        return directory.checkpoint(result);
    }

    @Override
    public void keep(TrialResult result, int wanted) throws IOException {
        directory.keep(result, settings.get(result.number()));
        done(result);
        bar.advance(images * wanted);
        bar.tell(directory.best().map(best -> "best " + TrainingProgress.rounded(best.accuracy())).orElse(""));
        bar.print(line(result));
    }

    @Override
    public void stopped(TrialResult result) throws IOException {
        directory.stopped(result);
    }

    private String line(TrialResult result) {
        String text = result.number() + " of " + directory.count() + " ("
                + SweepTable.text(directory.varied(result.number())) + "): ";
        return text + result.best().map(best -> result.history().size() + " of "
                + settings.get(result.number()).epochs() + " epochs, best validation loss "
                + TrainingProgress.rounded(best.validationLoss()) + " accuracy "
                + TrainingProgress.rounded(best.validationAccuracy())).orElse("failed: " + result.problem());
    }

    @Override
    public void close() {
        bar.close();
    }
}
