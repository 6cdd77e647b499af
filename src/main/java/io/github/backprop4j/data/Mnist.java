package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * MNIST (LeCun, Cortes and Burges, The MNIST Database of Handwritten Digits, 1998) and Fashion-MNIST (Xiao, Rasul and
 * Vollgraf, 2017): grey images and their labels in IDX files, gzipped or not.
 *
 * <p>An IDX file has a magic number that tells its type and rank, then a big-endian int for each dimension, then a byte
 * for each element.
 */
public final class Mnist {

    /** In the order of the labels. */
    public static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    /** In the order of the labels. */
    public static final List<String> FASHION = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final String TRAINING_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAINING_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
    private static final String GZIPPED = ".gz";

    /** Of unsigned bytes; the last digit is the number of dimensions. */
    private static final int MAGIC = 0x0800;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final long MAX_BYTES = 1L << 30;
    /** More bytes for one of the file than images compress to: a gzip bomb, if they are many. */
    private static final long MAX_GZIP_RATIO = 32;
    private static final long ANY_GZIP_RATIO = 64L << 20;

    private Mnist() {}

    /**
     * The whole data set; the classes are {@link #FASHION} if the directory's name contains {@code fashion}, else
     * {@link #DIGITS}.
     *
     * @param directory with the four files by their usual names, each with {@code .gz} after it or not
     * @throws InvalidFileException if the directory or a file is missing or holds something else
     * @throws IOException if a file cannot be read
     */
    public static Dataset read(Path directory) throws IOException {
        Datasets.requireDirectory(directory);
        boolean fashion = isFashion(directory);
        List<String> classNames = fashion ? FASHION : DIGITS;
        Images training = read(directory, TRAINING_IMAGES, TRAINING_LABELS, classNames);
        Images test = read(directory, TEST_IMAGES, TEST_LABELS, classNames);
        if (test.height() != training.height() || test.width() != training.width()) {
            throw new InvalidFileException(find(directory, TEST_IMAGES), "holds images of " + test.height() + "x"
                    + test.width() + ", expected " + training.height() + "x" + training.width()
                    + " as for training");
        }
        return new Dataset(fashion ? "fashion-mnist" : "mnist", training, test);
    }

    /** Whether a directory holds the files. */
    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(TRAINING_IMAGES))
                || Files.exists(directory.resolve(TRAINING_IMAGES + GZIPPED));
    }

    /** Whether a directory's name says that the files in it are Fashion-MNIST's. */
    static boolean isFashion(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).contains("fashion");
    }

    private static Images read(Path directory, String imagesName, String labelsName, List<String> classNames)
            throws IOException {
        Path imagesFile = find(directory, imagesName);
        Path labelsFile = find(directory, labelsName);
        Array images = read(imagesFile, 3);
        Array labels = read(labelsFile, 1);
        if (labels.dimensions[0] != images.dimensions[0]) {
            throw new InvalidFileException(labelsFile, "holds " + labels.dimensions[0] + " labels, but "
                    + imagesFile.getFileName() + " " + images.dimensions[0] + " images");
        }
        for (int i = 0; i < labels.elements.length; i++) {
            int label = Byte.toUnsignedInt(labels.elements[i]);
            if (label >= classNames.size()) {
                throw new InvalidFileException(labelsFile, "image " + i + " has the label " + label
                        + ", expected at most " + (classNames.size() - 1));
            }
        }
        return new Images(1, images.dimensions[1], images.dimensions[2], classNames, images.elements,
                labels.elements);
    }

    private static Path find(Path directory, String name) throws InvalidFileException {
        for (Path file : List.of(directory.resolve(name), directory.resolve(name + GZIPPED))) {
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new InvalidFileException(directory, "holds neither " + name + " nor " + name + GZIPPED);
    }

    private record Array(int[] dimensions, byte[] elements) {}

    private static Array read(Path file, int rank) throws IOException {
        boolean gzipped = file.toString().endsWith(GZIPPED);
        long fileBytes = Files.size(file);
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                DataInputStream in = new DataInputStream(gzipped ? gunzip(bytes) : bytes)) {
            int[] dimensions = readHeader(file, in, rank);
            String described = describe(dimensions);
            int header = Integer.BYTES * (1 + rank);
            long expected = 1;
            for (int dimension : dimensions) {
                expected = Math.min(expected * dimension, MAX_BYTES + 1);
            }
            long most = Math.min(MAX_BYTES, Math.max(ANY_GZIP_RATIO, fileBytes * MAX_GZIP_RATIO));
            if (expected > most) {
                throw new InvalidFileException(file, "claims " + described + ", more than its " + fileBytes
                        + " bytes can hold or than " + MAX_BYTES + " bytes");
            }
            byte[] elements = in.readNBytes((int) expected);
            if (elements.length < expected || in.read() >= 0) {
                throw new InvalidFileException(file, "has " + (elements.length < expected ? "only " : "more than ")
                        + (header + elements.length) + " bytes" + (gzipped ? " when unpacked" : "") + ", expected "
                        + (header + expected) + " (a header of " + header + ", " + described + ")");
            }
            return new Array(dimensions, elements);
        } catch (EOFException e) {
            throw new InvalidFileException(file, "ends too early" + (gzipped ? ": the gzip data is cut off" : ""));
        } catch (InvalidFileException | FileSystemException e) {
            throw e;
        } catch (IOException e) {
            if (!gzipped) {
                throw e;
            }
            throw new InvalidFileException(file, "is not gzipped or is damaged (" + e.getMessage()
                    + "); take " + GZIPPED + " off its name if it is not gzipped");
        }
    }

    /** The JDK's own stream recurses for each empty member. */
    private static InputStream gunzip(InputStream bytes) throws IOException {
        return GzipCompressorInputStream.builder().setInputStream(bytes).setDecompressConcatenated(true).get();
    }

    private static int[] readHeader(Path file, DataInputStream in, int rank) throws IOException {
        int magic = in.readInt();
        if (magic >>> 16 == GZIP_MAGIC) {
            throw new InvalidFileException(file, "is still gzipped; add " + GZIPPED + " to its name or unpack it");
        }
        if (magic != MAGIC + rank) {
            throw new InvalidFileException(file, "begins with %08x, expected %08x (an IDX file of %s)".formatted(magic,
                    MAGIC + rank, rank == 1 ? "labels" : "images"));
        }
        int[] dimensions = new int[rank];
        for (int d = 0; d < rank; d++) {
            dimensions[d] = in.readInt();
            if (dimensions[d] < 1) {
                throw new InvalidFileException(file, "has the dimension " + Integer.toUnsignedString(dimensions[d])
                        + ", expected 1 to " + Integer.MAX_VALUE);
            }
        }
        return dimensions;
    }

    private static String describe(int[] dimensions) {
        return dimensions.length == 1 ? dimensions[0] + " labels"
                : dimensions[0] + " images of " + dimensions[1] + "x" + dimensions[2];
    }
}
