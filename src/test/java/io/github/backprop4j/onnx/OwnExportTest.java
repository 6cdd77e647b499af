package io.github.backprop4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@code OnnxExport} has written, read again. */
class OwnExportTest {

    private static final int IMAGES = 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void comesBackEqualToTheByte(long seed) throws IOException {
        Network network = RandomNetworks.network(seed);
        Path before = folder.resolve("before.npz");
        Path after = folder.resolve("after.npz");
        network.save(before);
        OnnxImport.read(exported(network)).save(after);
        assertArrayEquals(Files.readAllBytes(before), Files.readAllBytes(after), network.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void predictsTheSameWithoutItsMetadata(long seed) throws IOException {
        Network network = RandomNetworks.network(seed);
        ModelProto model = OnnxFile.read(exported(network));
        Network read = OnnxImport.read(written(model.toBuilder().clearMetadataProps().build()));
        INDArray x = RandomNetworks.images(network, IMAGES, seed);
        double difference = network.predictProbabilities(x).sub(read.predictProbabilities(x)).amaxNumber().doubleValue();
        assertTrue(difference <= 1e-5, network + " differs by " + difference + " as " + read);
        assertEquals("0", read.architecture().classNames().get(0));
    }

    /** Its dropout is lost with the description, but its class names are there once more. */
    @Test
    void metadataOfAnotherNetworkAreNotBelieved() throws IOException {
        Network network = RandomNetworks.network(3);
        ModelProto model = OnnxFile.read(exported(network));
        ModelProto.Builder changed = model.toBuilder().clearMetadataProps();
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            changed.addMetadataProps(entry.getKey().equals(Metadata.ARCHITECTURE)
                    ? entry.toBuilder().setValue(entry.getValue().replace("\"factor\":0.015625", "\"factor\":0.5"))
                            .build() : entry);
        }
        assertFalse(changed.build().equals(model));
        Network read = OnnxImport.read(written(changed.build()));
        assertEquals(network.scaling().factor(), read.scaling().factor());
        assertEquals(network.architecture().classNames(), read.architecture().classNames());
    }

    @Test
    void itsClassesMayGetOtherNames() throws IOException {
        Network network = Network.initialize(
                Architecture.parse("dense:3,dropout:0.5", 1, 2, 2, List.of("a", "b")), InputScaling.none(1, 2, 2), 1);
        Path file = exported(network);
        Network read = OnnxImport.read(file, ImportSettings.NONE.classNames(List.of("cat", "dog")));
        assertEquals(List.of("cat", "dog"), read.architecture().classNames());
        assertEquals(network.architecture().text(), read.architecture().text());
        assertEquals(network.parameters().trained(), read.parameters().trained());
        assertThrows(InvalidFileException.class,
                () -> OnnxImport.read(file, ImportSettings.NONE.classNames(List.of("cat"))));
    }

    @Test
    void aChangedGraphIsReadAsItIs() throws IOException {
        Network network = RandomNetworks.network(3);
        ModelProto model = OnnxFile.read(exported(network));
        ModelProto.Builder changed = model.toBuilder();
        changed.getGraphBuilder().removeNode(changed.getGraph().getNodeCount() - 1).getOutputBuilder(0)
                .setName(model.getGraph().getNode(model.getGraph().getNodeCount() - 2).getOutput(0));
        Network read = OnnxImport.read(written(changed.build()));
        INDArray x = RandomNetworks.images(network, IMAGES, 1);
        double difference = network.predictProbabilities(x).sub(read.predictProbabilities(x)).amaxNumber().doubleValue();
        assertTrue(difference <= 1e-5, "differs by " + difference);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{0: 'cat', 1: \"owl's\", 2: 'back\\\\slash', 3: 'a, b'}", "{0: 'cat'", "{1: 'cat'}", "{0: cat}",
            "[]", "{}",
        "{0: 'cat', 1: 'cat'}"})
    void classNamesAreThoseOfAPythonDictionary(String names) {
        ModelProto model = ModelProto.newBuilder().addMetadataProps(
                StringStringEntryProto.newBuilder().setKey("names").setValue(names)).build();
        assertEquals(names.startsWith("{0: 'cat', 1: \"") ? List.of("cat", "owl's", "back\\slash", "a, b") : List.of(),
                Metadata.classNames(model).orElse(List.of()));
    }

    /** As the regular expressions of Java do if they are not written with care. */
    @Test
    void longClassNamesDoNotTakeTheStack() {
        String name = "\\'x".repeat(1_000_000);
        ModelProto model = ModelProto.newBuilder().addMetadataProps(
                StringStringEntryProto.newBuilder().setKey("names").setValue("{0: '" + name + "'}")).build();
        assertEquals(2_000_000, Metadata.classNames(model).orElseThrow().get(0).length());
    }

    private Path exported(Network network) throws IOException {
        Path file = folder.resolve("exported.onnx");
        OnnxExport.write(network, file);
        return file;
    }

    private Path written(ModelProto model) throws IOException {
        Path file = folder.resolve("changed.onnx");
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
        return file;
    }
}
