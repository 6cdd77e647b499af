package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingDivergedException;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class LocalStepsTest {

    /** Without dropout, momentum and statistics the mean of two copies' steps is the step by the mean of their gradients. */
    @Test
    void averagedAfterEachStepPlainDescentIsNearlyTheSameAsTogether() throws IOException {
        TrainingSettings settings = TrainingSettings.builder().limit(320).validation(0).epochs(2).batchSize(64)
                .layers("conv:4:3,relu,pool:2,dense:16,relu").optimizer(Optimizer.SGD).learningRate(0.05).build();
        Training training = Training.of(settings);
        INDArray together = training.run().network().parameters().row();
        INDArray averaged = train(training, 2, 1).network().parameters().row();
        assertEquals(0, together.sub(averaged).norm2Number().doubleValue() / together.norm2Number().doubleValue(), 1e-5);
        INDArray apart = train(training, 2, 5).network().parameters().row();
        assertTrue(together.sub(apart).norm2Number().doubleValue() / together.norm2Number().doubleValue() > 1e-5);
    }

    @Test
    void everyRecipeLearnsLikeTogetherAndEqualTrainingsGiveEqualBytes() throws IOException {
        Training training = Training.of(TrainingSettings.builder().limit(1200).validation(0.1).epochs(6).batchSize(128)
                .learningRate(0.01)
                .layers("conv:8:3,batchnorm,relu,pool:4,dense:32,relu").lookahead(4).freeze(2).freezeAfter(4).seed(3)
                .build());
        Trainer.Result result = train(training, 3, 4);
        assertEquals(6, result.history().size());
        double together = training.run().history().get(5).trainLoss();
        assertEquals(together, result.history().get(5).trainLoss(), 0.1);
        assertTrue(result.history().get(5).trainLoss() < 0.9 * result.history().get(0).trainLoss(),
                result.history().toString());
        assertArrayEquals(Rows.bytes(result.network().parameters().row()),
                Rows.bytes(train(training, 3, 4).network().parameters().row()));
    }

    /** From the third epoch on the first two layers, with their statistics, are as they were behind the second. */
    @Test
    void whatIsFrozenStaysAsItIs() throws IOException {
        Training training = Training.of(TrainingSettings.builder().limit(300).validation(0).epochs(4).batchSize(100)
                .layers("conv:4:3,batchnorm,relu,pool:4,dense:8,relu").lookahead(2).freeze(2).freezeAfter(2).build());
        List<String> frozen = new ArrayList<>();
        List<String> others = new ArrayList<>();
        Trainer.Builder trainer = training.trainer().listener(new TrainingListener() {
            @Override
            public void epochDone(EpochMetrics epoch, Network network) {
                frozen.add(numbers(network, "conv1") + numbers(network, "batchnorm1"));
                others.add(numbers(network, "dense1"));
            }
        });
        train(training, trainer, 3, 2);
        assertNotEquals(frozen.get(0), frozen.get(1));
        assertEquals(frozen.get(1), frozen.get(2));
        assertEquals(frozen.get(1), frozen.get(3));
        assertNotEquals(others.get(2), others.get(3));
    }

    private static String numbers(Network network, String layer) {
        return network.parameters().names().stream().filter(name -> name.startsWith(layer + "."))
                .map(name -> name + Arrays.toString(Rows.bytes(network.parameters().get(name).dup()))).toList().toString();
    }

    @Test
    void divergenceIsSaid() throws IOException {
        Training training = Training.of(Trainings.notebook().learningRate(1e12).build());
        TrainingDivergedException diverged =
                assertThrows(TrainingDivergedException.class, () -> train(training, 2, 3));
        assertTrue(diverged.getMessage().startsWith("training diverged in epoch 1, step "), diverged.getMessage());
    }

    private static Trainer.Result train(Training training, int copies, int together) throws IOException {
        return train(training, training.trainer(), copies, together);
    }

    private static Trainer.Result train(Training training, Trainer.Builder trainer, int copies, int together)
            throws IOException {
        Cluster.Setup setup =
                new Cluster.Setup(Optional.of("local[2]"), Optional.empty(), Map.of(), told -> {}, () -> false);
        List<Long> steps = new ArrayList<>();
        try (Cluster cluster = Cluster.open(setup);
                SparkLocalSteps local = new SparkLocalSteps(cluster, training, () -> copies, together)) {
            Trainer.Result result = training.run(trainer.localSteps(local).listener(new TrainingListener() {
                @Override
                public void stepDone(long step, int examples, double loss) {
                    steps.add(step);
                }
            }).build());
            assertEquals(result.steps(), steps.size());
            assertEquals(result.steps(), steps.get(steps.size() - 1));
            return result;
        }
    }
}
