package io.github.backprop4j.spark;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trainings with several settings, each on one core of a cluster, of which the hopeless end early ({@link Halving}). Each
 * training is a job of its own, so that one that takes its executor with it is a failed result and no failed sweep. The
 * network of settings that come to their end is the one that {@code train} gives, byte for byte.
 */
public final class Sweep {

    private static final long POLL_MILLISECONDS = 50;
    private static final byte[] NONE = {};

    /**
     * Settings that are tried.
     *
     * @param number from 1, each another
     * @param settings with images for validation
     * @param dataset that they name; those who share one get it once
     */
    public record Candidate(int number, TrainingSettings settings, Dataset dataset) {}

    /** Keeps the results of a sweep, so that it can go on after it was stopped. It is told from one thread. */
    public interface Keeper {

        /** Returns a result that was kept when the sweep ran before; empty if there is none. */
        Optional<TrialResult> kept(int number, int rung) throws IOException;

        /**
         * Returns the checkpoint of a training at a rung.
         *
         * @param result that was kept, now or before
         */
        byte[] checkpoint(TrialResult result) throws IOException;

        /**
         * A training has come to a rung, to its end or to nothing.
         *
         * @param epochs that it was to do for that
         */
        void keep(TrialResult result, int epochs) throws IOException;

        /** A training is among the worse ones of its rung and does not go on. */
        void stopped(TrialResult result) throws IOException;
    }

    /** A training under way. */
    private record Job(Trial trial, int epochs, JavaFutureAction<List<TrialResult>> results,
            Optional<Broadcast<byte[]>> checkpoint) {}

    private record DataKey(Dataset dataset, String from) {}

    private final Cluster cluster;
    private final List<Candidate> candidates;
    private final Halving halving;
    private final Keeper keeper;
    private final BooleanSupplier stopWhen;
    private final Map<DataKey, Broadcast<SweepData>> data = new HashMap<>();
    private final Map<Integer, TrialResult> results = new TreeMap<>();

    private Sweep(Cluster cluster, List<Candidate> candidates, Halving halving, Keeper keeper, BooleanSupplier stopWhen) {
        this.cluster = cluster;
        this.candidates = candidates;
        this.halving = halving;
        this.keeper = keeper;
        this.stopWhen = stopWhen;
    }

    /**
     * Tries settings.
     *
     * @param candidates at least one
     * @param stopWhen asked all the time; once it says true, trainings under way are given up and this returns
     * @return whether it came to its end
     * @throws InvalidInputException if an executor has other libraries or another processor than the driver
     * @throws UncheckedIOException if the cluster lets the application down
     * @throws CancellationException if the calling thread is interrupted, which stays interrupted
     * @throws IOException if a model to go on from cannot be read, or the keeper throws one
     */
    public static boolean run(Cluster cluster, List<Candidate> candidates, Halving halving, Keeper keeper,
            BooleanSupplier stopWhen) throws IOException {
        return new Sweep(cluster, candidates, halving, keeper, stopWhen).run();
    }

    /**
     * Returns how many epochs a sweep has, if all trainings are as long as the longest and none fails.
     *
     * @param candidates at least one
     */
    public static long epochs(List<Candidate> candidates, Halving halving) {
        int epochs = longest(candidates);
        int rungs = halving.rungs(epochs, candidates.size());
        long sum = 0;
        int before = 0;
        int left = candidates.size();
        for (int rung = 0; rung < rungs; rung++) {
            int until = halving.epochs(epochs, rung, rungs);
            sum += (long) left * (until - before);
            before = until;
            left = halving.survivors(left);
        }
        return sum;
    }

    private static int longest(List<Candidate> candidates) {
        return candidates.stream().mapToInt(each -> each.settings().epochs()).max().orElseThrow();
    }

    private boolean run() throws IOException {
        int rungs = halving.rungs(longest(candidates), candidates.size());
        List<Candidate> left = candidates;
        for (int rung = 0; rung < rungs; rung++) {
            if (!climb(left, rung, rungs)) {
                return false;
            }
            if (rung < rungs - 1) {
                left = survivors(left);
            }
        }
        return true;
    }

    private List<Candidate> survivors(List<Candidate> left) throws IOException {
        List<TrialResult> all = left.stream().map(each -> results.get(each.number())).toList();
        List<TrialResult> best = halving.survivors(all);
        for (TrialResult result : all) {
            if (result.state() == TrialResult.State.AT_RUNG && !best.contains(result)) {
                keeper.stopped(result);
            }
        }
        List<Integer> numbers = best.stream().map(TrialResult::number).toList();
        return left.stream().filter(each -> numbers.contains(each.number())).toList();
    }

    /** Has all trainings come to a rung; returns whether it was not stopped before that. */
    private boolean climb(List<Candidate> left, int rung, int rungs) throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (Candidate candidate : left) {
            Optional<TrialResult> before = Optional.ofNullable(results.get(candidate.number()));
            int until = halving.epochs(candidate.settings().epochs(), rung, rungs);
            int done = before.map(result -> result.history().size()).orElse(0);
            if (before.map(TrialResult::finished).orElse(false) || done >= until) {
                continue;
            }
            Optional<TrialResult> kept = keeper.kept(candidate.number(), rung);
            if (kept.isPresent()) {
                results.put(candidate.number(), kept.get());
            } else {
                jobs.add(begin(candidate, rung, until, before));
            }
        }
        return await(jobs);
    }

    private Job begin(Candidate candidate, int rung, int until, Optional<TrialResult> before) throws IOException {
        TrainingSettings settings = candidate.settings();
        Trial trial = new Trial(candidate.number(), rung, Recipe.of(settings), until,
                before.map(TrialResult::seconds).orElse(0.0));
        Optional<Broadcast<byte[]>> checkpoint = before.isEmpty() ? Optional.empty()
                : Optional.of(cluster.context().broadcast(keeper.checkpoint(before.get())));
        int epochs = until - before.map(result -> result.history().size()).orElse(0);
        return new Job(trial, epochs, begin(trial, carried(candidate), checkpoint.orElse(null)), checkpoint);
    }

    private Broadcast<SweepData> carried(Candidate candidate) throws IOException {
        DataKey key = new DataKey(candidate.dataset(), candidate.settings().from());
        if (!data.containsKey(key)) {
            data.put(key, cluster.context().broadcast(SweepData.of(candidate.settings(), candidate.dataset())));
        }
        return data.get(key);
    }

    /** The task has nothing of the sweep. */
    private JavaFutureAction<List<TrialResult>> begin(
            Trial trial, Broadcast<SweepData> carried, Broadcast<byte[]> checkpoint) {
        return cluster.context().parallelize(List.of(trial), 1).map(each -> each.run(carried.value(),
                checkpoint == null ? NONE : checkpoint.value(), Path.of(SparkFiles.getRootDirectory()),
                TaskContext.get()::isInterrupted)).collectAsync();
    }

    /** Takes results as they come; returns whether it was not stopped before the last. */
    private boolean await(List<Job> jobs) throws IOException {
        try {
            while (!jobs.isEmpty()) {
                for (Iterator<Job> each = jobs.iterator(); each.hasNext();) {
                    Job job = each.next();
                    if (stopWhen.getAsBoolean()) {
                        return false;
                    }
                    if (job.results.isDone()) {
                        TrialResult result = result(job);
                        each.remove();
                        results.put(result.number(), result.withoutBytes());
                        keeper.keep(result, job.epochs);
                        job.checkpoint.ifPresent(Broadcast::destroy);
                    }
                }
                Thread.sleep(POLL_MILLISECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            throw Cluster.interrupted(e);
        } finally {
            jobs.forEach(job -> job.results.cancel(true));
        }
    }

    private TrialResult result(Job job) throws InterruptedException {
        TrialResult result;
        try {
            result = job.results.get().get(0);
        } catch (ExecutionException e) {
            if (cluster.context().sc().isStopped()) {
                throw Cluster.failure(e.getCause());
            }
            return TrialResult.failed(job.trial.number(), job.trial.rung(), job.trial.seconds(), e.getCause().getMessage());
        }
        if (result.state() == TrialResult.State.ELSEWHERE) {
            throw new InvalidInputException("executor: " + result.problem());
        }
        return result;
    }
}
