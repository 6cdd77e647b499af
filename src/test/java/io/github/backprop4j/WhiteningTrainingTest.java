package io.github.backprop4j;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.layers.Whitening;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Functions;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whole trainings of a network that begins with whitening, as the record runs on CIFAR-10 do. */
class WhiteningTrainingTest {

    private static final String LAYERS = "whiten:2,gelu,conv:8:3:dirac:nobias,pool:2,batchnorm:1e-12:noscale,gelu,"
            + "globalmaxpool,scale:0.1111111111111111,output:nobias";
    private static final Images IMAGES = DrawnShapes.training(200);
    private static final String FILTERS = "whiten1.weights";

    private static TrainingSettings.Builder settings() {
        return TrainingSettings.builder().layers(LAYERS).epochs(2).batchSize(50).seed(3).validation(0.25);
    }

    private static Training training(TrainingSettings settings) throws IOException {
        return Training.of(settings, new Dataset("shapes", IMAGES, DrawnShapes.training(10)));
    }

    @Test
    void trainingLeavesTheFiltersAndMovesTheirBias() throws IOException {
        for (Engine engine : Engine.values()) {
            Training training = training(settings().engine(engine).l2(0.1).build());
            Network start = training.start();
            INDArray before = start.parameters().get(FILTERS).dup();
            Network trained = training.run().network();

            assertClose("filters", before, trained.parameters().get(FILTERS), 0);
            assertTrue(trained.parameters().get("whiten1.bias").norm2Number().doubleValue() > 1e-3, "the bias is trained");
            assertTrue(trained.parameters().get("conv1.weights")
                    .distance2(start.parameters().get("conv1.weights")) > 1e-2, "and what stands behind");
            assertEquals(150, training.imagesPerEpoch());
        }
    }

    @Test
    void withoutValidationAllImagesAreTheSample() throws IOException {
        Network start = training(settings().validation(0).build()).start();
        float[] pixels = new float[IMAGES.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Byte.toUnsignedInt(IMAGES.pixels()[i]);
        }
        INDArray x = Functions.OF_LAYERS.scaled(Nd4j.create(pixels, new long[] {200, 3, 32, 32}, 'c'),
                start.scaling().mean(), start.scaling().factor());
        assertClose("filters", Whitening.filters(x, 2), start.parameters().get(FILTERS), 1e-6);
    }

    @Test
    void aModelToGoOnFromBringsItsFilters(@TempDir Path folder) throws IOException {
        Network first = training(settings().validation(0).build()).start();
        Path file = folder.resolve("model.npz");
        first.save(file);
        Network next = training(TrainingSettings.builder().limit(50).from(file.toString()).build()).start();
        assertClose("filters", first.parameters().get(FILTERS), next.parameters().get(FILTERS), 0);
    }
}
