package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens a data set by its name, or a directory by what it holds. */
public final class Datasets {

    /** The data that is drawn and needs no file. */
    public static final String SHAPES = "shapes";

    private Datasets() {}

    /**
     * Reads a data set into memory.
     *
     * @param nameOrDirectory {@code shapes}; {@code cifar10}, {@code mnist} or {@code fashion-mnist}, which are looked
     *     for in {@link #cache}; or a directory with the files of CIFAR-10, with those of MNIST, or with a folder of
     *     images for each class
     * @throws InvalidFileException if there is no such data or it is damaged
     * @throws IOException if it cannot be read
     */
    public static Dataset open(String nameOrDirectory) throws IOException {
        return open(nameOrDirectory, ImageFolder::read);
    }

    /**
     * Reads a data set into memory, images in folders in a given size; other data has a size of its own.
     *
     * @param nameOrDirectory as of {@link #open(String)}
     * @param channels 1 or 3
     * @param height at least 1
     * @param width at least 1
     * @throws InvalidFileException if there is no such data or it is damaged
     * @throws IOException if it cannot be read
     */
    public static Dataset open(String nameOrDirectory, int channels, int height, int width) throws IOException {
        return open(nameOrDirectory, directory -> ImageFolder.read(directory, channels, height, width));
    }

    /** What means the same to {@link #open(String)} from any folder: a name as it is, a directory by its absolute path. */
    public static String located(String nameOrDirectory) {
        boolean isName = nameOrDirectory.equals(SHAPES)
                || Stream.of(PublicDataset.values()).anyMatch(set -> nameOrDirectory.equals(set.toString()));
        return isName ? nameOrDirectory : Path.of(nameOrDirectory).toAbsolutePath().normalize().toString();
    }

    /** Where data sets are kept by their names: {@code $XDG_CACHE_HOME/backprop4j} or {@code ~/.cache/backprop4j}. */
    public static Path cache() {
        return cache(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    }

    /** As the XDG Base Directory Specification has it, a path that is not absolute is ignored. */
    static Path cache(String xdgCacheHome, String home) {
        boolean given = xdgCacheHome != null && Path.of(xdgCacheHome).isAbsolute();
        return (given ? Path.of(xdgCacheHome) : Path.of(home, ".cache")).resolve("backprop4j");
    }

    private interface FolderReader {
        Dataset read(Path directory) throws IOException;
    }

    private static Dataset open(String nameOrDirectory, FolderReader folders) throws IOException {
        if (nameOrDirectory.equals(SHAPES)) {
            return new Dataset(SHAPES, DrawnShapes.training(), DrawnShapes.test());
        }
        for (PublicDataset set : PublicDataset.values()) {
            if (nameOrDirectory.equals(set.toString())) {
                return openFetched(set, cache().resolve(set.toString()));
            }
        }
        Path directory = Path.of(nameOrDirectory);
        if (!Files.exists(directory)) {
            throw new InvalidFileException(directory, "no such directory, expected one or " + SHAPES + ", "
                    + Stream.of(PublicDataset.values()).map(PublicDataset::toString).collect(Collectors.joining(", ")));
        }
        requireDirectory(directory);
        if (Cifar10.isIn(directory)) {
            return Cifar10.read(directory);
        }
        if (Mnist.isIn(directory)) {
            return Mnist.read(directory);
        }
        if (ImageFolder.isIn(directory)) {
            return folders.read(directory);
        }
        throw new InvalidFileException(directory, "is no data set, expected data_batch_1.bin (CIFAR-10),"
                + " train-images-idx3-ubyte or the same with .gz (MNIST), or a folder of images for each class");
    }

    static Dataset openFetched(PublicDataset set, Path directory) throws IOException {
        boolean cifar10 = set == PublicDataset.CIFAR10;
        if (!(cifar10 ? Cifar10.isIn(directory) : Mnist.isIn(directory))) {
            throw new InvalidFileException(directory, "does not hold " + set + "; scripts/backprop4j data fetch " + set
                    + " downloads it");
        }
        return cifar10 ? Cifar10.read(directory) : Mnist.read(directory);
    }

    static void requireDirectory(Path directory) throws InvalidFileException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidFileException(directory,
                    Files.exists(directory) ? "is no directory" : "no such directory");
        }
    }
}
