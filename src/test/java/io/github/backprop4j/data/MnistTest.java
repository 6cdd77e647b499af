package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidFileException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MnistTest {

    private static final String IMAGES = "train-images-idx3-ubyte";
    private static final String LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeEach
    void writeGoodFiles() throws IOException {
        folder = Files.createDirectory(temporary.resolve("digits"));
        write(IMAGES, images(3, 2, 2));
        write(LABELS, labels(0, 9, 5));
        write(TEST_IMAGES, images(1, 2, 2));
        write(TEST_LABELS, labels(7));
    }

    @Test
    void readsPlainFiles() throws IOException {
        Dataset data = new Mnist().read(folder);
        assertEquals("mnist", data.name());
        Images training = data.training();
        assertEquals(3, training.count());
        assertEquals(1, training.channels());
        assertEquals(2, training.height());
        assertEquals(2, training.width());
        assertArrayEquals(Arrays.copyOfRange(images(3, 2, 2), 16, 28), training.pixels());
        assertArrayEquals(new int[] {0, 9, 5}, training.labels());
        assertEquals("9", training.classNames().get(9));
        assertEquals(7, data.test().label(0));
    }

    @Test
    void readsGzippedFiles() throws IOException {
        byte[] pixels = new Mnist().read(folder).training().pixels();
        for (String name : new String[] {IMAGES, LABELS, TEST_IMAGES}) {
            gzip(name);
        }
        assertArrayEquals(pixels, new Mnist().read(folder).training().pixels());
    }

    @Test
    void knowsFashionByTheDirectory() throws IOException {
        Path fashion = Files.move(folder, temporary.resolve("My-Fashion"));
        Dataset data = new Mnist().read(fashion);
        assertEquals("fashion-mnist", data.name());
        assertEquals("Ankle boot", data.test().classNames().get(9));
    }

    @Test
    void saysWhatIsWrongWithAHeader() throws IOException {
        byte[] good = images(3, 2, 2);
        assertProblem(write(IMAGES, labels(1)),
                "begins with 00000801, expected 00000803 (an IDX file of images)");
        assertProblem(write(IMAGES, Arrays.copyOf(good, 15)), "ends too early");
        assertProblem(write(IMAGES, new byte[0]), "ends too early");
        assertProblem(write(IMAGES, header(0x803, 3, 0, 2)), "has the dimension 0, expected 1 to 2147483647");
        assertProblem(write(IMAGES, header(0x803, -1, 2, 2)),
                "has the dimension 4294967295, expected 1 to 2147483647");
        write(IMAGES, good);
        assertProblem(write(LABELS, good), "begins with 00000803, expected 00000801 (an IDX file of labels)");
    }

    @Test
    void saysWhatIsWrongWithALength() throws IOException {
        byte[] good = images(3, 2, 2);
        assertProblem(write(IMAGES, Arrays.copyOf(good, 27)),
                "has only 27 bytes, expected 28 (a header of 16, 3 images of 2x2)");
        assertProblem(write(IMAGES, Arrays.copyOf(good, 29)),
                "has more than 28 bytes, expected 28 (a header of 16, 3 images of 2x2)");
        Path zipped = gzip(IMAGES);
        assertProblem(zipped, "has more than 28 bytes when unpacked, expected 28 (a header of 16, 3 images of 2x2)");
    }

    /** Nothing is allocated for what a header claims, as the file cannot hold it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void believesNoClaims(boolean gzipped) throws IOException {
        write(IMAGES, header(0x803, 60_000, 100, 100));
        Path file = gzipped ? gzip(IMAGES) : folder.resolve(IMAGES);
        assertProblem(file, "claims 60000 images of 100x100, more than its " + Files.size(file)
                + " bytes can hold or than 1073741824 bytes");
        Files.delete(file);
        write(IMAGES, header(0x803, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertProblem(gzipped ? gzip(IMAGES) : file, "claims 2147483647 images of 2147483647x2147483647, more than its "
                + Files.size(file) + " bytes can hold or than 1073741824 bytes");
    }

    @Test
    void saysWhatIsWrongWithLabels() throws IOException {
        assertProblem(write(LABELS, labels(0, 10, 5)), "image 1 has the label 10, expected at most 9");
        assertProblem(write(LABELS, labels(1, 2)), "holds 2 labels, but " + IMAGES + " 3 images");
    }

    @Test
    void saysWhatIsWrongWithTheTestSet() throws IOException {
        assertProblem(write(TEST_IMAGES, images(1, 2, 3)), "holds images of 2x3, expected 2x2 as for training");
        Files.delete(folder.resolve(TEST_LABELS));
        assertProblem(folder, "holds neither " + TEST_LABELS + " nor " + TEST_LABELS + ".gz");
        Path nowhere = folder.resolve("nowhere");
        assertEquals(nowhere + ": no such directory",
                assertThrows(InvalidFileException.class, () -> new Mnist().read(nowhere)).getMessage());
    }

    @Test
    void saysWhatIsWrongWithGzip() throws IOException {
        Path zipped = gzip(IMAGES);
        byte[] bytes = Files.readAllBytes(zipped);
        Files.move(zipped, folder.resolve(IMAGES));
        assertProblem(folder.resolve(IMAGES), "is still gzipped; add .gz to its name or unpack it");
        Files.delete(folder.resolve(IMAGES));

        Files.write(zipped, images(3, 2, 2));
        assertProblem(zipped, "is not gzipped or is damaged (Input is not in the .gz format.); take .gz off its name if it"
                + " is not gzipped");
        Files.write(zipped, Arrays.copyOf(bytes, bytes.length - 12));
        assertProblem(zipped, "ends too early: the gzip data is cut off");
        assertInstanceOf(EOFException.class,
                assertThrows(InvalidFileException.class, () -> new Mnist().read(folder)).getCause());
        bytes[bytes.length - 8] ^= 1;
        Files.write(zipped, bytes);
        assertTrue(assertThrows(InvalidFileException.class, () -> new Mnist().read(folder)).getMessage()
                .startsWith(zipped + ": is not gzipped or is damaged ("));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsNoMoreTrainingImagesThanAreWanted(boolean gzipped) throws IOException {
        Dataset all = new Mnist().read(folder);
        if (gzipped) {
            gzip(IMAGES);
        }
        Dataset two = new Mnist().read(folder, ImageReading.USUAL, 2);
        assertEquals(all.training().range(0, 2).digest(), two.training().digest());
        assertEquals(all.test().digest(), two.test().digest());
        assertEquals(all.training().digest(), new Mnist().read(folder, ImageReading.USUAL, 4).training().digest());
        write(LABELS, labels(0, 9, 10));
        assertEquals(2, new Mnist().read(folder, ImageReading.USUAL, 2).training().count());
    }

    /** What is not wanted must be there all the same. */
    @Test
    void countsTheImagesThatAreNotWanted() throws IOException {
        byte[] good = images(3, 2, 2);
        for (int length : new int[] {27, 29}) {
            Path file = write(IMAGES, Arrays.copyOf(good, length));
            String expected = " bytes, expected 28 (a header of 16, 3 images of 2x2)";
            String problem = length < 28 ? "has only 27" : "has more than 28";
            assertEquals(file + ": " + problem + expected, assertThrows(InvalidFileException.class,
                    () -> new Mnist().read(folder, ImageReading.USUAL, 1)).getMessage());
            Path zipped = gzip(IMAGES);
            String unpacked = expected.replace(",", " when unpacked,").replace("16 when unpacked", "16");
            assertEquals(zipped + ": " + problem + unpacked,
                    assertThrows(InvalidFileException.class,
                            () -> new Mnist().read(folder, ImageReading.USUAL, 1)).getMessage());
            Files.delete(zipped);
        }
    }

    private void assertProblem(Path file, String message) {
        assertEquals(file + ": " + message,
                assertThrows(InvalidFileException.class, () -> new Mnist().read(folder)).getMessage());
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path gzip(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(Files.readAllBytes(folder.resolve(name)));
        }
        Files.delete(folder.resolve(name));
        return write(name + ".gz", bytes.toByteArray());
    }

    private static byte[] header(int... words) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * words.length);
        for (int word : words) {
            buffer.putInt(word);
        }
        return buffer.array();
    }

    static byte[] images(int count, int height, int width) {
        byte[] bytes = Arrays.copyOf(header(0x803, count, height, width), 16 + count * height * width);
        for (int i = 16; i < bytes.length; i++) {
            bytes[i] = (byte) (10 * i);
        }
        return bytes;
    }

    static byte[] labels(int... labels) {
        byte[] bytes = Arrays.copyOf(header(0x801, labels.length), 8 + labels.length);
        for (int i = 0; i < labels.length; i++) {
            bytes[8 + i] = (byte) labels[i];
        }
        return bytes;
    }
}
