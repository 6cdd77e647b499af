package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingDivergedException;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalMasterTest {

    @TempDir
    private Path folder;

    private Cluster cluster;

    @BeforeAll
    void open() {
        cluster = Cluster.open(
                new Cluster.Setup(Optional.of("local[2]"), Optional.empty(), Map.of(), told -> {}, () -> false));
    }

    @AfterAll
    void close() {
        cluster.close();
    }

    static Stream<TrainingSettings> recipes() {
        String normalized = "conv:8:3,batchnorm,relu,pool:2,residual(conv:8:3,batchnorm,relu),dense:16,relu";
        TrainingSettings.Builder small = TrainingSettings.builder().limit(300).validation(0).epochs(2).batchSize(150)
                .layers(normalized);
        return Stream.of(
                small.optimizer(Optimizer.NESTEROVS).learningRate(0.05).ghostBatch(13).balance(true).build(),
                small.optimizer(Optimizer.SGD).learningRate(0.05).clipNorm(0.5).l2(1e-3).momentum(null)
                        .ghostBatch(32).build(),
                small.optimizer(Optimizer.ADAM).learningRate(null).clipNorm(0).freeze(3).freezeAfter(1)
                        .augment(Augmentation.parse("altflip,crop,rotate,cutout")).build(),
                small.optimizer(Optimizer.RMSPROP).learningRate(null).freeze(0).freezeAfter(0).batchSize(7).build());
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void anyRecipeGivesTheBytesOfOneMachine(TrainingSettings settings) throws IOException {
        Training training = Training.of(settings);
        byte[] here = Trainings.model(training.run(), folder.resolve("here.npz"));
        for (int partitions : new int[] {1, 2, 5, 8}) {
            assertArrayEquals(here, train(training, partitions), partitions + " partitions");
        }
    }

    @Test
    void aTrainingThatDivergesSaysSo() throws IOException {
        Training training = Training.of(Trainings.notebook().learningRate(1e12).build());
        TrainingDivergedException here = assertThrows(TrainingDivergedException.class, training::run);
        TrainingDivergedException there =
                assertThrows(TrainingDivergedException.class, () -> train(training, 3));
        assertEquals(here.getMessage(), there.getMessage());
    }

    private byte[] train(Training training, int partitions) throws IOException {
        try (SparkGradients gradients = new SparkGradients(cluster, training, () -> partitions)) {
            return Trainings.model(training.run(training.trainer().gradients(gradients).build()),
                    folder.resolve("there.npz"));
        }
    }
}
