package io.github.backprop4j.onnx;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.TensorInfo;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Functions;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.LayerRegistry;
import io.github.backprop4j.network.LayerType;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.NamedArrays;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Residual;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What ONNX Runtime makes of our files. */
@DisabledOnOs(value = OS.MAC, architectures = "x86_64", disabledReason = "ONNX Runtime has nothing for it")
class OnnxExportTest {

    private static final int IMAGES = 1000;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void onnxRuntimeGivesOurProbabilities(long seed) throws Exception {
        Network network = RandomNetworks.network(seed);
        Path file = folder.resolve("model.onnx");
        OnnxExport.write(network, file);
        INDArray images = RandomNetworks.images(network, IMAGES, seed);
        INDArray ours = network.predictProbabilities(images);
        assertTrue(ours.std(true, 0).minNumber().doubleValue() > 0.001, () -> network + " tells no images apart");

        INDArray theirs = ours.ulike();
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            int[] batches = {0, 1, 8, 500, IMAGES};
            for (int i = 1; i < batches.length; i++) {
                var batch = NDArrayIndex.interval(batches[i - 1], batches[i]);
                theirs.get(batch).assign(runtime.probabilities(images.get(batch)));
            }
        }
        assertClose(network.toString(), ours, theirs, 1e-5);
    }

    @Test
    void theNetworksCoverEveryRegisteredLayer() {
        // the text leaves out an output layer as usual
        String texts = seeds().mapToObj(seed -> RandomNetworks.network(seed).architecture().text() + ",output\n")
                .collect(Collectors.joining());
        Set<String> words = new TreeSet<>(List.of(texts.split("[^a-z]+")));
        for (LayerType type : LayerRegistry.types()) {
            // others may be registered by other tests of this process
            boolean ours = type.reader().getClass().getName().startsWith(Layer.class.getPackageName() + ".");
            assertTrue(!ours || words.contains(type.keyword()), () -> type.usage() + " is in no network of "
                    + RandomNetworks.class.getSimpleName() + "; add it there, and its form to LayerExporters");
        }
        for (String form : List.of("|conv", "pool:2:1", ":nobias", ":noscale", "dropconnect:0.2,conv",
                "dropconnect:0.5,output", "output:nobias")) {
            assertTrue(texts.contains(form), () -> form + " in " + texts);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void arraysHaveTheirNamesAndShapes(long seed) throws IOException {
        Network network = RandomNetworks.network(seed);
        ModelProto model = model(network);
        Set<String> expected = new TreeSet<>(network.toArrays().keySet());
        expected.remove("architecture");
        Set<String> found = new TreeSet<>();
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            INDArray ours = network.toArrays().get(tensor.getName());
            if (ours != null) {
                found.add(tensor.getName());
                assertArrayEquals(ours.shape(), tensor.getDimsList().stream().mapToLong(size -> size).toArray());
                assertEquals(ours.length() * Float.BYTES, tensor.getRawData().size());
            }
        }
        assertEquals(expected, found);
    }

    private ModelProto model(Network network) throws IOException {
        Path file = folder.resolve("proto.onnx");
        OnnxExport.write(network, file);
        return ModelProto.parseFrom(new ByteArrayInputStream(Files.readAllBytes(file)));
    }

    @Test
    void equalNetworksGiveEqualBytes() throws IOException {
        Path first = folder.resolve("first.onnx");
        Path second = folder.resolve("second.onnx");
        OnnxExport.write(RandomNetworks.network(3), first);
        Network other = RandomNetworks.network(3);
        OnnxExport.write(other, second);
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));

        other.parameters().get(other.parameters().names().get(0)).addi(1);
        OnnxExport.write(other, second);
        assertFalse(Arrays.equals(Files.readAllBytes(first), Files.readAllBytes(second)));
    }

    @Test
    void saysWhatItIsForInItsMetadata() throws Exception {
        List<String> names = List.of("Katze", "owl's", "\"big\" owl's", "a\\b", "狐");
        ModelCard card = new ModelCard("0.1.0", 7, "Füchse", "9af3", Json.object().put("epochs", 3), List.of());
        Network network = Network.initialize(Architecture.parse("dense:2", 3, 4, 5, names), InputScaling.none(3, 4, 5), 1)
                .with(Optional.of(card));
        Path file = folder.resolve("model.onnx");
        OnnxExport.write(network, file);
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            OnnxModelMetadata metadata = runtime.metadata();
            assertEquals("backprop4j", metadata.getProducerName());
            assertEquals("Classifies images of 3x4x5, float32 from 0 to 255, into 5 classes. Layers: dense:2",
                    metadata.getDescription());
            assertEquals("classify", metadata.getCustomMetadata().get("task"));
            assertEquals("{0: 'Katze', 1: \"owl's\", 2: '\"big\" owl\\'s', 3: 'a\\\\b', 4: '狐'}",
                    metadata.getCustomMetadata().get("names"));
            assertEquals("[4, 5]", metadata.getCustomMetadata().get("imgsz"));
            assertEquals("3", metadata.getCustomMetadata().get("channels"));
            assertEquals("Rgb8", metadata.getCustomMetadata().get("Image.BitmapPixelFormat"));
            assertEquals("SRGB", metadata.getCustomMetadata().get("Image.ColorSpaceGamma"));
            assertEquals("NominalRange_0_255", metadata.getCustomMetadata().get("Image.NominalPixelRange"));
            assertEquals("{\"format\":1,\"input\":[3,4,5],\"layers\":\"dense:2\",\"classes\":[\"Katze\",\"owl's\","
                    + "\"\\\"big\\\" owl's\",\"a\\\\b\",\"狐\"],\"factor\":1.0,\"mean\":\"input.mean\",\"card\":"
                    + Json.tree(card) + "}", metadata.getCustomMetadata().get("backprop4j.architecture"));

            assertEquals(Set.of("images"), runtime.inputs().keySet());
            assertEquals(Set.of("probabilities"), runtime.outputs().keySet());
            assertArrayEquals(new long[] {-1, 3, 4, 5}, shape(runtime.inputs().get("images")));
            assertArrayEquals(new long[] {-1, 5}, shape(runtime.outputs().get("probabilities")));
        }
        ModelProto model = model(network);
        assertEquals(ModelCard.libraryVersion(), model.getProducerVersion());
        assertEquals(14, model.getOpsetImport(0).getVersion());
        assertEquals("IMAGE", model.getGraph().getInput(0).getType().getDenotation());
        assertEquals(List.of("DATA_BATCH", "DATA_CHANNEL", "DATA_FEATURE", "DATA_FEATURE"), model.getGraph().getInput(0)
                .getType().getTensorType().getShape().getDimList().stream().map(each -> each.getDenotation()).toList());
    }

    private static long[] shape(ai.onnxruntime.NodeInfo value) {
        return ((TensorInfo) value.getInfo()).getShape();
    }

    @Test
    void greyImagesAreCalledSoAndOthersHaveNoFormat() throws IOException {
        assertEquals(Optional.of("Gray8"), pixelFormat(1));
        assertEquals(Optional.empty(), pixelFormat(2));
    }

    private Optional<String> pixelFormat(int channels) throws IOException {
        Architecture architecture = Architecture.parse("", channels, 2, 2, List.of("a", "b"));
        return model(Network.initialize(architecture, InputScaling.none(channels, 2, 2), 1)).getMetadataPropsList().stream()
                .filter(each -> each.getKey().equals("Image.BitmapPixelFormat")).map(each -> each.getValue()).findFirst();
    }

    @Test
    void float64IsRounded() throws Exception {
        Architecture architecture = Architecture.parse("dense:5,relu", 1, 3, 3, List.of("a", "b"));
        Network wide = Network.initialize(architecture, InputScaling.none(1, 3, 3), 1, DataType.DOUBLE);
        Path file = folder.resolve("model.onnx");
        OnnxExport.write(wide, file);
        INDArray images = RandomNetworks.images(wide, 10, 1);
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            assertClose("probabilities", wide.castTo(DataType.FLOAT).predictProbabilities(images),
                    runtime.probabilities(images), 1e-5);
        }
    }

    @Test
    void refusesNumbersThatFloat32HasNot() {
        Architecture architecture = Architecture.parse("dense:5,relu", 1, 3, 3, List.of("a", "b"));
        Network wide = Network.initialize(architecture, InputScaling.none(1, 3, 3), 1, DataType.DOUBLE);
        wide.parameters().get("dense1.bias").putScalar(2, 1e40);
        assertRefused("onnx: dense1.bias holds NaN or numbers that are infinite in float32, expected finite ones", wide);
    }

    /** A layer of somebody's own, which the library knows nothing about. */
    private record Mine() implements Layer {
        @Override
        public Forward forward(INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
            return new Forward(x, (dOut, gradients, needsInput) -> dOut);
        }

        @Override
        public String toString() {
            return "mine";
        }
    }

    @Test
    void namesALayerThatHasNoForm() {
        Architecture architecture =
                Architecture.builder(1, 4, 4).conv(2, 3).add(new Residual(new Mine())).relu().classes(2);
        assertRefused("onnx: the layer residual1.mine1, mine, has no form in ONNX, as only the library's own layers have;"
                + " put one of them in its place", Network.initialize(architecture, InputScaling.none(1, 4, 4), 1));
    }

    private void assertRefused(String problem, Network network) {
        Path file = folder.resolve("refused.onnx");
        assertEquals(problem, assertThrows(InvalidInputException.class, () -> OnnxExport.write(network, file)).getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void refusesWhatDoesNotFitIntoAFile() {
        Architecture large = Architecture.parse("dense:46000,dense:11600", 1, 1, 1, List.of("a", "b"));
        assertEquals("onnx: the network has 2134907212 bytes of float32, expected at most 2130706432, as an ONNX file ends"
                + " at 2 GB; use a smaller network",
                assertThrows(InvalidInputException.class, () -> OnnxExport.requireFits(large)).getMessage());
        OnnxExport.requireFits(Architecture.parse("dense:46000,dense:11500", 1, 1, 1, List.of("a", "b")));
    }
}
