package io.github.backprop4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.protobuf.CodedOutputStream;

/** Files that were cut off, changed here and there, or made to do harm: one line says so, and little memory is taken. */
class DamagedFilesTest {

    private static final int CHANGES = 60;

    @TempDir
    private Path folder;

    static Stream<String> files() {
        return Stream.of("activations", "lenet", "preprocessed", "resnet_batchnorm", "ours");
    }

    private byte[] bytes(String name) throws IOException {
        if (!name.equals("ours")) {
            return Files.readAllBytes(Path.of("src/test/resources/onnx", name + ".onnx"));
        }
        Path file = folder.resolve("ours.onnx");
        OnnxExport.write(RandomNetworks.network(3), file);
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileThatIsCutOffIsRefused(String name) throws IOException {
        byte[] whole = bytes(name);
        Random random = new Random(1);
        for (int i = 0; i < CHANGES; i++) {
            // the last bytes may be no more than a version or a card
            int length = random.nextInt(whole.length * 9 / 10);
            Path file = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
            assertOneLine(file, assertThrows(InvalidFileException.class, () -> OnnxImport.read(file), "at " + length));
        }
    }

    /** Most changes are in weights, and harmless; so half of them are in names, sizes and attributes. */
    @ParameterizedTest
    @MethodSource("files")
    void aFileThatWasChangedIsReadOrRefused(String name) throws IOException {
        byte[] whole = bytes(name);
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < CHANGES; i++) {
            byte[] changed = whole.clone();
            int nodes = Math.min(whole.length, 3000);
            for (int change = random.nextInt(3); change >= 0; change--) {
                changed[random.nextInt(i % 2 == 0 ? nodes : whole.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("changed.onnx"), changed);
            try {
                OnnxImport.read(file);
            } catch (InvalidFileException e) {
                assertOneLine(file, e);
                refused++;
            }
        }
        assertTrue(refused > CHANGES / 5, refused + " of " + CHANGES + " were refused");
    }

    private static void assertOneLine(Path file, InvalidFileException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertTrue(e.getMessage().length() < file.toString().length() + 600, e.getMessage());
        assertFalse(e.getMessage().contains("null"), e.getMessage());
    }

    @Test
    void whatIsNoOnnxFileIsTold() throws IOException {
        Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);
        assertEquals(empty + ": is no ONNX model: it has no graph, or does not say of which opset",
                assertThrows(InvalidFileException.class, () -> OnnxImport.read(empty)).getMessage());
        assertEquals(folder + ": is no file, expected an ONNX file",
                assertThrows(InvalidFileException.class, () -> OnnxImport.read(folder)).getMessage());
        assertThrows(NoSuchFileException.class, () -> OnnxImport.read(folder.resolve("none.onnx")));
        Path text = Files.writeString(folder.resolve("text.onnx"), "conv:10:5,relu");
        assertTrue(assertThrows(InvalidFileException.class, () -> OnnxImport.read(text)).getMessage()
                .startsWith(text + ": is no ONNX model"));
    }

    /** Three million nodes in six megabytes. */
    @Test
    void manyEmptyMessagesAreRefusedBeforeTheyTakeMemory() throws IOException {
        byte[] nodes = new byte[6_000_000];
        for (int i = 0; i < nodes.length; i += 2) {
            nodes[i] = 1 << 3 | 2;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(7, nodes);
        out.flush();
        Path file = Files.write(folder.resolve("bomb.onnx"), bytes.toByteArray());
        assertEquals(file + ": is no ONNX model or is damaged (there is more beside its arrays than networks have)",
                assertThrows(InvalidFileException.class, () -> OnnxImport.read(file)).getMessage());
    }

    /**
     * More than a million messages inside of each other's fields: dimensions of a value, nodes of a graph that is an
     * attribute; and whole numbers that take a byte each there and eight in memory, of an array and of an attribute.
     */
    @ParameterizedTest
    @CsvSource({"7 13 2 1 2, 10", "7 1 5 6, 10", "7 5 7, 0", "7 1 5 8, 0"})
    void whatGrowsInMemoryIsRefusedBefore(String fields, byte tag) throws IOException {
        byte[] bytes = new byte[3_000_000];
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = tag;
        }
        String[] outside = fields.split(" ");
        for (int i = outside.length - 1; i >= 0; i--) {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(message);
            out.writeByteArray(Integer.parseInt(outside[i]), bytes);
            out.flush();
            bytes = message.toByteArray();
        }
        Path file = Files.write(folder.resolve("bomb.onnx"), bytes);
        assertEquals(file + ": is no ONNX model or is damaged (there is more beside its arrays than networks have)",
                assertThrows(InvalidFileException.class, () -> OnnxImport.read(file)).getMessage());
    }

    /** Field 1 begins a group, a million times: at the top, in a node, and where nobody looks before the parser does. */
    @ParameterizedTest
    @ValueSource(ints = {0, 7, 20})
    void groupsInGroupsAreRefused(int field) throws IOException {
        byte[] groups = new byte[1_000_000];
        Arrays.fill(groups, (byte) (1 << 3 | 3));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        if (field == 0) {
            out.writeRawBytes(groups);
        } else {
            out.writeByteArray(field, groups);
        }
        out.flush();
        Path file = Files.write(folder.resolve("groups.onnx"), bytes.toByteArray());
        assertOneLine(file, assertThrows(InvalidFileException.class, () -> OnnxImport.read(file)));
    }

    /** A chain of nodes as long as may be is neither too deep for the stack nor takes long. */
    @Test
    void manyNodesAreNotTooDeep() throws IOException {
        Crafted graph = new Crafted(1, 2, 2);
        graph.node("Relu", "n0", "images");
        for (int i = 1; i < 9_999; i++) {
            graph.node("Relu", "n" + i, "n" + (i - 1));
        }
        graph.node("Flatten", "x", "n9998");
        String layers = OnnxImport.read(graph.write(folder.resolve("long.onnx"))).architecture().text();
        assertEquals(9_999, layers.split(",").length);
        Path file = graph.node("Flatten", "y", "x").write(folder.resolve("longer.onnx"));
        assertEquals(file + ": has 10001 nodes and 0 sparse arrays, expected at most 10000 and none",
                assertThrows(InvalidFileException.class, () -> OnnxImport.read(file)).getMessage());
    }

    @Test
    void blocksInBlocksAreCounted() throws IOException {
        Crafted graph = new Crafted(1, 2, 2);
        graph.node("Relu", "n0", "images");
        for (int i = 1; i < 1000; i++) {
            graph.node("Relu", "n" + i, "n" + (i - 1));
        }
        graph.node("Add", "m999", "n999 n998");
        for (int i = 998; i > 0; i--) {
            graph.node("Add", "m" + i, "m" + (i + 1) + " n" + (i - 1));
        }
        Path file = graph.write(folder.resolve("nested.onnx"));
        InvalidFileException e = assertThrows(InvalidFileException.class, () -> OnnxImport.read(file));
        assertTrue(e.getMessage().endsWith(" ends a residual block inside more than 8 others"), e.getMessage());
    }
}
