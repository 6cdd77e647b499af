package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.inference.Evaluator;
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
    void aConvolutionalNetworkGetsNearlyAllRight() throws IOException {
        double accuracy = testAccuracy("conv:10:5,relu,pool:2,conv:20:5,relu,pool:2,dense:100,relu,dropout:0.25");
        assertTrue(accuracy > 0.95, () -> "test accuracy " + accuracy);
    }

    @Test
    void aLinearClassifierFails() throws IOException {
        double accuracy = testAccuracy("");
        assertTrue(accuracy < 0.5, () -> "test accuracy " + accuracy);
    }

    private static double testAccuracy(String layers) throws IOException {
        TrainingSettings settings = TrainingSettings.builder().layers(layers).validation(0).build();
        return Evaluator.evaluate(Training.of(settings, shapes).run().network(), shapes.test()).accuracy();
    }
}
