package io.github.backprop4j.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.ImageFile;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ClassifierTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    private Path folder;

    private Network network;
    private Classifier classifier;

    @BeforeEach
    void load() throws IOException {
        network = Network.initialize(Architecture.parse("conv:4:3,relu,pool:2,dense:5,relu", 3, 12, 10, NAMES),
                new InputScaling(Nd4j.zeros(DataType.FLOAT, 3, 12, 10), 0.05), 1);
        network.save(folder.resolve("model.npz"));
        classifier = Classifier.load(folder.resolve("model.npz"));
    }

    @Test
    void ranksTheNetworksProbabilities() throws IOException {
        Path file = noise(1, 25, 30);
        byte[] pixels = ImageFile.read(file, 3, 12, 10);
        double[] numbers = IntStream.range(0, pixels.length).mapToDouble(i -> Byte.toUnsignedInt(pixels[i])).toArray();
        INDArray expected = network.predictProbabilities(
                Nd4j.create(numbers, new long[] {1, 3, 12, 10}, 'c').castTo(DataType.FLOAT));

        List<Classifier.Ranked> ranked = classifier.classify(file);
        assertEquals(3, ranked.size());
        for (Classifier.Ranked each : ranked) {
            assertEquals(expected.getDouble(0, NAMES.indexOf(each.className())), each.probability());
        }
        assertTrue(ranked.get(0).probability() > ranked.get(1).probability()
                && ranked.get(1).probability() > ranked.get(2).probability(), ranked.toString());
    }

    /** With two views an image and its mirror image are the same, which they are not with one. */
    @Test
    void asksAboutAsManyViewsAsAreWantedOrTheModelSays() throws IOException {
        BufferedImage image = ImageIO.read(noise(4, 10, 12).toFile());
        BufferedImage mirrored = new BufferedImage(10, 12, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 120; i++) {
            mirrored.setRGB(9 - i % 10, i / 10, image.getRGB(i % 10, i / 10));
        }
        assertEquals(Views.ONE, classifier.views());
        assertNotEquals(classifier.classify(image), classifier.classify(mirrored));
        network.with(Optional.of(new ModelCard("1", 1, "d", "00", Json.object().put("views", 2), List.of())))
                .save(folder.resolve("two.npz"));
        Classifier two = Classifier.load(folder.resolve("two.npz"));
        assertEquals(two.classify(image), two.classify(mirrored));
        assertEquals(two.classify(image), Classifier.of(network, new Views(2)).classify(image));
        assertEquals(classifier.classify(image), Classifier.load(folder.resolve("two.npz"), Views.ONE).classify(image));
        assertEquals(1, two.classify(image).stream().mapToDouble(Classifier.Ranked::probability).sum(), 1e-6);
    }

    @Test
    void bytesStreamsAndImagesInMemoryGiveTheAnswerOfTheFile() throws IOException {
        for (int[] size : new int[][] {{25, 30}, {10, 12}, {7, 90}, {3, 2}}) {
            Path file = noise(2, size[0], size[1]);
            List<Classifier.Ranked> expected = classifier.classify(file);
            byte[] bytes = Files.readAllBytes(file);
            assertEquals(expected, classifier.classify(bytes));
            assertEquals(expected, classifier.classify(new ByteArrayInputStream(bytes)));
            assertEquals(expected, classifier.classify(ImageIO.read(file.toFile())));
        }
    }

    @Test
    void answersAreTheSameFromManyThreads() throws Exception {
        List<Path> files = new ArrayList<>();
        List<List<Classifier.Ranked>> expected = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            files.add(noise(i, 10 + i, 12));
            expected.add(classifier.classify(files.get(i)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<List<Classifier.Ranked>>> calls = new ArrayList<>();
            files.forEach(file -> calls.add(() -> classifier.classify(file)));
            List<List<Classifier.Ranked>> found = new ArrayList<>();
            for (Future<List<Classifier.Ranked>> each : threads.invokeAll(calls)) {
                found.add(each.get());
            }
            assertEquals(expected, found);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void manyFilesAreAnsweredInTheirOrderWithTheProblemsAmongThem() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            files.add(noise(i, 12, 11));
        }
        Path text = Files.writeString(folder.resolve("notes.png"), "no image");
        files.add(40, text);
        files.add(41, folder.resolve("missing.png"));
        List<Classifier.Answer> answers = new ArrayList<>();
        try (Workers workers = new Workers(2)) {
            classifier.classify(files, workers, answers::add);
        }
        assertEquals(files, answers.stream().map(Classifier.Answer::file).toList());
        for (Classifier.Answer answer : answers) {
            boolean isImage = !List.of(40, 41).contains(answers.indexOf(answer));
            assertEquals(isImage, answer.problem().isEmpty());
            List<Classifier.Ranked> expected = isImage ? classifier.classify(answer.file()) : List.of();
            // passes of other sizes add up in another order
            assertEquals(expected.stream().map(Classifier.Ranked::className).toList(),
                    answer.ranked().stream().map(Classifier.Ranked::className).toList());
            assertArrayEquals(expected.stream().mapToDouble(Classifier.Ranked::probability).toArray(),
                    answer.ranked().stream().mapToDouble(Classifier.Ranked::probability).toArray(), 1e-6);
        }
        assertEquals(text + ": is no image, expected PNG, JPEG, GIF, BMP or WebP", answers.get(40).problem().orElseThrow().getMessage());
    }

    @Test
    void saysWhatIsNoImage() throws IOException {
        byte[] text = "no image".getBytes(StandardCharsets.UTF_8);
        assertEquals("image: is no image, expected PNG, JPEG, GIF, BMP or WebP",
                assertThrows(InvalidInputException.class, () -> classifier.classify(text)).getMessage());
        byte[] whole = Files.readAllBytes(noise(3, 40, 40));
        byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
        assertTrue(assertThrows(InvalidInputException.class, () -> classifier.classify(half)).getMessage()
                .startsWith("image: is damaged"));
        assertThrows(InvalidFileException.class, () -> classifier.classify(folder.resolve("missing.png")));
    }

    private Path noise(int seed, int width, int height) throws IOException {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt(1 << 24));
        }
        Path file = folder.resolve("noise-" + seed + "-" + width + ".png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
