package io.github.backprop4j.training;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class LookaheadTest {

    /** More numbers than a part of them has, and running statistics. */
    private static final String LAYERS = "pool:4,dense:200,batchnorm,relu";

    /** Steps of random numbers instead of a training's; the equation number by number in float64 is the oracle. */
    @Test
    void averagesAsTheEquationHasIt() {
        Network fast = Fixtures.network(LAYERS, DrawnShapes.training(4));
        Network slow = fast.copy();
        Random random = new Random(3);
        Map<String, double[]> expectedFast = new HashMap<>();
        Map<String, double[]> expectedSlow = new HashMap<>();
        for (String name : fast.parameters().names()) {
            expectedFast.put(name, numbers(fast.parameters().get(name)));
            expectedSlow.put(name, numbers(fast.parameters().get(name)));
        }
        try (Workers workers = new Workers(2)) {
            Lookahead lookahead = new Lookahead(fast, slow, 3, 8, workers);
            for (int t = 1; t <= 8; t++) {
                for (String name : fast.parameters().names()) {
                    double[] moved = expectedFast.get(name);
                    for (int i = 0; i < moved.length; i++) {
                        moved[i] = (float) random.nextGaussian();
                    }
                    INDArray array = fast.parameters().get(name);
                    array.assign(Nd4j.create(moved, array.shape(), 'c'));
                }
                lookahead.stepDone(t);
                for (String name : fast.parameters().names()) {
                    step(t, expectedFast.get(name), expectedSlow.get(name));
                    assertArrayEquals(expectedFast.get(name), numbers(fast.parameters().get(name)),
                            1e-6, "fast " + name + t);
                    assertArrayEquals(expectedSlow.get(name), numbers(slow.parameters().get(name)),
                            1e-6, "slow " + name + t);
                }
            }
            assertEquals("lookahead: step 9, but the training was said to have 8; tell the trainer all its steps",
                    assertThrows(InvalidInputException.class, () -> lookahead.stepDone(9)).getMessage());
        }
    }

    private static void step(int t, double[] fast, double[] slow) {
        double d = Math.pow(0.95, 3) * Math.pow(t / 8.0, 3);
        for (int i = 0; i < fast.length; i++) {
            if (t % 3 == 0) {
                slow[i] = d * slow[i] + (1 - d) * fast[i];
                fast[i] = slow[i];
            }
            if (t == 8) {
                fast[i] = slow[i];
            }
        }
    }

    @Test
    void leavesFrozenLayersAlone() {
        Network fast = Fixtures.network("dense:3,batchnorm,dense:4,batchnorm", DrawnShapes.training(4)).freeze(2);
        Network slow = fast.copy();
        fast.parameters().names().forEach(name -> fast.parameters().get(name).addi(1));
        try (Workers workers = new Workers(1)) {
            new Lookahead(fast, slow, 1, 2, workers).stepDone(1);
        }
        for (String name : fast.parameters().names()) {
            boolean isFrozen = name.startsWith("dense1.") || name.startsWith("batchnorm1.");
            double between = numbers(fast.parameters().get(name))[0] - numbers(slow.parameters().get(name))[0];
            assertEquals(isFrozen ? 1 : 0, between, 1e-6, name);
        }
    }

    /** Six steps with N = 4: after the fourth the weights are the mean, and after the last they are that again. */
    @Test
    void aTrainingEndsWithTheSlowWeights() {
        Images images = DrawnShapes.training(60);
        Network start = Fixtures.network("conv:3:3,batchnorm,relu,pool:4", images);
        Batches six = ImageBatches.inOrder(images, 10);
        Batches four = ImageBatches.inOrder(images.range(0, 40), 10);
        TrainingSettings settings = TrainingSettings.builder().epochs(1).build();
        Parameters fast = Trainer.builder(settings).updater(new Sgd(0.1)).build().train(start, four).network().parameters();
        Parameters result = Trainer.builder(settings.toBuilder().lookahead(4).build()).updater(new Sgd(0.1)).steps(6).build()
                .train(start, six).network().parameters();
        double d = Math.pow(0.95, 4) * Math.pow(4 / 6.0, 3);
        for (String name : result.names()) {
            assertClose(name, start.parameters().get(name).mul(d).add(fast.get(name).mul(1 - d)), result.get(name), 2e-6);
        }
        assertTrue(result.trained().distance2(fast.trained()) > 1e-3);
    }

    @Test
    void hasToKnowTheStepsAndGoesOnWithNoOthers(@TempDir Path folder) throws IOException {
        Images images = DrawnShapes.training(20);
        Batches batches = ImageBatches.inOrder(images, 10);
        Trainer.Builder unaware = Trainer.builder(TrainingSettings.builder().epochs(2).lookahead(3).build());
        assertEquals("lookahead: 3, but the trainer does not know how many steps the training has; tell it by"
                + " Trainer.Builder.steps", assertThrows(InvalidInputException.class, unaware::build).getMessage());
        assertEquals("steps: 0, expected at least 1",
                assertThrows(InvalidInputException.class, () -> unaware.steps(0)).getMessage());
        try (RunDirectory directory = RunDirectory.create(folder)) {
            unaware.steps(4).checkpoints(directory).stopWhen(() -> true).build()
                    .train(Fixtures.network("dense:3,relu", images), batches);
            TrainingState state = directory.latestCheckpoint().orElseThrow();
            assertEquals("steps: 5, but the checkpoint is of a training with 4; go on with that, or train anew",
                    assertThrows(InvalidInputException.class,
                            () -> unaware.steps(5).build().resume(state, batches, Optional.empty())).getMessage());
        }
    }
}
