package io.github.backprop4j;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.examples.OwnLayer;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link OwnLayer}, a layer outside of the library: registered by one call, trained, saved and loaded. */
class OwnLayerTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void register() {
        LayerRegistry.register(OwnLayer.Swish.TYPE);
        LayerRegistry.register(OwnLayer.Swish.TYPE);
    }

    @Test
    void trainsIsSavedByItsKeywordAndLoadsAgain() throws IOException {
        Dataset few = new Dataset("few", DrawnShapes.training(40), DrawnShapes.training(40));
        Network network = OwnLayer.train(few, 25, folder.resolve("model.npz"));
        double accuracy = Evaluator.evaluate(network, few.test()).accuracy();
        assertTrue(accuracy > 0.9, () -> "learns by heart, but only " + accuracy);
        assertTrue(network.parameters().get("swish1.gain").getDouble(0) != 1, "the gain is trained");

        String description = new String(bytes(Npz.read(folder.resolve("model.npz"), 1 << 24).get("architecture")));
        assertTrue(description.contains("\"layers\":\"conv:6:5:1:2,swish,pool:4:4,dense:20,residual(swish)\""), description);
        Network loaded = Network.load(folder.resolve("model.npz"));
        INDArray x = Nd4j.rand(DataType.FLOAT, 3, 3, 32, 32).muli(255);
        assertClose("logits", network.predictLogits(x), loaded.predictLogits(x), 0);
    }

    private static byte[] bytes(INDArray array) {
        int[] numbers = array.toIntVector();
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        return bytes;
    }

    @Test
    void whereItIsNotRegisteredTheErrorNamesItAndWhatThereIs() throws IOException {
        Network network = Network.initialize(
                Architecture.parse("swish", 1, 4, 4, List.of("a", "b")), InputScaling.none(1, 4, 4), 1);
        Map<String, INDArray> arrays = network.toArrays();
        byte[] other = new String(bytes(arrays.get("architecture"))).replace("swish", "swash").getBytes();
        int[] numbers = new int[other.length];
        for (int i = 0; i < other.length; i++) {
            numbers[i] = other[i];
        }
        arrays.put("architecture", Nd4j.createFromArray(numbers).castTo(DataType.UINT8));
        Npz.write(folder.resolve("foreign.npz"), arrays);
        String message = assertThrows(
                InvalidFileException.class, () -> Network.load(folder.resolve("foreign.npz"))).getMessage();
        assertTrue(message.contains("layers: 'swash': unknown layer; there are conv, pool, "), message);
        assertTrue(message.endsWith("swish; did you mean swish?"), message);
        assertTrue(Files.exists(folder.resolve("foreign.npz")));
    }

    @Test
    void aKeywordBelongsToOneType() {
        LayerType thief = new LayerType("conv", "conv:MINE", arguments -> new OwnLayer.Swish());
        assertEquals("layer type: conv:MINE has the keyword of conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias];"
                + " choose another", assertThrows(
                        IllegalArgumentException.class, () -> LayerRegistry.register(thief)).getMessage());
        assertEquals("layer type: keyword 'conv1', expected lower-case letters only", assertThrows(
                IllegalArgumentException.class,
                () -> new LayerType("conv1", "", arguments -> new OwnLayer.Swish())).getMessage());
        assertThrows(InvalidInputException.class, () -> Architecture.parse("swish:1", 1, 4, 4, List.of("a", "b")));
    }
}
