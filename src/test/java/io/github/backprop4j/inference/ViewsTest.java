package io.github.backprop4j.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class ViewsTest {

    private static final int HEIGHT = 4;
    private static final int WIDTH = 5;
    private static final int SIZE = 2 * HEIGHT * WIDTH;
    private static final int[][] STILL = {{0, 0}};
    private static final int[][] DIAGONAL = {{-1, -1}, {1, 1}};

    private final float[] images = images();

    private static float[] images() {
        Random random = new Random(1);
        float[] images = new float[40 * SIZE];
        IntStream.range(0, images.length).forEach(i -> images[i] = random.nextInt(256));
        return images;
    }

    private static Network network(String layers, DataType type) {
        return Network.initialize(Architecture.parse(layers, 2, HEIGHT, WIDTH, List.of("a", "b", "c")),
                new InputScaling(Nd4j.zeros(DataType.FLOAT, 2, HEIGHT, WIDTH), 0.01), 1, type);
    }

    private static Network network() {
        return network("conv:4:3,gelu,dense:6,relu", DataType.FLOAT);
    }

    /** The output layer alone, in plain loops: z[k] = bias[k] + Σ 0.01·pixel·weights. */
    private static double[] logits(Network network, double[] image) {
        double[] logits = new double[3];
        for (int k = 0; k < 3; k++) {
            logits[k] = network.parameters().get("output.bias").getDouble(k);
            for (int i = 0; i < SIZE; i++) {
                logits[k] += 0.01 * image[i] * network.parameters().get("output.weights").getDouble(i, k);
            }
        }
        return logits;
    }

    private double[] seen(int n, boolean mirrored, int down, int right) {
        double[] seen = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            int y = Math.abs(i / WIDTH % HEIGHT - down);
            int x = Math.abs(i % WIDTH - right);
            int fromY = y == HEIGHT ? HEIGHT - 2 : y;
            int fromX = x == WIDTH ? WIDTH - 2 : x;
            int column = mirrored ? WIDTH - 1 - fromX : fromX;
            seen[i] = images[n * SIZE + (i / WIDTH / HEIGHT * HEIGHT + fromY) * WIDTH + column];
        }
        return seen;
    }

    @ParameterizedTest
    @CsvSource({"1, FLOAT", "2, FLOAT", "6, FLOAT", "1, DOUBLE", "2, DOUBLE", "6, DOUBLE"})
    void isTheWeightedMeanOfTheLogits(int count, DataType type) {
        Network network = network("", type);
        network.parameters().get("output.bias").assign(Nd4j.createFromArray(1f, -2f, 3f));
        INDArray found = new Views(count).logits(network, images, 3, 36);
        assertEquals(type, found.dataType());
        assertArrayEquals(new long[] {33, 3}, found.shape());
        for (int n = 0; n < 33; n++) {
            double[] expected = new double[3];
            for (int[] move : count == 1 ? STILL : count == 2 ? STILL : new int[][] {STILL[0], DIAGONAL[0], DIAGONAL[1]}) {
                for (boolean mirrored : count == 1 ? new boolean[] {false} : new boolean[] {false, true}) {
                    double weight = count == 1 ? 1 : count == 2 ? 0.5 : move == STILL[0] ? 0.25 : 0.125;
                    double[] logits = logits(network, seen(n + 3, mirrored, move[0], move[1]));
                    IntStream.range(0, 3).forEach(k -> expected[k] += weight * logits[k]);
                }
            }
            assertArrayEquals(expected, found.getRow(n).castTo(DataType.DOUBLE).toDoubleVector(),
                    type == DataType.FLOAT ? 1e-4 : 1e-10, "image " + n);
        }
    }

    /** A network that says the same of every image says it of any number of views, to the bit. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6})
    void theWeightsAddUpTo1(int count) {
        Network network = network("", DataType.FLOAT);
        network.parameters().get("output.weights").assign(0);
        network.parameters().get("output.bias").assign(Nd4j.createFromArray(0.1f, -7f, 1e9f));
        INDArray found = new Views(count).logits(network, images, 0, 1);
        assertArrayEquals(new float[] {0.1f, -7f, 1e9f}, found.toFloatVector());
    }

    @Test
    void aSymmetricImageLooksTheSameFromBothSides() {
        float[] symmetric = images.clone();
        for (int i = 0; i < symmetric.length; i++) {
            symmetric[i] = images[i - i % WIDTH + Math.min(i % WIDTH, WIDTH - 1 - i % WIDTH)];
        }
        assertEquals(Views.ONE.logits(network(), symmetric, 0, 9), new Views(2).logits(network(), symmetric, 0, 9));
        assertNotEquals(Views.ONE.logits(network(), images, 0, 9), new Views(2).logits(network(), images, 0, 9));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 6})
    void anImageAndItsMirrorImageHaveTheSameAnswer(int count) {
        float[] mirrored = images.clone();
        for (int i = 0; i < mirrored.length; i++) {
            mirrored[i] = images[i - i % WIDTH + WIDTH - 1 - i % WIDTH];
        }
        assertEquals(new Views(count).logits(network(), images, 0, 9), new Views(count).logits(network(), mirrored, 0, 9));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6})
    void probabilitiesAreSoftmaxOfTheMean(int count) {
        INDArray logits = new Views(count).logits(network(), images, 0, 40);
        INDArray probabilities = new Views(count).probabilities(network(), images, 0, 40);
        for (int n = 0; n < 40; n++) {
            double[] exponentials = logits.getRow(n).castTo(DataType.DOUBLE).toDoubleVector();
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                exponentials[k] = Math.exp(exponentials[k]);
                sum += exponentials[k];
            }
            for (int k = 0; k < 3; k++) {
                assertEquals(exponentials[k] / sum, probabilities.getDouble(n, k), 1e-6);
            }
        }
    }

    @Test
    void oneViewIsThePlainPrediction() {
        INDArray x = Nd4j.create(images, new long[] {40, 2, HEIGHT, WIDTH}, 'c');
        assertEquals(network().predictLogits(x), Views.ONE.logits(network(), images, 0, 40));
        assertEquals(network().predictProbabilities(x), Views.ONE.probabilities(network(), images, 0, 40));
    }

    @Test
    void refusesOtherNumbersAndImagesThatCannotBeReflected() {
        for (int wrong : new int[] {-1, 0, 3, 12}) {
            assertEquals("views: " + wrong + ", expected 1, 2 or 6",
                    assertThrows(InvalidInputException.class, () -> new Views(wrong)).getMessage());
        }
        for (int[] size : new int[][] {{1, 5}, {5, 1}}) {
            Architecture flat = Architecture.parse("", 1, size[0], size[1], List.of("a", "b"));
            Views.ONE.requireFits(flat);
            new Views(2).requireFits(flat);
            assertEquals("views: 6 with images of " + size[0] + "x" + size[1] + ", which cannot be moved over their"
                    + " reflected border; expected 1 or 2", assertThrows(InvalidInputException.class,
                            () -> new Views(6).requireFits(flat)).getMessage());
        }
    }

    @Test
    void areReadFromTheModelsCard(@TempDir Path folder) throws Exception {
        assertEquals(Views.ONE, Views.ofModel(network()));
        assertEquals(Views.ONE, Views.ofModel(carrying("{\"fit\": \"crop\"}")));
        assertEquals(Views.ONE, Views.ofModel(carrying("{\"views\": null}")));
        Network six = carrying("{\"views\": 6}");
        assertEquals(new Views(6), Views.ofModel(six));
        six.save(folder.resolve("model.npz"));
        assertEquals(new Views(6), Views.ofModel(Network.load(folder.resolve("model.npz"))));
        assertEquals("views: 4, expected 1, 2 or 6", assertThrows(InvalidInputException.class,
                () -> Views.ofModel(carrying("{\"views\": 4}"))).getMessage());
        assertEquals("views: the model's settings have \"many\", expected 1, 2 or 6", assertThrows(
                InvalidInputException.class, () -> Views.ofModel(carrying("{\"views\": \"many\"}"))).getMessage());
    }

    private static Network carrying(String settings) throws Exception {
        JsonNode tree = new ObjectMapper().readTree(settings);
        return network().with(Optional.of(new ModelCard("1", 1, "shapes", "00", tree, List.of())));
    }

    @Test
    void areANumberInJson() throws Exception {
        assertEquals("{\"views\":6}", Json.tree(Map.of("views", new Views(6))).toString());
        assertEquals(new Views(2), new ObjectMapper().readValue("2", Views.class));
    }
}
