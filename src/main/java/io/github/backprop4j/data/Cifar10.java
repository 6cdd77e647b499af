package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.IOUtils;

/**
 * The binary version of CIFAR-10 (Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009): files of
 * records, each a label byte and 3,072 pixels, the red, green and blue plane of 32×32, row by row.
 */
public final class Cifar10 implements DatasetFormat {

    /** The name of each label, in the order of the labels. */
    public static final List<String> CLASS_NAMES = List.of(
            "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    /** The folder in the archive that the authors publish. */
    public static final String FOLDER = "cifar-10-batches-bin";

    private static final String NAME = "cifar10";
    private static final int CHANNELS = 3;
    private static final int SIDE = 32;
    private static final int PIXELS = CHANNELS * SIDE * SIDE;
    private static final int RECORD = 1 + PIXELS;
    private static final int MAX_RECORDS = 10_000;
    private static final List<String> TRAINING_FILES = List.of(
            "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin");
    private static final String TEST_FILE = "test_batch.bin";

    @Override
    public String expected() {
        return TRAINING_FILES.get(0) + " (CIFAR-10)";
    }

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public boolean isIn(Path directory) {
        return folders(directory).anyMatch(Cifar10::holdsFirstFile);
    }

    /**
     * Reads the whole data set: the images of data_batch_1.bin to data_batch_5.bin to train on and those of test_batch.bin
     * to test with, in the files' order.
     *
     * @param directory with the files, or with a folder {@link #FOLDER} that has them
     */
    @Override
    public Dataset read(Path directory) throws IOException {
        return read(directory, ImageReading.USUAL, Integer.MAX_VALUE);
    }

    @Override
    public Dataset read(Path directory, ImageReading reading, int limit) throws IOException {
        Path folder = folder(directory);
        Map<Path, Integer> training = new LinkedHashMap<>();
        int left = limit;
        for (String name : TRAINING_FILES) {
            int records = Math.min(left, allRecords(folder.resolve(name)));
            training.put(folder.resolve(name), records);
            left -= records;
        }
        Path test = folder.resolve(TEST_FILE);
        return new Dataset(NAME, read(folder, training), read(test, Map.of(test, allRecords(test))));
    }

    /**
     * Reads the first training images, from data_batch_1.bin to data_batch_5.bin in order.
     *
     * <p>A file is read, and so must exist and be right, only as far as {@code count} reaches. But each file that exists
     * must hold whole records and nothing else, at most 10,000.
     *
     * @param directory with the files, or with a folder {@link #FOLDER} that has them
     * @param count number of images, at least 1
     * @throws InvalidInputException if count is below 1 or more than the files hold
     * @throws InvalidFileException if the directory or a file is missing or holds something else
     * @throws IOException if a file cannot be read
     */
    public static Images readTraining(Path directory, int count) throws IOException {
        Ranges.requireAtLeast(1, "examples", count);
        Path folder = folder(directory);
        Map<Path, Integer> reads = new LinkedHashMap<>();
        int left = count;
        for (String name : TRAINING_FILES) {
            Path file = folder.resolve(name);
            if (left > 0 && !Files.exists(file)) {
                throw new InvalidFileException(file, "not found, and " + count + " examples reach into it");
            }
            if (Files.exists(file)) {
                int records = Math.min(left, records(file));
                reads.put(file, records);
                left -= records;
            }
        }
        if (left > 0) {
            throw new InvalidInputException(
                    "examples: " + count + ", but " + folder + " holds only " + (count - left));
        }
        return read(folder, reads);
    }

    private static Path folder(Path directory) throws IOException {
        Datasets.requireDirectory(directory);
        Path first = Path.of(TRAINING_FILES.get(0));
        return folders(directory).filter(Cifar10::holdsFirstFile).findFirst()
                .orElseThrow(() -> new InvalidFileException(directory, "holds neither " + first + " nor "
                        + Path.of(FOLDER).resolve(first) + "; expected the CIFAR-10 binary files"));
    }

    private static Stream<Path> folders(Path directory) {
        return Stream.of(directory, directory.resolve(FOLDER));
    }

    private static boolean holdsFirstFile(Path folder) {
        return Files.exists(folder.resolve(TRAINING_FILES.get(0)));
    }

    private static int allRecords(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new InvalidFileException(file, "not found, and the whole of CIFAR-10 is wanted");
        }
        int records = records(file);
        if (records == 0) {
            throw new InvalidFileException(file, "is empty, expected images");
        }
        return records;
    }

    /** Counts the records in a file by its length. */
    private static int records(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidFileException(file, "is no file");
        }
        long bytes = Files.size(file);
        if (bytes % RECORD != 0 || bytes > (long) MAX_RECORDS * RECORD) {
            throw new InvalidFileException(file, "has " + bytes + " bytes, expected a multiple of " + RECORD
                    + " (a label and " + PIXELS + " pixels) up to " + MAX_RECORDS * RECORD);
        }
        return (int) (bytes / RECORD);
    }

    /**
     * Reads the first records of each file, one file after the other.
     *
     * @param all what the files are, for errors
     */
    private static Images read(Path all, Map<Path, Integer> reads) throws IOException {
        int count = reads.values().stream().mapToInt(Integer::intValue).sum();
        byte[] pixels = Heap.bytes(all, (long) count * PIXELS, count + " images", Heap.FEWER);
        byte[] labels = new byte[count];
        int first = 0;
        for (Map.Entry<Path, Integer> read : reads.entrySet()) {
            read(read.getKey(), read.getValue(), first, pixels, labels);
            first += read.getValue();
        }
        return new Images(CHANNELS, SIDE, SIDE, CLASS_NAMES, pixels, labels);
    }

    private static void read(Path file, int count, int first, byte[] pixels, byte[] labels) throws IOException {
        byte[] record = new byte[RECORD];
        try (InputStream in = Files.newInputStream(file)) {
            for (int i = 0; i < count; i++) {
                IOUtils.readFully(in, record);
                int label = Byte.toUnsignedInt(record[0]);
                if (label >= CLASS_NAMES.size()) {
                    throw new InvalidFileException(file, "record " + i + " has the label " + label
                            + ", expected at most " + (CLASS_NAMES.size() - 1));
                }
                labels[first + i] = record[0];
                System.arraycopy(record, 1, pixels, (first + i) * PIXELS, PIXELS);
            }
        } catch (EOFException e) {
            throw new InvalidFileException(file, "became shorter while it was read", e);
        }
    }
}
