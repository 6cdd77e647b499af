package io.github.backprop4j.cli;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.Directories;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.report.MetricsCsv;
import io.github.backprop4j.report.SweepCsv;
import io.github.backprop4j.report.SweepPlot;
import io.github.backprop4j.report.SweepRow;
import io.github.backprop4j.spark.Halving;
import io.github.backprop4j.spark.TrialResult;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of a sweep: its plan, a table and a picture of the results so far, the best model, and in the folder
 * {@code trials} what it needs to go on.
 */
final class SweepDirectory implements AutoCloseable {

    private static final String TRIALS = "trials";
    private static final String BEST = "best";
    private static final int MAX_RESULT = 1 << 24;

    private final RunDirectory run;
    private final List<String> names;
    private final List<Map<String, String>> found;
    private final Map<Integer, TrialResult> results = new TreeMap<>();
    private final Set<Integer> stopped = new TreeSet<>();
    private Optional<TrialResult> best = Optional.empty();

    private SweepDirectory(RunDirectory run, SweepPlan plan) {
        this.run = run;
        names = plan.names();
        found = plan.found();
    }

    /** @throws InvalidFileException if there is a sweep or a training in it already, or it cannot be made */
    static SweepDirectory create(Path path, SweepPlan plan) throws IOException {
        RunDirectory run = RunDirectory.create(path);
        try {
            if (Files.exists(path.resolve(TRIALS))) {
                throw new InvalidFileException(path,
                        "holds a sweep already; name another directory, or go on with it by --resume");
            }
            plan.write(path);
            Directories.create(path.resolve(TRIALS));
            Directories.create(path.resolve(BEST));
            return new SweepDirectory(run, plan);
        } catch (IOException e) {
            run.close();
            throw e;
        }
    }

    static SweepDirectory resume(Path path, SweepPlan plan) throws IOException {
        RunDirectory run = RunDirectory.resume(path);
        try {
            AtomicFile.deleteUnfinished(path.resolve(TRIALS));
            AtomicFile.deleteUnfinished(path.resolve(BEST));
            return new SweepDirectory(run, plan);
        } catch (IOException e) {
            run.close();
            throw e;
        }
    }

    Path path() {
        return run.path();
    }

    Path csv() {
        return path().resolve("sweep.csv");
    }

    Path plot() {
        return path().resolve("sweep.png");
    }

    Path model() {
        return path().resolve(BEST).resolve("model.npz");
    }

    /** Returns a result of before; it counts among the results from now on. */
    Optional<TrialResult> kept(int number, int rung) throws IOException {
        Path file = trial(number, rung, ".json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            TrialResult result = TrialResult.fromJson(Json.read(file, MAX_RESULT));
            add(result);
            return Optional.of(result);
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, "is no result of a sweep: " + e.getMessage(), e);
        }
    }

    byte[] checkpoint(TrialResult result) throws IOException {
        return Files.readAllBytes(trial(result.number(), result.rung(), ".npz"));
    }

    /** Writes what is needed to go on before the result itself: without that the training is done again. */
    void keep(TrialResult result, TrainingSettings settings) throws IOException {
        if (result.finished() && isBest(result)) {
            Path folder = path().resolve(BEST);
            AtomicFile.write(model(), out -> out.write(result.model()));
            AtomicFile.write(folder.resolve("settings.json"), out -> out.write(Json.pretty(settings.toJson())));
            MetricsCsv.write(folder.resolve("metrics.csv"), result.history());
        }
        if (result.state() == TrialResult.State.AT_RUNG) {
            AtomicFile.write(trial(result.number(), result.rung(), ".npz"), out -> out.write(result.checkpoint()));
        }
        AtomicFile.write(trial(result.number(), result.rung(), ".json"),
                out -> out.write(Json.pretty(Json.tree(result.withoutBytes()))));
        for (int rung = 0; rung < result.rung(); rung++) {
            forget(result.number(), rung);
        }
        add(result.withoutBytes());
        writeTable();
    }

    private boolean isBest(TrialResult result) {
        return best.isEmpty() || Halving.BEST_FIRST.compare(result, best.get()) < 0;
    }

    /** A result without a file: settings that cannot be trained are found out again at once. */
    void add(TrialResult result) {
        results.put(result.number(), result);
        if (result.finished() && isBest(result)) {
            best = Optional.of(result);
        }
    }

    void stopped(TrialResult result) throws IOException {
        stopped.add(result.number());
        forget(result.number(), result.rung());
    }

    private void forget(int number, int rung) throws IOException {
        Files.deleteIfExists(trial(number, rung, ".npz"));
    }

    private Path trial(int number, int rung, String ending) {
        return path().resolve(TRIALS).resolve(number + "-" + rung + ending);
    }

    /** Returns the best of the trainings that came to their end, whose model {@link #model} is. */
    Optional<TrialResult> best() {
        return best;
    }

    /** Returns how many settings there are. */
    int count() {
        return found.size();
    }

    /** Returns the settings of a number that are varied. */
    Map<String, String> varied(int number) {
        return found.get(number - 1);
    }

    void writeTable() throws IOException {
        SweepCsv.write(csv(), names, rows(Comparator.comparingInt(TrialResult::number)));
    }

    /** @throws IOException if it cannot be written, or this machine has no fonts */
    void writePlot() throws IOException {
        SweepPlot.write(plot(), names, ranking());
    }

    /** Returns all settings that have been tried, the best first. */
    List<SweepRow> ranking() {
        return rows(Halving.BEST_FIRST);
    }

    private List<SweepRow> rows(Comparator<TrialResult> order) {
        return results.values().stream().sorted(order).map(this::row).toList();
    }

    /** Lets others use it. */
    @Override
    public void close() throws IOException {
        run.close();
    }

    private SweepRow row(TrialResult result) {
        SweepRow.Status status = result.failed() ? SweepRow.Status.FAILED
                : result.finished() ? SweepRow.Status.FINISHED
                : stopped.contains(result.number()) ? SweepRow.Status.STOPPED : SweepRow.Status.WAITING;
        return new SweepRow(result.number(), List.copyOf(varied(result.number()).values()), status, result.history().size(),
                result.accuracy(), result.loss(), result.bestEpoch(), result.seconds(), result.problem());
    }
}
