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
import org.apache.commons.io.IOUtils;

/**
 * MNIST (LeCun, Cortes and Burges, The MNIST Database of Handwritten Digits, 1998) and Fashion-MNIST (Xiao, Rasul and
 * Vollgraf, 2017): grey images and their labels in IDX files, gzipped or not.
 *
 * <p>An IDX file has a magic number that tells its type and rank, then a big-endian int for each dimension, then a byte
 * for each element.
 */
public final class Mnist implements DatasetFormat {

    /** The classes of MNIST, in the order of the labels. */
    public static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    /** The classes of Fashion-MNIST, in the order of the labels. */
    public static final List<String> FASHION = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final String DIGITS_NAME = "mnist";
    private static final String FASHION_NAME = "fashion-mnist";
    private static final String TRAINING_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAINING_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
    private static final String GZIPPED = ".gz";

    /** The magic number of unsigned bytes, to which the number of dimensions is added. */
    private static final int MAGIC = 0x0800;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final long MAX_BYTES = 1L << 30;
    /** The most bytes that each byte of a large file may unpack to. Images stay far below; a gzip bomb does not. */
    private static final long MAX_GZIP_RATIO = 32;
    private static final long ANY_GZIP_RATIO = 64L << 20;

    @Override
    public String expected() {
        return TRAINING_IMAGES + " or the same with " + GZIPPED + " (MNIST)";
    }

    @Override
    public List<String> names() {
        return List.of(DIGITS_NAME, FASHION_NAME);
    }

    @Override
    public boolean isIn(Path directory) {
        return Files.exists(directory.resolve(TRAINING_IMAGES))
                || Files.exists(directory.resolve(TRAINING_IMAGES + GZIPPED));
    }

    /**
     * Reads the whole data set. The classes are {@link #FASHION} if {@link #isFashion} takes the directory for
     * Fashion-MNIST, else {@link #DIGITS}.
     *
     * @param directory with the four files by their usual names, each with or without {@code .gz} after its name
     */
    @Override
    public Dataset read(Path directory) throws IOException {
        return read(directory, ImageReading.USUAL, Integer.MAX_VALUE);
    }

    @Override
    public Dataset read(Path directory, ImageReading reading, int limit) throws IOException {
        Datasets.requireDirectory(directory);
        boolean fashion = isFashion(directory);
        List<String> classNames = fashion ? FASHION : DIGITS;
        Images training = read(directory, TRAINING_IMAGES, TRAINING_LABELS, classNames, limit);
        Images test = read(directory, TEST_IMAGES, TEST_LABELS, classNames, Integer.MAX_VALUE);
        if (test.height() != training.height() || test.width() != training.width()) {
            throw new InvalidFileException(find(directory, TEST_IMAGES), "holds images of " + test.height() + "x"
                    + test.width() + ", expected " + training.height() + "x" + training.width()
                    + " as for training");
        }
        return new Dataset(fashion ? FASHION_NAME : DIGITS_NAME, training, test);
    }

    /**
     * Tells whether files in a directory are taken for those of Fashion-MNIST, which look like MNIST's: whether the
     * directory's name contains {@code fashion}, in upper or lower case.
     */
    public static boolean isFashion(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).contains("fashion");
    }

    private static Images read(Path directory, String imagesName, String labelsName, List<String> classNames, int limit)
            throws IOException {
        Path imagesFile = find(directory, imagesName);
        Path labelsFile = find(directory, labelsName);
        Array images = read(imagesFile, 3, limit);
        Array labels = read(labelsFile, 1, limit);
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

    /** The dimensions of a file, and the first of its elements. */
    private record Array(int[] dimensions, byte[] elements) {}

    /** @param limit the most images or labels that are kept; the others are only counted */
    private static Array read(Path file, int rank, int limit) throws IOException {
        boolean gzipped = file.toString().endsWith(GZIPPED);
        long fileBytes = Files.size(file);
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                DataInputStream in = new DataInputStream(gzipped ? gunzip(bytes) : bytes)) {
            int[] dimensions = readHeader(file, in, rank);
            String described = describe(dimensions);
            int header = Integer.BYTES * (1 + rank);
            long each = rank == 1 ? 1 : (long) dimensions[1] * dimensions[2];
            long count = Math.min(limit, dimensions[0]);
            if (each > MAX_BYTES || count * each > MAX_BYTES
                    || dimensions[0] * each > Math.max(ANY_GZIP_RATIO, fileBytes * MAX_GZIP_RATIO)) {
                throw new InvalidFileException(file, "claims " + described + ", more than its " + fileBytes
                        + " bytes can hold or than " + MAX_BYTES + " bytes");
            }
            long expected = header + dimensions[0] * each;
            long found = fileBytes;
            byte[] elements = new byte[0];
            if (gzipped || fileBytes == expected) {
                int[] kept = dimensions.clone();
                kept[0] = (int) count;
                elements = Heap.bytes(file, count * each, describe(kept), Heap.FEWER);
                found = header + in.readNBytes(elements, 0, elements.length);
                // of what is not wanted no more is unpacked than tells whether there is too much of it
                found += gzipped ? IOUtils.skip(in, expected - found + 1) : expected - header - elements.length;
            }
            if (found != expected) {
                throw new InvalidFileException(file, "has " + (found < expected ? "only " + found : "more than " + expected)
                        + " bytes" + (gzipped ? " when unpacked" : "") + ", expected " + expected + " (a header of "
                        + header + ", " + described + ")");
            }
            return new Array(dimensions, elements);
        } catch (EOFException e) {
            throw new InvalidFileException(file, "ends too early" + (gzipped ? ": the gzip data is cut off" : ""), e);
        } catch (InvalidFileException | FileSystemException e) {
            throw e;
        } catch (IOException e) {
            if (!gzipped) {
                throw e;
            }
            throw new InvalidFileException(file, "is not gzipped or is damaged (" + e.getMessage()
                    + "); take " + GZIPPED + " off its name if it is not gzipped", e);
        }
    }

    /** Unpacks by commons-compress, as the JDK's own stream recurses for each empty gzip member. */
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
