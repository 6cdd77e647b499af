package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SweepTest {

    @TempDir
    private Path folder;

    private Cluster cluster;
    private Dataset shapes;

    /** Remembers results as the command's files do. */
    private static final class Memory implements Sweep.Keeper {

        private final Map<List<Integer>, TrialResult> kept = new HashMap<>();
        private final List<Integer> stopped = new ArrayList<>();
        private int trained;

        @Override
        public Optional<TrialResult> kept(int number, int rung) {
            return Optional.ofNullable(kept.get(List.of(number, rung)));
        }

        @Override
        public byte[] checkpoint(TrialResult result) {
            return kept.get(List.of(result.number(), result.rung())).checkpoint();
        }

        @Override
        public void keep(TrialResult result, int epochs) {
            assertTrue(kept.put(List.of(result.number(), result.rung()), result) == null, "the same again");
            trained++;
        }

        @Override
        public void stopped(TrialResult result) {
            stopped.add(result.number());
        }

        TrialResult finished(int number) {
            return kept.values().stream().filter(each -> each.number() == number && each.finished()).findFirst()
                    .orElseThrow();
        }
    }

    @BeforeAll
    void start() throws IOException {
        cluster = Cluster.open(
                new Cluster.Setup(Optional.of("local[2]"), Optional.empty(), Map.of(), told -> {}, () -> false));
        shapes = Training.open(base().build());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    /** With what a training keeps from step to step: momentum, running statistics, a slow copy, layers that are frozen. */
    private static TrainingSettings.Builder base() {
        return TrainingSettings.builder().limit(300).epochs(4).batchSize(64).seed(3).validation(0.2)
                .layers("conv:4:3,batchnorm,relu,pool:4,dense:16,relu,dropout:0.2").lookahead(3).freeze(2).freezeAfter(2);
    }

    private List<Sweep.Candidate> candidates(TrainingSettings... settings) {
        List<Sweep.Candidate> candidates = new ArrayList<>();
        for (TrainingSettings each : settings) {
            candidates.add(new Sweep.Candidate(candidates.size() + 1, each, shapes));
        }
        return candidates;
    }

    private List<Sweep.Candidate> candidates() {
        return candidates(base().learningRate(1e-6).build(), base().learningRate(1e30).build(),
                base().layers("dense:8,pool:2").freeze(1).build(), base().learningRate(0.01).build());
    }

    private void requireModelOfTrain(Memory memory, List<Sweep.Candidate> candidates, int number) throws IOException {
        TrainingSettings settings = candidates.get(number - 1).settings();
        assertArrayEquals(Trainings.model(Training.of(settings, shapes).run(), folder.resolve("train.npz")),
                memory.finished(number).model(), settings.toString());
    }

    @Test
    void everyTrainingGivesTheModelOfTrainAndAFailedOneItsReason() throws IOException {
        Memory memory = new Memory();
        List<Sweep.Candidate> candidates = candidates();
        assertTrue(Sweep.run(cluster, candidates, new Halving(1), memory, () -> false));
        assertEquals(4, memory.trained);
        assertTrue(memory.kept.get(List.of(2, 0)).problem().startsWith("training diverged in epoch 1, step "),
                memory.kept.get(List.of(2, 0)).problem());
        assertFalse(memory.kept.get(List.of(2, 0)).problem().contains("checkpoint"));
        assertTrue(memory.kept.get(List.of(3, 0)).problem().contains("pool"), memory.kept.get(List.of(3, 0)).problem());
        requireModelOfTrain(memory, candidates, 1);
        requireModelOfTrain(memory, candidates, 4);
    }

    @Test
    void halvingLeavesTheBestItsModelToTheByte() throws IOException {
        Memory memory = new Memory();
        List<Sweep.Candidate> candidates = candidates();
        assertTrue(Sweep.run(cluster, candidates, new Halving(2), memory, () -> false));
        // four on the first rung, of which two are there; one on the third
        assertEquals(List.of(1), memory.stopped);
        assertEquals(1, memory.kept.get(List.of(4, 0)).history().size());
        assertEquals(2, memory.kept.get(List.of(4, 1)).history().size());
        assertEquals(4, memory.finished(4).history().size());
        requireModelOfTrain(memory, candidates, 4);
        assertEquals(7, memory.trained);
    }

    @Test
    void aSweepThatGoesOnTrainsWhatIsLeftOnly() throws IOException {
        Memory memory = new Memory();
        List<Sweep.Candidate> candidates = candidates(base().learningRate(0.001).build(), base().learningRate(0.01).build(),
                base().epochs(2).freezeAfter(1).build());
        assertFalse(Sweep.run(cluster, candidates, new Halving(3), memory, () -> memory.trained >= 2));
        assertEquals(2, memory.trained);
        assertTrue(Sweep.run(cluster, candidates, new Halving(3), memory, () -> false));
        int best = memory.kept.values().stream().filter(TrialResult::finished).sorted(Halving.BEST_FIRST).findFirst()
                .orElseThrow().number();
        int trained = memory.trained;
        assertTrue(Sweep.run(cluster, candidates, new Halving(3), memory, () -> false));
        assertEquals(trained, memory.trained);
        requireModelOfTrain(memory, candidates, best);
    }

    @Test
    void aModelToGoOnFromIsCarriedToTheExecutors() throws IOException {
        Path model = folder.resolve("base.npz");
        Training.of(base().epochs(1).build(), shapes).run().network().save(model);
        TrainingSettings tuning = base().layers(null).from(model.toString()).epochs(2).build();
        Memory memory = new Memory();
        List<Sweep.Candidate> candidates = candidates(tuning);
        assertTrue(Sweep.run(cluster, candidates, new Halving(3), memory, () -> false));
        requireModelOfTrain(memory, candidates, 1);
    }
}
