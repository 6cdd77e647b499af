package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.Logged;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {

    @TempDir
    private Path folder;

    /** Images of a class are told apart by how red they are. */
    @Test
    void everyFifthImageIsForTesting() throws IOException {
        for (int i = 0; i < 11; i++) {
            write("owl/%02d.png".formatted(i), 10 + i, 6, 4);
        }
        for (int i = 0; i < 4; i++) {
            write("ant/" + i + ".PNG", 100 + i, 6, 4);
        }
        Files.writeString(folder.resolve("owl/.05.png"), "hidden");
        Files.createDirectory(folder.resolve(".git"));
        Files.writeString(folder.resolve("README.png"), "in no class");

        Dataset data = new ImageFolder().read(folder);

        assertEquals(folder.getFileName().toString(), data.name());
        assertEquals(List.of("ant", "owl"), data.training().classNames());
        assertEquals(3, data.training().channels());
        assertEquals(4, data.training().height());
        assertEquals(6, data.training().width());
        assertEquals(List.of(100, 10, 101, 11, 102, 12, 13, 15, 16, 17, 18, 20), reds(data.training()));
        assertArrayEquals(new int[] {0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1}, data.training().labels());
        assertEquals(List.of(103, 14, 19), reds(data.test()));
        assertArrayEquals(new int[] {0, 1, 1}, data.test().labels());
        assertEquals(List.of("ant/3.PNG", "owl/04.png", "owl/09.png").toString(),
                data.test().fileNames().toString().replace('\\', '/'));
    }

    @Test
    void imagesKeepTheNamesOfTheirFiles() throws IOException {
        for (int i = 0; i < 4; i++) {
            write("train/a/" + i + ".png", 10 + i, 6, 4);
            write("train/b/" + i + ".png", 50 + i, 6, 4);
        }
        write("test/a/9.png", 3, 6, 4);
        write("test/b/9.png", 4, 6, 4);
        Files.writeString(folder.resolve("train/a/1.png"), "no image");
        Images images = new ImageFolder().read(folder).training();
        for (int i = 0; i < images.count(); i++) {
            int red = reds(images).get(i);
            String expected = "train/" + (red < 50 ? "a/" : "b/") + red % 10 + ".png";
            assertEquals(Path.of(expected).toString(), images.fileName(i).orElseThrow());
        }
        assertEquals(images.fileName(5), images.range(2, 6).fileName(3));
        assertEquals(images.fileName(4), images.subset(new int[] {1, 4, 0}).fileName(1));
        assertEquals(images.digest(), new Images(3, 4, 6, images.classNames(), images.pixels(), images.labels()).digest());
        assertEquals("images: 1 file names, expected one for each of 7 images, or none",
                assertThrows(InvalidInputException.class, () -> new Images(3, 4, 6, images.classNames(), images.pixels(),
                        images.labels(), List.of("a"))).getMessage());
    }

    @Test
    void readsFoldersToTrainAndToTestWith() throws IOException {
        write("train/a/1.png", 1, 40, 40);
        write("train/b/1.jpeg", 2, 50, 40);
        write("test/a/1.png", 3, 40, 40);
        write("test/b/1.png", 4, 40, 40);
        write("valid/c/1.png", 5, 40, 40);
        Dataset data = new ImageFolder().read(folder);
        assertEquals(List.of("a", "b"), data.test().classNames());
        assertEquals(2, data.training().count());
        assertArrayEquals(new int[] {0, 1}, data.training().labels());
        assertScaled(data.training(), 0, folder.resolve("train/a/1.png"), 3, 32, 32);
        assertScaled(data.training(), 1, folder.resolve("train/b/1.jpeg"), 3, 32, 32);
        assertEquals(List.of(3, 4), reds(data.test()));
        assertArrayEquals(new int[] {0, 1}, data.test().labels());

        write("test/c/1.png", 5, 40, 40);
        assertProblem(folder.resolve("test") + ": has the classes [a, b, c], expected [a, b] as in train");
    }

    @Test
    void oneFolderCalledTrainIsAClass() throws IOException {
        write("train/1.png", 1, 2, 2);
        for (int i = 0; i < 5; i++) {
            write("plane/" + i + ".png", 1, 2, 2);
        }
        assertEquals(List.of("plane", "train"), new ImageFolder().read(folder).training().classNames());
    }

    @Test
    void readsAGivenSize() throws IOException {
        for (int i = 0; i < 5; i++) {
            writeNoise("a/" + i + ".png", i, 7, 7);
            writeNoise("b/" + i + ".png", 10 + i, 7, 7);
        }
        Images images = new ImageFolder().read(folder, ImageReading.of(1, 3, 5, Fit.CROP)).test();
        assertArrayEquals(new int[] {0, 1}, images.labels());
        assertScaled(images, 0, folder.resolve("a/4.png"), 1, 3, 5);
        assertScaled(images, 1, folder.resolve("b/4.png"), 1, 3, 5);
    }

    /** A class is judged by what could be read of it, whatever its files are called. */
    @Test
    void aClassOfWhichNothingCanBeReadIsTold() throws IOException {
        for (int i = 0; i < 10; i++) {
            writeNoise("a/" + i + ".png", i, 8, 8);
            writeNoise("b/" + i + ".png", 10 + i, 8, 8);
        }
        for (int i : new int[] {4, 9}) {
            Files.writeString(folder.resolve("b/" + i + ".png"), "broken");
        }
        assertEquals(List.of("data: 2 of 20 files cannot be read as images and are left out: b/4.png, b/9.png; --strict"
                + " refuses them", "data: 1 of 2 classes have no image to test with: b"),
                Logged.of(() -> new ImageFolder().read(folder)).messages());
        for (int i = 0; i < 10; i++) {
            Files.writeString(folder.resolve("b/" + i + ".png"), "broken");
        }
        assertProblem(folder + ": has no image of the class b to train on that can be read; 8 of 16 files cannot be read as"
                + " images and are left out: b/0.png, b/1.png, b/2.png, ...");
    }

    @Test
    void makesLargeImagesSmall() throws IOException {
        for (int i = 0; i < 5; i++) {
            writeNoise("a/" + i + ".png", i, 129, 10);
            writeNoise("b/" + i + ".png", 10 + i, 129, 10);
        }
        Images images = new ImageFolder().read(folder).training();
        assertEquals(8, images.count());
        for (int i = 0; i < 4; i++) {
            assertScaled(images, 2 * i, folder.resolve("a/" + i + ".png"), 3, 32, 32);
            assertScaled(images, 2 * i + 1, folder.resolve("b/" + i + ".png"), 3, 32, 32);
        }
    }

    /** White at the sides and black in the middle: cut, it is all black. */
    @Test
    void cutsOrStretches() throws IOException {
        for (int i = 0; i < 10; i++) {
            BufferedImage image = ImageFileTest.plain(Color.WHITE, 8, 4);
            image.getRaster().setPixels(2, 0, 4, 4, new int[4 * 4 * 3]);
            Path file = folder.resolve((i % 2 == 0 ? "a/" : "b/") + i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
        ImageSize size = new ImageSize(1, 4);
        assertArrayEquals(new byte[] {-1, 0, 0, -1}, first(new ImageReading(size, true, Fit.STRETCH, false)));
        assertArrayEquals(new byte[] {0}, first(new ImageReading(new ImageSize(1, 1), true, Fit.CROP, false)));
        assertArrayEquals(new byte[] {-128}, first(new ImageReading(new ImageSize(1, 1), true, Fit.STRETCH, false)), "half is white");
        assertEquals(3 * 4 * 8, first(new ImageReading(null, false, Fit.STRETCH, false)).length);
    }

    private byte[] first(ImageReading reading) throws IOException {
        Images images = new ImageFolder().read(folder, reading).training();
        return Arrays.copyOf(images.pixels(), images.size());
    }

    @ParameterizedTest
    @CsvSource({"48, 48x48", "1x300, 1x300"})
    void aSizeHasATextForm(String text, String full) {
        assertEquals(full, ImageSize.parse(text).toString());
        assertEquals(ImageSize.parse(text), ImageSize.parse(full));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "x8 | size: 'x8', expected HEIGHTxWIDTH in pixels, or one number for both",
        "8x | size: '8x', expected HEIGHTxWIDTH in pixels, or one number for both",
        "0x8 | size: 0x8, expected sides of at least 1"})
    void refusesSizesThatAreNone(String text, String problem) {
        assertEquals(problem, assertThrows(InvalidInputException.class, () -> ImageSize.parse(text)).getMessage());
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertProblem(folder + ": has 0 folders, expected a folder of images for each of 2 to 5000 classes");
        Path nowhere = folder.resolve("nowhere");
        assertEquals(nowhere + ": no such directory",
                assertThrows(InvalidFileException.class, () -> new ImageFolder().read(nowhere)).getMessage());
        write("a/1.png", 1, 2, 2);
        assertProblem(folder + ": has 1 folders, expected a folder of images for each of 2 to 5000 classes");
        Path empty = Files.createDirectory(folder.resolve("b"));
        Files.createDirectory(empty.resolve("folder.png"));
        assertProblem(empty + ": has no images, expected files that end in .png, .jpg, .jpeg, .gif, .bmp, .webp");
        write("b/1.png", 1, 2, 2);
        assertProblem(folder + ": has a single image in each class, expected a second one to test with");
        Files.writeString(folder.resolve("b/2.png"), "no image");
        assertProblem(folder + ": has no image to test with that can be read; 2 of 4 files cannot be read as images and are"
                + " left out: b/folder.png, b/2.png");
    }

    @Test
    void countsAndLeavesOutWhatIsNoImageUnlessItIsStrict() throws IOException {
        for (int i = 0; i < 6; i++) {
            write("a/" + i + ".png", 10 + i, 3, 2);
            write("b/" + i + ".png", 20 + i, 3, 2);
        }
        Path cut = folder.resolve("a/0.png");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 40));
        Files.writeString(folder.resolve("a/4.png"), "no image");
        Logged<Dataset> logged = Logged.of(() -> new ImageFolder().read(folder));
        assertEquals(List.of("data: 2 of 12 files cannot be read as images and are left out: a/0.png, a/4.png;"
                + " --strict refuses them", "data: 1 of 2 classes have no image to test with: a"), logged.messages());
        assertEquals(List.of(20, 11, 21, 12, 22, 13, 23, 15, 25), reds(logged.result().training()));
        assertArrayEquals(new int[] {1, 0, 1, 0, 1, 0, 1, 0, 1}, logged.result().training().labels());
        assertEquals(List.of(24), reds(logged.result().test()));
        assertTrue(strictProblem().startsWith(cut + ": is damaged ("), strictProblem());

        Files.writeString(folder.resolve("b/notes.txt"), "foreign");
        Files.createDirectory(folder.resolve("b/more"));
        assertEquals(List.of("data: 4 of 14 files cannot be read as images and are left out: b/more, b/notes.txt, a/0.png,"
                + " ...; --strict refuses them",
                "data: 1 of 2 classes have no image to test with: a"), Logged.of(() -> new ImageFolder().read(folder)).messages());
        assertEquals(folder.resolve("b/more") + ": is no image, expected PNG, JPEG, GIF, BMP or WebP; without --strict it is"
                + " left out", strictProblem());
    }

    private String strictProblem() {
        return assertThrows(InvalidFileException.class,
                () -> new ImageFolder().read(folder, ImageReading.USUAL.strict(true))).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"val", "valid", "validation"})
    void aFolderForValidationStandsForTheTest(String name) throws IOException {
        write("train/a/1.png", 1, 4, 4);
        write("train/b/1.png", 2, 4, 4);
        assertProblem(folder + ": has a folder train and no other, expected one called test as well, with the same classes");
        write(name + "/a/1.png", 3, 4, 4);
        write(name + "/b/1.png", 4, 4, 4);
        Dataset data = new ImageFolder().read(folder);
        assertEquals(List.of("a", "b"), data.training().classNames());
        assertEquals(List.of(1, 2), reds(data.training()));
        assertEquals(List.of(3, 4), reds(data.test()));
    }

    @Test
    void namesAClassThatCannotBeOne() throws IOException {
        write("dog/1.png", 1, 2, 2);
        Map<String, String> names = Map.of("cat ", "'cat '", " cat", "' cat'", "c\nat", "'c\\x0aat'", "c\u001b[1mat",
                "'c\\x1b[1mat'");
        for (Map.Entry<String, String> name : names.entrySet()) {
            write(name.getKey() + "/1.png", 1, 2, 2);
            assertProblem(folder + ": has the class folder " + name.getValue() + ", expected a name without blanks at its ends"
                    + " and without control characters; rename it");
            PathUtils.deleteDirectory(folder.resolve(name.getKey()));
        }
    }

    @Test
    void eachClassHasItsShareOfTheTest() throws IOException {
        for (int i = 0; i < 12; i++) {
            write("many/%02d.png".formatted(i), 10 + i, 2, 2);
        }
        for (int i = 0; i < 4; i++) {
            write("some/" + i + ".png", 30 + i, 2, 2);
        }
        for (int i = 0; i < 2; i++) {
            write("two/" + i + ".png", 40 + i, 2, 2);
        }
        write("one/0.png", 50, 2, 2);
        Logged<Dataset> logged = Logged.of(() -> new ImageFolder().read(folder));
        assertEquals(List.of(41, 33, 14, 19), reds(logged.result().test()));
        assertEquals(List.of("data: 1 of 4 classes have no image to test with: one"), logged.messages());
    }

    @Test
    void refusesMoreThanAnArrayHolds() throws IOException {
        for (int i = 0; i < 5; i++) {
            write("a/" + i + ".png", 1, 2, 2);
            write("b/" + i + ".png", 1, 2, 2);
        }
        assertEquals(folder + ": holds 8 images, which as 3x10000x10000 take 2400000000 bytes, expected at most"
                + " 2147483639", assertThrows(InvalidFileException.class,
                        () -> new ImageFolder().read(folder, ImageReading.of(3, 10_000, 10_000, Fit.CROP))).getMessage());
    }

    private void assertProblem(String message) {
        assertEquals(message, assertThrows(InvalidFileException.class, () -> new ImageFolder().read(folder)).getMessage());
    }

    /** What {@link ImageFile} makes of a file is held by its own test. */
    private static void assertScaled(Images images, int index, Path file, int channels, int height, int width)
            throws IOException {
        assertEquals(List.of(channels, height, width), List.of(images.channels(), images.height(), images.width()));
        assertArrayEquals(ImageFile.read(file, channels, height, width),
                Arrays.copyOfRange(images.pixels(), index * images.size(), (index + 1) * images.size()), file.toString());
    }

    private void writeNoise(String name, long seed, int width, int height) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(ImageFileTest.noise(width, height, seed), "png", file.toFile());
    }

    private static List<Integer> reds(Images images) {
        return IntStream.range(0, images.count())
                .mapToObj(i -> Byte.toUnsignedInt(images.pixels()[i * images.size()])).toList();
    }

    private void write(String name, int red, int width, int height) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(ImageFileTest.plain(new Color(red, 0, 0), width, height),
                name.endsWith("jpeg") ? "jpeg" : "png", file.toFile());
    }
}
