package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {

    private static final int RECORD = 3073;

    @TempDir
    private Path folder;

    @Test
    void readsTheFirstExamplesOfTheFilesInOrder() throws IOException {
        byte[] first = write("data_batch_1.bin", 3);
        byte[] second = write("data_batch_2.bin", 2);

        Images images = Cifar10.readTraining(folder, 4);

        assertEquals(4, images.count());
        assertEquals(3, images.channels());
        assertEquals(32, images.height());
        assertEquals(32, images.width());
        assertEquals("truck", images.classNames().get(9));
        assertEquals(first[2 * RECORD], images.label(2));
        assertEquals(second[0], images.label(3));
        assertArrayEquals(Arrays.copyOfRange(first, RECORD + 1, 2 * RECORD),
                Arrays.copyOfRange(images.pixels(), 3072, 2 * 3072));
        assertArrayEquals(Arrays.copyOfRange(second, 1, RECORD),
                Arrays.copyOfRange(images.pixels(), 3 * 3072, 4 * 3072));
    }

    @Test
    void findsTheFolderOfTheArchive() throws IOException {
        Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        byte[] bytes = write("cifar-10-batches-bin/data_batch_1.bin", 1);
        assertEquals(bytes[0], Cifar10.readTraining(folder, 1).label(0));
    }

    /** What the examples do not reach may be missing or wrong, but not of a wrong length. */
    @Test
    void readsNoFurtherThanTheExamplesReach() throws IOException {
        byte[] bytes = write("data_batch_1.bin", 3);
        bytes[2 * RECORD] = 10;
        Path first = Files.write(folder.resolve("data_batch_1.bin"), bytes);
        assertEquals(2, Cifar10.readTraining(folder, 2).count());
        assertProblem(first + ": record 2 has the label 10, expected at most 9", 3);

        Path third = Files.write(folder.resolve("data_batch_3.bin"), new byte[RECORD + 1]);
        assertProblem(third + ": has 3074 bytes, expected a multiple of 3073 (a label and 3072 pixels) up to 30730000", 2);
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertProblem(folder + ": holds neither data_batch_1.bin nor "
                + Path.of("cifar-10-batches-bin", "data_batch_1.bin") + "; expected the CIFAR-10 binary files", 1);
        Path nowhere = folder.resolve("nowhere");
        assertEquals(nowhere + ": no such directory",
                assertThrows(InvalidFileException.class, () -> Cifar10.readTraining(nowhere, 1)).getMessage());

        byte[] bytes = write("data_batch_1.bin", 2);
        Path file = folder.resolve("data_batch_1.bin");
        assertEquals(file + ": is no directory",
                assertThrows(InvalidFileException.class, () -> Cifar10.readTraining(file, 1)).getMessage());
        assertEquals("examples: 0, expected at least 1",
                assertThrows(InvalidInputException.class, () -> Cifar10.readTraining(folder, 0)).getMessage());
        assertProblem(folder.resolve("data_batch_2.bin") + ": not found, and 3 examples reach into it", 3);

        for (int i = 2; i <= 5; i++) {
            write("data_batch_" + i + ".bin", 1);
        }
        assertEquals("examples: 7, but " + folder + " holds only 6",
                assertThrows(InvalidInputException.class, () -> Cifar10.readTraining(folder, 7)).getMessage());

        Files.write(file, Arrays.copyOf(bytes, RECORD + 100));
        assertProblem(file + ": has 3173 bytes, expected a multiple of 3073 (a label and 3072 pixels) up to 30730000", 1);
        Files.write(file, new byte[10_001 * RECORD]);
        assertProblem(file + ": has 30733073 bytes, expected a multiple of 3073 (a label and 3072 pixels) up to 30730000",
                1);
        Files.delete(file);
        Files.createDirectory(file);
        assertProblem(file + ": is no file", 1);
    }

    @Test
    void readsTheWholeSet() throws IOException {
        for (int i = 1; i <= 5; i++) {
            write("data_batch_" + i + ".bin", i);
        }
        byte[] test = write("test_batch.bin", 2);
        Dataset data = new Cifar10().read(folder);
        assertEquals("cifar10", data.name());
        assertArrayEquals(Cifar10.readTraining(folder, 15).pixels(), data.training().pixels());
        assertArrayEquals(Arrays.copyOfRange(test, RECORD + 1, 2 * RECORD),
                Arrays.copyOfRange(data.test().pixels(), 3072, 2 * 3072));
        assertEquals(test[RECORD], data.test().label(1));
        for (int limit : new int[] {1, 4, 15, 16}) {
            assertEquals(data.first(limit).training().digest(),
                    new Cifar10().read(folder, ImageReading.USUAL, limit).training().digest(), limit + " images");
        }

        Path file = folder.resolve("test_batch.bin");
        Files.write(file, new byte[0]);
        assertProblem(file + ": is empty, expected images");
        Files.delete(file);
        assertProblem(file + ": not found, and the whole of CIFAR-10 is wanted");
        Files.write(folder.resolve("data_batch_5.bin"), new byte[RECORD + 1]);
        assertProblem(folder.resolve("data_batch_5.bin")
                + ": has 3074 bytes, expected a multiple of 3073 (a label and 3072 pixels) up to 30730000");
    }

    private void assertProblem(String message) {
        assertEquals(message, assertThrows(InvalidFileException.class, () -> new Cifar10().read(folder)).getMessage());
    }

    private void assertProblem(String message, int examples) {
        assertEquals(message,
                assertThrows(InvalidFileException.class, () -> Cifar10.readTraining(folder, examples)).getMessage());
    }

    /** Random records with labels of 0 to 9. */
    private byte[] write(String name, int records) throws IOException {
        byte[] bytes = new byte[records * RECORD];
        new Random(name.hashCode()).nextBytes(bytes);
        for (int i = 0; i < records; i++) {
            bytes[i * RECORD] = (byte) ((i + name.length()) % 10);
        }
        Files.write(folder.resolve(name), bytes);
        return bytes;
    }
}
