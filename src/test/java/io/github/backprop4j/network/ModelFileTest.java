package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

class ModelFileTest {

    private static final List<String> NAMES = List.of("Katze", "\"dog\"", "狐");

    @TempDir
    private Path folder;

    private Path file;
    private Network network;

    @BeforeEach
    void write() throws IOException {
        Architecture architecture = Architecture.parse(
                "conv:4:3,batchnorm,leakyrelu:0.1,pool:2,dropout:0.5,dropconnect:0.25,dense:5", 1, 6, 6, NAMES);
        network = Network.initialize(architecture, new InputScaling(Nd4j.rand(1, 6, 6), 1 / 3.0), 1);
        network.parameters().statistics().assign(Nd4j.rand(DataType.FLOAT, 1, 8));
        file = folder.resolve("model.npz");
        network.save(file);
    }

    @Test
    void restoresTheNetworkExactly() throws IOException {
        Network loaded = Network.load(file);
        assertEquals(network.architecture(), loaded.architecture());
        assertEquals(network.scaling(), loaded.scaling());
        for (String name : network.parameters().names()) {
            assertEquals(network.parameters().get(name), loaded.parameters().get(name), name);
        }
        Path again = folder.resolve("again.npz");
        loaded.save(again);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
    }

    @Test
    void isMadeOfItsPartsAsOfAFile() throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        network.parameters().names().forEach(name -> arrays.put(name, network.parameters().get(name)));
        Network made = Network.of(network.architecture(), network.scaling(), arrays);
        made.save(folder.resolve("made.npz"));
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(folder.resolve("made.npz")));

        made.parameters().get("conv1.bias").assign(1);
        assertEquals(0, network.parameters().get("conv1.bias").sumNumber().doubleValue(), "it has copies");
        arrays.put("conv1.bias", Nd4j.zeros(DataType.FLOAT, 3));
        assertEquals("network: conv1.bias has shape [3], expected [4]", assertThrows(InvalidInputException.class,
                () -> Network.of(network.architecture(), network.scaling(), arrays)).getMessage());
        InputScaling none = new InputScaling(network.scaling().mean().dup().assign(Double.NaN), 1);
        assertEquals("network: the mean image holds NaN or infinite numbers", assertThrows(InvalidInputException.class,
                () -> Network.of(network.architecture(), none, arrays)).getMessage());
    }

    @Test
    void keepsFloat64() throws IOException {
        Network wide = Network.initialize(network.architecture(), network.scaling(), 2, DataType.DOUBLE);
        wide.save(file);
        assertEquals(wide.parameters().trained(), Network.load(file).parameters().trained());
    }

    @Test
    void holdsArraysByNameAndTheRestAsJson() throws IOException {
        Map<String, INDArray> arrays = Npz.read(file, 1 << 20);
        assertEquals("[architecture, input.mean, conv1.weights, conv1.bias, batchnorm1.scale, batchnorm1.shift,"
                + " dense1.weights, dense1.bias, output.weights, output.bias, batchnorm1.mean, batchnorm1.variance]",
                arrays.keySet().toString());
        assertEquals("{\"format\":1,\"input\":[1,6,6],\"layers\":\"conv:4:3:1:1,batchnorm,leakyrelu:0.1,pool:2:2,"
                + "dropout:0.5,dropconnect:0.25,dense:5\",\"classes\":[\"Katze\",\"\\\"dog\\\"\",\"狐\"],"
                + "\"factor\":0.3333333333333333,\"mean\":\"input.mean\"}", json(arrays));
    }

    private static String json(Map<String, INDArray> arrays) {
        int[] bytes = arrays.get("architecture").toIntVector();
        byte[] text = new byte[bytes.length];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) bytes[i];
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`\"format\":1` | `\"format\":2` | is a model of format 2, expected 1; it may be from a newer backprop4j",
        "`\"layers\"` | `\"lairs\"` | architecture has no layers",
        "conv:4:3:1:1 | conv:5:3:1:1 | conv1.weights has shape [4, 1, 3, 3], expected [5, 1, 3, 3]",
        "dense:5 | dense:2000000000 | architecture: layer 6, dropconnect:0.25,dense:2000000000, cannot take",
        "dense:5 | tense:5 | layers: 'tense:5': unknown layer",
        "`[1,6,6]` | `[1,6]` | architecture has the input [1,6], expected three sizes",
        "`[1,6,6]` | `[-1,6,6]` | architecture: images of -1x6x6, expected sizes above 0",
        "input.mean | output.mean | has no array output.mean, only [",
        "0.3333333333333333 | -1 | input scaling: factor -1.0, expected 1.0E-6 to 1000000.0",
        "0.3333333333333333 | `\"x\"` | input scaling: factor NaN, expected 1.0E-6 to 1000000.0",
        "0.3333333333333333 | 1e30 | input scaling: factor 1.0E30, expected 1.0E-6 to 1000000.0",
        "Katze | 狐 | architecture: the class 狐 is there twice",
        "Katze | K\\u0007 | architecture: a class name is blank or has control characters",
        "leakyrelu:0.1 | leakyrelu:2 | layers: 'leakyrelu:2': slope: 2.0, expected at least 0 and below 1",
        "`{` | `(` | architecture is no JSON: Unexpected character"})
    void saysWhatIsWrongWithTheDescription(String from, String to, String problem) throws IOException {
        assertDescriptionRefused(from, to, problem);
    }

    @Test
    void refusesADescriptionThatWouldExhaustTheReader() throws IOException {
        assertDescriptionRefused("[1,6,6]", "[".repeat(50_000) + "]".repeat(50_000),
                "architecture nests more than 100 levels deep");
        assertDescriptionRefused("\"format\":1", "\"format\":" + "7".repeat(50_000),
                "architecture has a number of 50000 characters, expected at most 100");
    }

    private void assertDescriptionRefused(String from, String to, String problem) throws IOException {
        assertRefused(problem, arrays -> {
            byte[] json = json(arrays).replace(from, to).getBytes(StandardCharsets.UTF_8);
            INDArray bytes = Nd4j.create(DataType.UINT8, json.length);
            for (int i = 0; i < json.length; i++) {
                bytes.putScalar(i, Byte.toUnsignedInt(json[i]));
            }
            arrays.put("architecture", bytes);
        });
    }

    @Test
    void saysWhatIsWrongWithAnArray() throws IOException {
        assertRefused("is no model: it holds [input.mean, ", arrays -> arrays.remove("architecture"));
        assertRefused("has no array output.bias, only [", arrays -> arrays.remove("output.bias"));
        assertRefused("is no model: it holds [architecture, ",
                arrays -> arrays.put("architecture", arrays.get("architecture").reshape(1, -1)));
        assertRefused("batchnorm1.variance holds -0.5, expected variances of at least 0",
                arrays -> arrays.get("batchnorm1.variance").putScalar(1, -0.5));
        assertRefused("output.bias has shape [1, 3], expected [3]",
                arrays -> arrays.put("output.bias", arrays.get("output.bias").reshape(1, 3)));
        assertRefused("dense1.bias holds NaN or infinite numbers",
                arrays -> arrays.get("dense1.bias").putScalar(2, Float.NaN));
        assertRefused("batchnorm1.mean holds NaN or infinite numbers",
                arrays -> arrays.get("batchnorm1.mean").putScalar(0, Float.NEGATIVE_INFINITY));
        assertRefused("dense1.weights is DOUBLE, expected FLOAT",
                arrays -> arrays.put("dense1.weights", arrays.get("dense1.weights").castTo(DataType.DOUBLE)));
        assertRefused("dense1.weights is INT, expected FLOAT or DOUBLE",
                arrays -> arrays.put("dense1.weights", arrays.get("dense1.weights").castTo(DataType.INT32)));
    }

    private void assertRefused(String problem, Consumer<Map<String, INDArray>> change) throws IOException {
        network.save(file);
        Map<String, INDArray> arrays = Npz.read(file, 1 << 20);
        change.accept(arrays);
        Npz.write(file, arrays);
        String message = assertThrows(InvalidFileException.class, () -> Network.load(file)).getMessage();
        assertTrue(message.startsWith(file + ": " + problem), message);
        assertEquals(1, message.lines().count());
    }

    /**
     * Written by the code of commit c357837, when the layers were nine and in a list: trained for one epoch on 64 images of
     * random bytes (java.util.Random, seed 1), seed 1, batch size 16, no augmentation. That code printed the logits, too.
     */
    @Test
    void aFileOfBeforePredictsAsItDid() throws Exception {
        Network before = Network.load(Path.of(getClass().getResource("/models/every-layer-c357837.npz").toURI()));

        assertEquals("conv:4:3:1:1,batchnorm,relu,pool:2:2,conv:6:2:1:1,leakyrelu:0.1,avgpool:2:1,dropout:0.25,"
                + "dropconnect:0.5,dense:10,batchnorm,relu,dense:6,relu,dropconnect:0.25", before.architecture().text());
        assertEquals(List.of("cat", "dog", "fox"), before.architecture().classNames());
        assertEquals(Optional.empty(), before.card());
        double[] x = LongStream.range(0, 4 * 3 * 8 * 8).mapToDouble(i -> 37 * i % 256).toArray();
        INDArray logits = before.predictLogits(Nd4j.create(x, new long[] {4, 3, 8, 8}, 'c').castTo(DataType.FLOAT));
        // not to the bit: OpenBLAS adds up in another order on other processors
        assertClose("logits", Nd4j.createFromArray(new float[][] {
            {-0.015189141f, -0.03927778f, 0.089255616f}, {-0.06900932f, -0.057926748f, 0.054026f},
            {-0.14591752f, -0.12798367f, 0.119935095f}, {-0.1570802f, -0.16571984f, 0.19746369f}}), logits, 1e-5);
    }

    @Test
    void keepsTheCard() throws IOException {
        ModelCard card = new ModelCard("0.1.0", -7, "Füchse", "9af3", Json.object().put("epochs", 3).put("l2", 1e-4),
                List.of(Platform.here(Engine.IM2COL, Precision.FLOAT32)));
        network.with(Optional.of(card)).save(file);

        assertEquals(Optional.of(card), Network.load(file).card());
        assertTrue(json(Npz.read(file, 1 << 20)).endsWith(",\"card\":{\"version\":\"0.1.0\",\"seed\":-7,\"data\":\"Füchse\","
                + "\"dataDigest\":\"9af3\",\"settings\":{\"epochs\":3,\"l2\":1.0E-4},\"platforms\":["
                + Json.tree(card.platforms().get(0)) + "]}}"));
    }

    /** They were added later. */
    @Test
    void aCardMayBeWithoutPlatforms() throws IOException {
        network = network.with(Optional.of(new ModelCard("0.1.0", 1, "shapes", "9af3", Json.object(), List.of())));
        network.save(file);
        Map<String, INDArray> arrays = Npz.read(file, 1 << 20);
        JsonNode description = Json.parse("architecture", arrays.get("architecture"));
        assertEquals(0, ((ObjectNode) description.get("card")).remove("platforms").size());
        arrays.put("architecture", Json.array(description));
        Npz.write(file, arrays);
        assertEquals(network.card(), Network.load(file).card());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`\"seed\":1` | `\"seed\":\"one\"` | card: Cannot deserialize value of type `long` from String \"one\"",
        "`\"version\"` | `\"verzion\"` | card has no version",
        "`\"card\":{` | `\"card\":7,\"rest\":{` | card has no version",
        "`\"seed\":1,` | `` | card has no seed",
        "`\"card\":{` | `\"card\":null,\"rest\":{` | card has no version",
        "`\"settings\":{}` | `\"settings\":null` | card has no settings"})
    void refusesADamagedCard(String from, String to, String problem) throws IOException {
        network = network.with(Optional.of(new ModelCard("0.1.0", 1, "shapes", "9af3", Json.object(), List.of())));
        assertDescriptionRefused(from, to, problem);
    }

    @Test
    void refusesATruncatedFileAtEveryLength() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 97) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(InvalidFileException.class, () -> Network.load(file));
        }
    }
}
