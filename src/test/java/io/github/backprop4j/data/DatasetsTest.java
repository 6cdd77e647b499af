package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidFileException;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void knowsADirectoryByWhatItHolds() throws IOException {
        Path cifar = Files.createDirectories(folder.resolve("a/cifar-10-batches-bin"));
        for (String name : new String[] {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5",
            "test_batch"}) {
            Files.write(cifar.resolve(name + ".bin"), new byte[3073]);
        }
        assertEquals("cifar10", Datasets.open(folder.resolve("a").toString()).name());
        assertEquals("cifar10", Datasets.open(cifar.toString()).name());

        Path mnist = Files.createDirectory(folder.resolve("b"));
        for (String set : new String[] {"train", "t10k"}) {
            Files.write(mnist.resolve(set + "-images-idx3-ubyte"), MnistTest.images(1, 2, 2));
            Files.write(mnist.resolve(set + "-labels-idx1-ubyte"), MnistTest.labels(3));
        }
        assertEquals("mnist", Datasets.open(mnist.toString()).name());

        for (String name : new String[] {"train/x", "train/y", "test/x", "test/y"}) {
            Path classFolder = Files.createDirectories(folder.resolve("c").resolve(name));
            ImageIO.write(ImageFileTest.plain(Color.RED, 9, 8), "png", classFolder.resolve("1.png").toFile());
        }
        String images = folder.resolve("c").toString();
        assertEquals(3 * 8 * 9, Datasets.open(images).training().size());
        assertEquals(5 * 4, Datasets.open(images, 1, 5, 4).training().size());
    }

    @Test
    void saysWhatItLookedFor() throws IOException {
        assertProblem(folder.toString(), folder + ": is no data set, expected data_batch_1.bin (CIFAR-10),"
                + " train-images-idx3-ubyte or the same with .gz (MNIST), or a folder of images for each class");
        assertProblem("imagenet",
                "imagenet: no such directory, expected one or shapes, cifar10, mnist, fashion-mnist");
        Path file = Files.createFile(folder.resolve("file"));
        assertProblem(file.toString(), file + ": is no directory");
    }

    @Test
    void saysHowToGetWhatIsNotThere() {
        Path missing = folder.resolve("mnist");
        assertEquals(missing + ": does not hold mnist; scripts/backprop4j data fetch mnist downloads it",
                assertThrows(InvalidFileException.class, () -> Datasets.openFetched(PublicDataset.MNIST, missing))
                        .getMessage());
        assertEquals(missing + ": does not hold cifar10; scripts/backprop4j data fetch cifar10 downloads it",
                assertThrows(InvalidFileException.class, () -> Datasets.openFetched(PublicDataset.CIFAR10, missing))
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

    private static void assertProblem(String data, String message) {
        assertEquals(message, assertThrows(InvalidFileException.class, () -> Datasets.open(data)).getMessage());
    }
}
