package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The drawn shapes are too hard for a linear classifier and easy for a convolutional network. */
class ShapesTest {

    private static Dataset shapes;

    @BeforeAll
    static void draw() throws IOException {
        shapes = Datasets.open(Datasets.SHAPES);
    }

    @Test
    void aConvolutionalNetworkGetsNearlyAllRight() {
        double accuracy = testAccuracy("conv:10:5,relu,pool:2,conv:20:5,relu,pool:2,dense:100,relu,dropout:0.25", 8);
        assertTrue(accuracy > 0.95, () -> "test accuracy " + accuracy);
    }

    @Test
    void aLinearClassifierFails() {
        double accuracy = testAccuracy("", 8);
        assertTrue(accuracy < 0.5, () -> "test accuracy " + accuracy);
    }

    private static double testAccuracy(String layers, int epochs) {
        Images training = shapes.training();
        ImageBatches batches = ImageBatches.shuffled(training, 64, Augmentation.NONE, 1);
        Network start = Network.initialize(
                Architecture.parse(layers, 3, 32, 32, training.classNames()), batches.scaling(), 1);
        Optimizer adam = Optimizer.ADAM;
        Network trained = Trainer.builder().epochs(epochs)
                .updater(adam.with(Schedule.ONE_CYCLE.of(epochs * batches.perEpoch(), adam.learningRate()))).build()
                .train(start, batches).network();
        try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
            return Evaluator.evaluate(trained, ImageBatches.inOrder(shapes.test(), 500), workers, done -> {})
                    .evaluation().accuracy();
        }
    }
}
