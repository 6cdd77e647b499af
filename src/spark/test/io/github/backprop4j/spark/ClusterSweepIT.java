package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep on a real cluster: trainings go from rung to rung on any executor, and one that is lost loses nothing. */
class ClusterSweepIT {

    private static final Path JAR = Path.of("target/spark/backprop4j-spark.jar").toAbsolutePath();

    @TempDir
    private Path folder;

    @Test
    void theBestIsTheModelOfTrainAlsoWhenAnExecutorIsKilled() throws IOException, InterruptedException {
        List<String> told = new CopyOnWriteArrayList<>();
        Map<Integer, TrialResult> results = new HashMap<>();
        List<Sweep.Candidate> candidates = candidates();
        try (StandaloneCluster workers = StandaloneCluster.start(Files.createDirectory(folder.resolve("spark")))) {
            workers.addWorker();
            workers.addWorker();
            Cluster.Setup setup = new Cluster.Setup(Optional.of(workers.address()), Optional.of(JAR),
                    Map.of("spark.executor.memory", "1g"), told::add, () -> false);
            try (Cluster cluster = Cluster.open(setup)) {
                assertTrue(Sweep.run(cluster, candidates, new Halving(2), killing(workers, results), () -> false));
            }
        }
        assertTrue(told.stream().anyMatch(line -> line.contains("lost")), told.toString());
        assertEquals(3, results.values().stream().filter(result -> !result.failed()).count());
        TrialResult best = results.values().stream().filter(TrialResult::finished).findFirst().orElseThrow();
        TrainingSettings settings = candidates.get(best.number() - 1).settings();
        assertArrayEquals(Trainings.model(Training.of(settings).run(), folder.resolve("train.npz")), best.model());
    }

    private static List<Sweep.Candidate> candidates() throws IOException {
        List<Sweep.Candidate> candidates = new ArrayList<>();
        Dataset shapes = Training.open(Trainings.notebook().build());
        for (double rate : new double[] {0.0003, 0.003, 0.01, 1e30}) {
            candidates.add(new Sweep.Candidate(candidates.size() + 1,
                    Trainings.notebook().epochs(4).learningRate(rate).build(), shapes));
        }
        return candidates;
    }

    /** Kills an executor when the first training has come to its first rung, while others are under way. */
    private static Sweep.Keeper killing(StandaloneCluster workers, Map<Integer, TrialResult> results) {
        return new Sweep.Keeper() {
            @Override
            public Optional<TrialResult> kept(int number, int rung) {
                return Optional.empty();
            }

            @Override
            public byte[] checkpoint(TrialResult result) {
                return results.get(result.number()).checkpoint();
            }

            @Override
            public void keep(TrialResult result, int epochs) {
                if (results.isEmpty()) {
                    assertTrue(workers.killExecutor(0), "there is no executor to kill");
                }
                results.put(result.number(), result);
            }

            @Override
            public void stopped(TrialResult result) {}
        };
    }
}
