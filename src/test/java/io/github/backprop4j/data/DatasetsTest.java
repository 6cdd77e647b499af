package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatasetsTest {

    @TempDir
    private Path folder;

    @Test
    void opensTheShapes() throws IOException {
        Dataset shapes = Datasets.open("shapes");
        assertEquals("shapes", shapes.name());
        assertEquals(10_000, shapes.training().count());
        assertEquals(2_000, shapes.test().count());
    }

    /** A directory in each format; what it is called must not matter. */
    private enum Example {

        CIFAR10(new Cifar10()) {
            @Override
            void write(Path directory) throws IOException {
                for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5",
                        "test_batch")) {
                    byte[] record = new byte[3073];
                    new Random(name.hashCode()).nextBytes(record);
                    record[0] = (byte) (name.length() - 8);
                    Files.write(directory.resolve(name + ".bin"), record);
                }
            }
        },

        CIFAR10_IN_ITS_FOLDER(new Cifar10()) {
            @Override
            void write(Path directory) throws IOException {
                CIFAR10.write(Files.createDirectory(directory.resolve(Cifar10.FOLDER)));
            }
        },

        MNIST(new Mnist()) {
            @Override
            void write(Path directory) throws IOException {
                Files.write(directory.resolve("train-images-idx3-ubyte"), MnistTest.images(2, 3, 2));
                Files.write(directory.resolve("train-labels-idx1-ubyte"), MnistTest.labels(3, 8));
                Files.write(directory.resolve("t10k-images-idx3-ubyte"), MnistTest.images(1, 3, 2));
                Files.write(directory.resolve("t10k-labels-idx1-ubyte"), MnistTest.labels(5));
            }
        },

        IMAGE_FOLDER(new ImageFolder()) {
            @Override
            void write(Path directory) throws IOException {
                int seed = 0;
                for (String name : List.of("train/x", "train/y", "test/x", "test/y")) {
                    Path classFolder = Files.createDirectories(directory.resolve(name));
                    ImageIO.write(ImageFileTest.noise(9, 8, seed++), "png", classFolder.resolve("1.png").toFile());
                }
            }
        };

        private final DatasetFormat format;

        Example(DatasetFormat format) {
            this.format = format;
        }

        abstract void write(Path directory) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void choosesAFormatByWhatADirectoryHolds(Example example) throws IOException {
        for (String name : List.of("cifar10", "mnist", "cifar-10-batches-bin", "train", "x")) {
            Path directory = Files.createDirectories(folder.resolve(name));
            example.write(directory);
            assertEquals(example.format.getClass(), Datasets.formatOf(directory).getClass(), name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatTheFormatReads(Example example) throws IOException {
        example.write(folder);
        assertSame(example.format.read(folder), Datasets.open(folder.toString()));
        assertSame(example.format.read(folder, ImageReading.of(1, 5, 4, Fit.CROP)), Datasets.open(folder.toString(), ImageReading.of(1, 5, 4, Fit.CROP)));
    }

    @Test
    void onlyFoldersOfImagesHaveAnySize() throws IOException {
        for (Example example : Example.values()) {
            Path directory = Files.createDirectory(folder.resolve(example.name()));
            example.write(directory);
            Images images = Datasets.open(directory.toString(), ImageReading.of(1, 5, 4, Fit.CROP)).training();
            if (example == Example.IMAGE_FOLDER) {
                byte[] first = ImageFile.read(directory.resolve("train/x/1.png"), 1, 5, 4);
                assertArrayEquals(first, Arrays.copyOf(images.pixels(), images.size()));
            } else {
                assertSame(example.format.read(directory), Datasets.open(directory.toString(), ImageReading.of(1, 5, 4, Fit.CROP)));
            }
        }
        assertEquals("image size: 1x5x0, expected 1 or 3 channels and sides of at least 1",
                assertThrows(InvalidInputException.class,
                        () -> Datasets.open(folder.resolve("IMAGE_FOLDER").toString(), ImageReading.of(1, 5, 0, Fit.CROP))).getMessage());
    }

    @Test
    void everyFormatHasAnExampleHere() {
        for (DatasetFormat format : Datasets.FORMATS) {
            assertTrue(Stream.of(Example.values()).anyMatch(example -> example.format.getClass() == format.getClass()),
                    () -> "no example of " + format.getClass().getSimpleName() + "; add one to DatasetsTest.Example");
        }
    }

    @Test
    void theErrorNamesWhatEachFormatExpects() {
        String message =
                assertThrows(InvalidFileException.class, () -> Datasets.open(folder.toString())).getMessage();
        for (DatasetFormat format : Datasets.FORMATS) {
            assertTrue(message.contains(format.expected()), message);
        }
    }

    @Test
    void namesMeanTheSameFromAnyFolder() {
        assertEquals(List.of("shapes", "cifar10", "mnist", "fashion-mnist"), Datasets.names());
        for (String name : Datasets.names()) {
            assertEquals(name, Datasets.located(name));
        }
        assertEquals(Path.of("some").toAbsolutePath().resolve("where").toString(), Datasets.located("some/else/../where"));
    }

    @Test
    void saysWhatItLookedFor() throws IOException {
        assertProblem(folder.toString(), folder + ": is no data set, expected " + Datasets.expected());
        assertTrue(Datasets.expected().startsWith("data_batch_1.bin (CIFAR-10), train-images-idx3-ubyte or the same with .gz"
                + " (MNIST), "), Datasets.expected());
        assertTrue(Datasets.expected().endsWith(", or a folder of images for each class"), Datasets.expected());
        assertProblem("imagenet",
                "imagenet: no such directory, expected one or shapes, cifar10, mnist, fashion-mnist");
        Path file = Files.createFile(folder.resolve("file"));
        assertProblem(file.toString(), file + ": is no directory");
    }

    @Test
    void saysHowToGetWhatIsNotThere() {
        Path missing = folder.resolve("mnist");
        assertEquals(missing + ": does not hold mnist; scripts/backprop4j data fetch mnist downloads it",
                assertThrows(InvalidFileException.class, () -> Datasets.requireFetched(new Mnist(), "mnist", missing))
                        .getMessage());
    }

    @Test
    void keepsDataWhereTheXdgSpecificationHasIt() {
        Path xdg = folder.toAbsolutePath();
        assertEquals(xdg.resolve("backprop4j"), Datasets.cache(xdg.toString(), "home"));
        Path usual = Path.of("home", ".cache", "backprop4j");
        assertEquals(usual, Datasets.cache(null, "home"));
        assertEquals(usual, Datasets.cache("", "home"));
        assertEquals(usual, Datasets.cache("relative", "home"));
        assertEquals(Path.of("backprop4j"), Datasets.cache().getFileName());
    }

    private static void assertSame(Dataset expected, Dataset found) {
        assertEquals(expected.name(), found.name());
        assertSame(expected.training(), found.training());
        assertSame(expected.test(), found.test());
    }

    private static void assertSame(Images expected, Images found) {
        assertEquals(List.of(expected.channels(), expected.height(), expected.width(), expected.classNames()),
                List.of(found.channels(), found.height(), found.width(), found.classNames()));
        assertArrayEquals(expected.pixels(), found.pixels());
        assertArrayEquals(expected.labels(), found.labels());
    }

    private static void assertProblem(String data, String message) {
        assertEquals(message, assertThrows(InvalidFileException.class, () -> Datasets.open(data)).getMessage());
    }
}
