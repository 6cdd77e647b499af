package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckpointTest {

    private static final String STATE = "training.state";
    private static final Origin ORIGIN = new Origin(Json.object().put("l2", 0.1), Json.object().put("beta1", 0.9),
            List.of(new Platform("onednn", "float32", "linux-x86_64", "0.1.0", "1.0.0-M2.1", "0.3.31", "3.11.0 avx2")));

    @TempDir
    private Path folder;

    private Path file;
    private TrainingState state;

    @BeforeEach
    void write() throws IOException {
        Network network = Fixtures.network("dense:3,batchnorm", DrawnShapes.training(4));
        EpochMetrics epoch = new EpochMetrics(1, 10, 0.1, Double.POSITIVE_INFINITY, 0.1, Double.NaN, 1.0 / 3, 1e-300, 7);
        state = new TrainingState(network, -9, Optional.of(ORIGIN), Nd4j.rand(DataType.FLOAT, 1, 6),
                Optional.of(network.copy()), 15, 31, 2,
                new EpochSums(5, 50, 13, 1e9 / 3, Double.NaN, 0.25), List.of(epoch),
                Optional.of(new TrainingState.Best(1, 0.1, network.forClasses(network.architecture().classNames()))));
        state.best().orElseThrow().network().parameters().trained().addi(1);
        state.slow().orElseThrow().parameters().trained().subi(1);
        state.slow().orElseThrow().parameters().statistics().addi(2);
        file = folder.resolve("checkpoint-15.npz");
        Checkpoint.write(state, file);
    }

    @Test
    void everythingComesBackToTheBitAndEqualStatesAreEqualFiles() throws IOException {
        TrainingState read = Checkpoint.read(file);
        assertEquals(StateDescription.of(state), StateDescription.of(read));
        byte[] before = Files.readAllBytes(file);
        Checkpoint.write(read, file);
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals("{\"version\":2,\"seed\":-9,\"origin\":{\"settings\":{\"l2\":0.1},\"updater\":{\"beta1\":0.9},"
                + "\"platforms\":[{\"engine\":\"onednn\",\"precision\":\"float32\",\"system\":\"linux-x86_64\","
                + "\"backprop4j\":\"0.1.0\",\"nd4j\":\"1.0.0-M2.1\",\"openblas\":\"0.3.31\",\"onednn\":\"3.11.0 avx2\"}]},"
                + "\"steps\":15,\"slices\":31,\"epoch\":2,\"sums\":{\"batches\":5,\"examples\":50,"
                + "\"correct\":13,\"loss\":3.3333333333333331E8,\"learningRate\":\"NaN\",\"seconds\":0.25},"
                + "\"history\":[{\"epoch\":1,\"step\":10,\"learningRate\":0.1,\"trainLoss\":\"Infinity\","
                + "\"trainAccuracy\":0.1,\"validationLoss\":\"NaN\",\"validationAccuracy\":0.3333333333333333,"
                + "\"seconds\":1.0E-300,\"imagesPerSecond\":7.0}],\"best\":{\"epoch\":1,\"loss\":0.1}}",
                json(Npz.read(file, 1 << 24)).replace("3.333333333333333E8", "3.3333333333333331E8"));
    }

    @Test
    void aBeginningHasNeitherOptimizerNorBest() throws IOException {
        TrainingState start = TrainingState.start(state.network(), 3, ORIGIN);
        Checkpoint.write(start, file);
        assertEquals(StateDescription.of(start), StateDescription.of(Checkpoint.read(file)));
    }

    /** It has no origin. */
    @Test
    void oneOfBeforeOriginsWereKeptIsStillRead() throws IOException {
        Map<String, INDArray> arrays = Npz.read(file, 1 << 24);
        arrays.put(STATE, array(json(arrays).replaceFirst("\"origin\":\\{.*?\\]\\},", "")));
        Npz.write(file, arrays);
        assertEquals(Optional.empty(), Checkpoint.read(file).origin());
        assertEquals(StateDescription.of(state), StateDescription.of(Checkpoint.read(file)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "\"version\":2 | \"version\":3 | its version is 3, expected 2; it may be from another backprop4j",
        "\"steps\":15 | \"stairs\":15 | training.state: Unrecognized field \"stairs\"",
        "\"steps\":15 | \"steps\":\"x\" | training.state: Cannot deserialize value of type",
        "\"steps\":15 | \"steps\":-1 | training.state lacks sums or history, or counts below 0",
        "\"updater\":{\"beta1\":0.9} | \"updater\":null | origin lacks settings, updater or platforms",
        "\"history\":[ | \"history\":[null, | training.state lacks sums or history, or counts below 0",
        ",\"best\":{\"epoch\":1,\"loss\":0.1} | ,\"best\":null | it has arrays of a best network, but training.state has no",
        "{\"version\" | {{\"version\" | training.state is no JSON"})
    void saysWhatIsWrongWithTheState(String from, String to, String problem) throws IOException {
        assertRefused(arrays -> arrays.put(STATE, array(json(arrays).replace(from, to))), problem);
    }

    @Test
    void saysWhatIsWrongWithTheArrays() throws IOException {
        assertRefused(arrays -> arrays.put("training.counts", Nd4j.ones(DataType.INT64, 8)),
                "is a checkpoint of version 1, expected 2; go on with the backprop4j that wrote it, or train anew");
        assertRefused(arrays -> arrays.put("more", Nd4j.ones(1)), "it holds the array more, expected those of its network");
        assertRefused(arrays -> arrays.remove(STATE), "it has no array training.state of uint8");
        assertRefused(arrays -> arrays.put(STATE, Nd4j.ones(DataType.FLOAT, 3)), "it has no array training.state of uint8");
        assertRefused(arrays -> arrays.put("training.optimizer", Nd4j.ones(DataType.FLOAT, 6)),
                "its array training.optimizer is FLOAT [6], expected FLOAT [1, numbers]");
        assertRefused(arrays -> arrays.remove("best.dense1.bias"), "has no array best.dense1.bias");
        assertRefused(arrays -> arrays.remove("training.slow.dense1.bias"), "has no array training.slow.dense1.bias");
        assertRefused(arrays -> arrays.remove("dense1.bias"), "has no array dense1.bias");
    }

    /** The optimizer's numbers are not asked for by reading alone, as there need not be any. */
    @Test
    void noArrayIsLostInSilence() throws IOException {
        Path older = folder.resolve("older.npz");
        rewrite(older, null, "none");
        assertEquals(StateDescription.of(state), StateDescription.of(Checkpoint.read(older)),
                "one of before names were kept");
        Path lost = folder.resolve("lost.npz");
        try (ZipFile whole = new ZipFile(file.toFile())) {
            rewrite(lost, whole.getComment(), "training.optimizer.npy");
        }
        assertEquals(lost + ": is damaged: its list of entries is not the one that was written",
                assertThrows(InvalidFileException.class, () -> Checkpoint.read(lost)).getMessage());
    }

    private void rewrite(Path to, String comment, String without) throws IOException {
        try (ZipFile whole = new ZipFile(file.toFile());
                ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(to))) {
            zip.setComment(comment);
            for (ZipEntry entry : Collections.list(whole.entries())) {
                if (!entry.getName().equals(without)) {
                    zip.putNextEntry(new ZipEntry(entry.getName()));
                    whole.getInputStream(entry).transferTo(zip);
                }
            }
        }
    }

    private void assertRefused(Consumer<Map<String, INDArray>> damage, String problem) throws IOException {
        Map<String, INDArray> arrays = Npz.read(file, 1 << 24);
        damage.accept(arrays);
        Path damaged = folder.resolve("damaged.npz");
        Npz.write(damaged, arrays);
        String message = assertThrows(InvalidFileException.class, () -> Checkpoint.read(damaged)).getMessage();
        assertTrue(message.startsWith(damaged + ": ") && message.contains(problem), message);
        assertEquals(1, message.lines().count(), message);
    }

    private static String json(Map<String, INDArray> arrays) {
        int[] numbers = arrays.get(STATE).toIntVector();
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static INDArray array(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        INDArray array = Nd4j.create(DataType.UINT8, bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            array.putScalar(i, Byte.toUnsignedInt(bytes[i]));
        }
        return array;
    }
}
