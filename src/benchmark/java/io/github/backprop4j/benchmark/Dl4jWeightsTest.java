package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

class Dl4jWeightsTest {

    private static final String PLAIN = "conv:6:5,relu,pool:2,dense:20,relu,dropout:0.2";

    private final Images images = DrawnShapes.training(60);
    private final MiniBatch batch = ImageBatches.inOrder(images, images.count()).epoch(1).next();
    private final INDArray x = batch.images(0, images.count());

    @ParameterizedTest
    @ValueSource(strings = {"", PLAIN, "batchnorm,conv:5:4:3:2",
        "conv:4:3:2:0,batchnorm,relu,pool:3:2,conv:6:2:1:1:nobias,batchnorm:0.001,relu,dense:12,batchnorm,relu",
        "pool:4,dense:8:nobias,batchnorm:noscale,relu,output:nobias"})
    void isTheSameNetworkThereAndBack(String layers) throws IOException {
        Network network = trained(layers);
        MultiLayerNetwork there = Dl4jWeights.toDl4j(network, new Adam(0.003));
        assertSameOutput(network, there);
        assertSameWeights(network, Dl4jWeights.fromDl4j(there, network));
        assertSameWeights(network, Dl4jWeights.fromDl4j(there, untrained(layers)));
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, "conv:4:3:2:0,batchnorm,relu,pool:2,conv:6:3,batchnorm,relu,dense:12,batchnorm,relu"})
    void whatDl4jTrainsComesBack(String layers) throws IOException {
        Network network = trained(layers);
        MultiLayerNetwork there = Dl4jWeights.toDl4j(network, new Adam(0.003));
        DataSet data = new DataSet(Dl4jWeights.scaled(network, x), batch.labels(0, images.count()));
        for (int step = 0; step < 5; step++) {
            there.fit(data);
        }
        Network back = Dl4jWeights.fromDl4j(there, network);
        assertFalse(back.parameters().trained().equalsWithEps(network.parameters().trained(), 1e-3), "it was trained");
        assertSameOutput(back, there);
        MultiLayerNetwork again = Dl4jWeights.toDl4j(back, new Adam(0.003));
        assertArrayEquals(there.params().toFloatVector(), again.params().toFloatVector());
    }

    @Test
    void whatHasNoPlaceIsRefused() throws IOException {
        assertEquals("to DL4J: gelu, expected conv, pool, batchnorm, dense, relu, dropout and the output", assertThrows(
                IllegalArgumentException.class,
                () -> Dl4jWeights.toDl4j(untrained("gelu"), new Adam(0.003))).getMessage());
        MultiLayerNetwork withGamma = Dl4jWeights.toDl4j(trained("batchnorm"), new Adam(0.003));
        String message = assertThrows(IllegalArgumentException.class,
                () -> Dl4jWeights.fromDl4j(withGamma, untrained("batchnorm:noscale"))).getMessage();
        assertTrue(message.startsWith("from DL4J: 0_gamma has no place in Network batchnorm:noscale"), message);
    }

    private void assertSameOutput(Network network, MultiLayerNetwork there) {
        float[] ours = network.predictProbabilities(x).dup('c').data().asFloat();
        float[] theirs = there.output(Dl4jWeights.scaled(network, x)).dup('c').data().asFloat();
        assertArrayEquals(ours, theirs, 1e-5f);
    }

    private static void assertSameWeights(Network expected, Network found) {
        for (String name : expected.parameters().names()) {
            assertArrayEquals(expected.parameters().get(name).dup('c').data().asFloat(),
                    found.parameters().get(name).dup('c').data().asFloat(), name);
        }
    }

    private Network trained(String layers) throws IOException {
        return training(layers).run().network();
    }

    private Network untrained(String layers) throws IOException {
        return training(layers).start();
    }

    private Training training(String layers) throws IOException {
        TrainingSettings settings =
                TrainingSettings.builder().layers(layers).epochs(2).batchSize(10).validation(0).build();
        return Training.of(settings, new Dataset("shapes", images, images));
    }
}
