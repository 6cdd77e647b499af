package io.github.backprop4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Networks that PyTorch has written, {@code src/test/python/torch_models.py}, with its own predictions. */
class TorchModelsTest {

    private static final Path FOLDER = Path.of("src/test/resources/onnx");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "lenet; conv:4:5:1:2,relu,pool:2:2,conv:6:3:1:0,relu,pool:2:1,dense:20,relu",
        "vgg; conv:6:3:1:1,batchnorm,relu,conv:6:3:1:1,batchnorm,relu,pool:2:2,conv:8:3:1:1,batchnorm,relu,pool:2:2,"
                + "avgpool:2:2,dense:16,batchnorm,relu",
        "resnet; conv:6:7:2:3,relu,conv:6:1:1:1:dirac:nobias,pool:3:2,residual(conv:6:3:1:1,relu,conv:6:3:1:1),relu,"
                + "residual(conv:10:3:2:1,relu,conv:10:3:1:1|conv:10:1:2:0),relu,"
                + "residual(conv:10:3:1:1,relu,conv:10:3:1:1),relu,globalavgpool",
        "resnet_batchnorm; conv:6:3:1:1:nobias,batchnorm,relu,"
                + "residual(conv:6:3:1:1:nobias,batchnorm,relu,conv:6:3:1:1:nobias,batchnorm),relu,"
                + "residual(conv:10:3:2:1:nobias,batchnorm,relu,conv:10:3:1:1:nobias,batchnorm|"
                + "conv:10:1:2:0:nobias,batchnorm),relu,"
                + "residual(conv:10:3:1:1:nobias,batchnorm,relu,conv:10:3:1:1:nobias,batchnorm),relu,globalavgpool",
        "activations; conv:6:3:1:1,gelu,avgpool:3:2,conv:8:2:2:0:nobias,leakyrelu:0.1,globalavgpool,dense:12:nobias,gelu,"
                + "output:nobias",
        "preprocessed; conv:6:3:1:1,relu,conv:4:1:1:0,globalavgpool"})
    void predictsWhatPyTorchDoes(String name, String layers) throws IOException {
        Map<String, INDArray> expected = Npz.read(FOLDER.resolve(name + ".npz"), 1 << 24);
        INDArray x = expected.get("x");
        Network network = OnnxImport.read(FOLDER.resolve(name + ".onnx"), name.equals("resnet")
                ? ImportSettings.NONE.size((int) x.size(2), (int) x.size(3)) : ImportSettings.NONE);

        assertEquals(layers, network.architecture().text());
        assertClose(expected.get("y"), network.predictProbabilities(x));
        Path file = folder.resolve("model.npz");
        network.save(file);
        assertClose(expected.get("y"), Network.load(file).predictProbabilities(x));
    }

    private static void assertClose(INDArray expected, INDArray found) {
        double difference = expected.sub(found).amaxNumber().doubleValue();
        assertTrue(difference <= 1e-5, "probabilities differ by " + difference);
    }
}
