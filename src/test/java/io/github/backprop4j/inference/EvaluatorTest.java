package io.github.backprop4j.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.IteratorBatches;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class EvaluatorTest {

    /** Images of a single pixel, 0 to count - 1; class a up to 9 and every seventh, else b. */
    private static Images pixels(int count) {
        byte[] pixels = new byte[count];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            pixels[i] = (byte) i;
            labels[i] = (byte) (i < 10 || i % 7 == 0 ? 0 : 1);
        }
        return new Images(1, 1, 1, List.of("a", "b"), pixels, labels);
    }

    /** Says b for pixels above 9.5: the logits are 0 and x - 9.5. */
    private static Network threshold() {
        Network network = Network.initialize(Architecture.parse("", 1, 1, 1, List.of("a", "b")), InputScaling.none(1, 1, 1), 1);
        network.parameters().get("output.weights").assign(Nd4j.createFromArray(new float[][] {{0, 1}}));
        network.parameters().get("output.bias").assign(Nd4j.createFromArray(0f, -9.5f));
        return network;
    }

    @Test
    void countsAndAveragesAsByHand() {
        Images images = pixels(100);
        double loss = 0;
        int right = 0;
        int wrongA = 0;
        for (int i = 0; i < 100; i++) {
            double z = i - 9.5;
            loss += images.label(i) == 1 ? Math.log1p(Math.exp(-z)) : z + Math.log1p(Math.exp(-z));
            right += (i > 9 ? 1 : 0) == images.label(i) ? 1 : 0;
            wrongA += i > 9 && images.label(i) == 0 ? 1 : 0;
        }
        AtomicInteger told = new AtomicInteger();
        for (int threads = 1; threads <= 3; threads++) {
            try (Workers workers = new Workers(threads)) {
                Evaluator.Result result = Evaluator.evaluate(
                        threshold(), Evaluator.batches(images), workers, told::addAndGet);
                assertEquals(right / 100.0, result.accuracy());
                assertEquals(loss / 100, result.loss(), 1e-5 * loss / 100);
                assertEquals(wrongA, result.evaluation().getConfusionMatrix().getCount(0, 1));
                assertEquals(0, result.evaluation().getConfusionMatrix().getCount(1, 0));
                assertEquals(Evaluator.evaluate(threshold(), images).loss(), result.loss(), "to the bit");
            }
        }
        assertEquals(300, told.get());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "5,4,4,3 | 5,2 | data: images have the shape (5, 4, 4, 3), expected (5, 3, 4, 4): number, channels, height, width",
        "5,3,4,5 | 5,2 | data: images have the shape (5, 3, 4, 5), expected (5, 3, 4, 4): number, channels, height, width",
        "5,3,4,4 | 4,5 | data: images have the shape [5, 3, 4, 4] but labels the shape [4, 5], expected a row of labels for each image",
        "5,47 | 5,2 | data: images have the shape (5, 47), expected (5, 3, 4, 4): number, channels, height, width",
        "5,3,4,4 | 5,3 | data: labels have the shape (5, 3), expected (5, 2): number, classes"})
    void refusesOtherShapesNamingBoth(String images, String labels, String message) {
        Network network = Network.initialize(
                Architecture.parse("", 3, 4, 4, List.of("a", "b")), InputScaling.none(3, 4, 4), 1);
        INDArray probabilities = Nd4j.zeros(DataType.FLOAT, sizes(labels));
        probabilities.getColumn(0).assign(1);
        Batches data = new IteratorBatches(new SingletonDataSetIterator(
                new DataSet(Nd4j.ones(DataType.FLOAT, sizes(images)), probabilities)));
        try (Workers workers = new Workers(1)) {
            assertEquals(message, assertThrows(InvalidInputException.class,
                    () -> Evaluator.evaluate(network, data, workers, done -> {})).getMessage());
        }
    }

    private static long[] sizes(String text) {
        return java.util.Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
    }

    @Test
    void takesFlatImagesOfTheRightLength() {
        Batches flat = new IteratorBatches(new SingletonDataSetIterator(new DataSet(
                Nd4j.arange(20).reshape(20, 1).castTo(DataType.FLOAT), Nd4j.ones(DataType.FLOAT, 20, 2).muli(0.5))));
        try (Workers workers = new Workers(1)) {
            assertEquals(20, Evaluator.evaluate(threshold(), flat, workers, done -> {}).evaluation()
                    .getNumRowCounter());
        }
    }

    /** The logits of class b are the left pixel of two, less 9.5: of two views, the mean of both. */
    @Test
    void asksAboutAsManyViewsAsAreWanted() {
        Network network = Network.initialize(
                Architecture.parse("", 1, 1, 2, List.of("a", "b")), InputScaling.none(1, 1, 2), 1);
        network.parameters().get("output.weights").assign(Nd4j.createFromArray(new float[][] {{0, 1}, {0, 0}}));
        network.parameters().get("output.bias").assign(Nd4j.createFromArray(0f, -9.5f));
        byte[] pixels = new byte[200];
        byte[] labels = new byte[100];
        double loss = 0;
        for (int i = 0; i < 100; i++) {
            pixels[2 * i] = (byte) (i % 20);
            pixels[2 * i + 1] = (byte) (i % 7);
            labels[i] = (byte) (i % 20 + i % 7 > 19 ? 1 : 0);
            double z = (i % 20 + i % 7) / 2.0 - 9.5;
            loss += Math.log1p(Math.exp(labels[i] == 1 ? -z : z));
        }
        Images images = new Images(1, 1, 2, List.of("a", "b"), pixels, labels);
        assertEquals(1, Evaluator.evaluate(network, images, new Views(2)).accuracy());
        assertEquals(loss / 100, Evaluator.evaluate(network, images, new Views(2)).loss(), 1e-5);
        assertTrue(Evaluator.evaluate(network, images).accuracy() < 0.9);
        assertEquals(Evaluator.evaluate(network, images).loss(), Evaluator.evaluate(network, images, Views.ONE).loss());
        assertEquals("views: 6 with images of 1x2, which cannot be moved over their reflected border; expected 1 or 2",
                assertThrows(InvalidInputException.class,
                        () -> Evaluator.evaluate(network, images, new Views(6))).getMessage());
    }

    @Test
    void viewsGiveTheSameForAnyNumberOfThreads() {
        byte[] pixels = new byte[700 * 75];
        new Random(1).nextBytes(pixels);
        Images images = new Images(3, 5, 5, List.of("a", "b"), pixels, new byte[700]);
        Network network = Network.initialize(Architecture.parse("conv:4:3,relu", 3, 5, 5, List.of("a", "b")),
                new InputScaling(Nd4j.zeros(DataType.FLOAT, 3, 5, 5), 0.05), 1);
        AtomicInteger told = new AtomicInteger();
        double loss = Evaluator.evaluate(network, images, new Views(6)).loss();
        assertNotEquals(Evaluator.evaluate(network, images).loss(), loss);
        for (int threads = 1; threads <= 3; threads++) {
            try (Workers workers = new Workers(threads)) {
                assertEquals(loss, Evaluator.evaluate(
                        network, Evaluator.batches(images), new Views(6), workers, told::addAndGet).loss(), "to the bit");
            }
        }
        assertEquals(2100, told.get());
    }

    @Test
    void aNetworkThatOverflowsIsNoJudgementOfTheData() {
        Network network = threshold();
        network.parameters().get("output.weights").assign(3e38f);
        assertEquals("the network's output is NaN or infinite", assertThrows(OutputNotFiniteException.class,
                () -> Evaluator.evaluate(network, pixels(20))).getMessage());
        assertEquals("data: no images to evaluate with", assertThrows(InvalidInputException.class,
                () -> Evaluator.evaluate(network, pixels(0))).getMessage());
    }

    @Test
    void tellsWhatItSaidOfEachImageInTheirOrder() {
        byte[] pixels = new byte[1100 * 25];
        new Random(2).nextBytes(pixels);
        byte[] labels = new byte[1100];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) (i % 3);
        }
        List<String> names = List.of("a", "b", "c");
        Images images = new Images(1, 5, 5, names, pixels, labels);
        Network network = Network.initialize(Architecture.parse("conv:4:3,relu", 1, 5, 5, names),
                new InputScaling(Nd4j.zeros(DataType.FLOAT, 1, 5, 5), 0.02), 1);
        float[] numbers = new float[pixels.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Byte.toUnsignedInt(pixels[i]);
        }
        INDArray probabilities = network.predictProbabilities(Nd4j.create(numbers, new long[] {1100, 1, 5, 5}, 'c'));
        for (int threads = 1; threads <= 3; threads++) {
            List<Evaluator.Prediction> told = new java.util.ArrayList<>();
            try (Workers workers = new Workers(threads)) {
                Evaluator.Result result = Evaluator.evaluate(
                        network, Evaluator.batches(images), Views.ONE, workers, done -> {}, told::add);
                assertEquals(Evaluator.evaluate(network, images).loss(), result.loss(), "to the bit");
                assertEquals(result.accuracy(), told.stream().filter(each -> each.actual() == each.predicted()).count() / 1100.0);
            }
            assertEquals(1100, told.size());
            for (int i = 0; i < told.size(); i++) {
                INDArray row = probabilities.getRow(i);
                assertEquals(i, told.get(i).index());
                assertEquals(labels[i], told.get(i).actual());
                assertEquals(row.argMax().getInt(0), told.get(i).predicted());
                assertEquals(row.maxNumber().doubleValue(), told.get(i).probability(), 1e-6);
            }
        }
    }
}
