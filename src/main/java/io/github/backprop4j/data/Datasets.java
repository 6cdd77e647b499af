package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens a data set by its name, or a directory by what it holds. */
public final class Datasets {

    /** The name of the data that {@link DrawnShapes} draws, which needs no files. */
    public static final String SHAPES = "shapes";

    /** All formats, in the order in which a directory is tried. The one that takes any folders comes last. */
    static final List<DatasetFormat> FORMATS = List.of(
            new Cifar10(),
            new Mnist(),
            new ImageFolder());

    private Datasets() {}

    /**
     * Reads a data set into memory. Images in folders keep the size that they have or get a usual one, as
     * {@link ImageFolder} tells.
     *
     * @param nameOrDirectory one of the {@link #names}, or a directory in one of the formats: the files of CIFAR-10, those
     *     of MNIST, or a folder of images for each class
     * @throws InvalidFileException if there is no such data or it is damaged
     * @throws IOException if it cannot be read
     */
    public static Dataset open(String nameOrDirectory) throws IOException {
        return open(nameOrDirectory, ImageReading.USUAL);
    }

    /**
     * Reads a data set into memory. Images in folders are read in the given way; other data has a size of its own and keeps
     * it.
     *
     * @param nameOrDirectory as for {@link #open(String)}
     * @throws InvalidFileException if there is no such data or it is damaged
     * @throws IOException if it cannot be read
     */
    public static Dataset open(String nameOrDirectory, ImageReading reading) throws IOException {
        return open(nameOrDirectory, reading, Integer.MAX_VALUE);
    }

    /**
     * Reads a data set into memory, but no training images behind the first so many: of files larger than the memory a part
     * can be had.
     *
     * @param nameOrDirectory as for {@link #open(String)}
     * @param reading as for {@link #open(String, ImageReading)}
     * @param limit the most training images, at least 1
     * @throws InvalidFileException if there is no such data or it is damaged
     * @throws IOException if it cannot be read
     */
    public static Dataset open(String nameOrDirectory, ImageReading reading, int limit) throws IOException {
        if (nameOrDirectory.equals(SHAPES)) {
            return new Dataset(SHAPES, DrawnShapes.training(), DrawnShapes.test()).first(limit);
        }
        Path directory = directory(nameOrDirectory);
        return formatOf(directory).read(directory, reading, limit);
    }

    /**
     * Returns where {@link #open(String)} looks for a data set that has files.
     *
     * @param nameOrDirectory the name of a public data set, or a directory, which is given back
     * @throws InvalidFileException if it is a name, and the data set was not fetched
     * @throws IOException if its directory cannot be read
     */
    public static Path directory(String nameOrDirectory) throws IOException {
        for (DatasetFormat format : FORMATS) {
            if (format.names().contains(nameOrDirectory)) {
                Path directory = cache().resolve(nameOrDirectory);
                requireFetched(format, nameOrDirectory, directory);
                return directory;
            }
        }
        return Path.of(nameOrDirectory);
    }

    /** Lists the names that {@link #open(String)} knows: {@link #SHAPES}, then those of the public data sets. */
    public static List<String> names() {
        return Stream.concat(Stream.of(SHAPES), FORMATS.stream().flatMap(format -> format.names().stream())).toList();
    }

    /** Says what a directory that {@link #open(String)} takes holds: what one of the formats expects. */
    public static String expected() {
        String last = FORMATS.get(FORMATS.size() - 1).expected();
        return FORMATS.stream().limit(FORMATS.size() - 1L).map(DatasetFormat::expected)
                .collect(Collectors.joining(", ", "", ", or " + last));
    }

    /**
     * Returns what {@link #open(String)} understands in the same way whatever the current directory is.
     *
     * @param nameOrDirectory as for {@link #open(String)}
     * @return a name unchanged; the absolute path of a directory
     */
    public static String located(String nameOrDirectory) {
        return names().contains(nameOrDirectory)
                ? nameOrDirectory : Path.of(nameOrDirectory).toAbsolutePath().normalize().toString();
    }

    /**
     * Returns the directory that holds each public data set in a directory of its name: {@code $XDG_CACHE_HOME/backprop4j}
     * or {@code ~/.cache/backprop4j}.
     */
    public static Path cache() {
        return cache(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    }

    /** Ignores a path that is not absolute, as the XDG Base Directory Specification demands. */
    static Path cache(String xdgCacheHome, String home) {
        boolean given = xdgCacheHome != null && Path.of(xdgCacheHome).isAbsolute();
        return (given ? Path.of(xdgCacheHome) : Path.of(home, ".cache")).resolve("backprop4j");
    }

    static void requireFetched(DatasetFormat format, String name, Path directory) throws IOException {
        if (!format.isIn(directory)) {
            throw new InvalidFileException(directory, "does not hold " + name + "; scripts/backprop4j data fetch " + name
                    + " downloads it");
        }
    }

    static DatasetFormat formatOf(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            throw new InvalidFileException(directory, "no such directory, expected one or " + String.join(", ", names()));
        }
        requireDirectory(directory);
        for (DatasetFormat format : FORMATS) {
            if (format.isIn(directory)) {
                return format;
            }
        }
        throw new InvalidFileException(directory, "is no data set, expected " + expected());
    }

    static void requireDirectory(Path directory) throws InvalidFileException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidFileException(directory,
                    Files.exists(directory) ? "is no directory" : "no such directory");
        }
    }
}
