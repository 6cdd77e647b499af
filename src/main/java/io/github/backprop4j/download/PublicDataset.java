package io.github.backprop4j.download;

import io.github.backprop4j.data.Cifar10;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.Mnist;
import io.github.backprop4j.files.Directories;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** The data sets that can be downloaded, with the size and the checksum of each file. */
public enum PublicDataset {

    /** Krizhevsky's 60,000 colour images of 32×32; see {@link Cifar10}. */
    CIFAR10("cifar10", List.of(
            new Download(URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), 170_052_171,
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"))),

    /** LeCun's 70,000 handwritten digits of 28×28; see {@link Mnist}. */
    MNIST("mnist", idx("https://storage.googleapis.com/cvdf-datasets/mnist/", List.of(
            new IdxFile("t10k-labels-idx1-ubyte.gz", 4_542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            new IdxFile("t10k-images-idx3-ubyte.gz", 1_648_877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            new IdxFile("train-labels-idx1-ubyte.gz", 28_881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            new IdxFile("train-images-idx3-ubyte.gz", 9_912_422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609")))),

    /** Zalando's 70,000 pieces of clothing in 28×28; see {@link Mnist}. */
    FASHION_MNIST("fashion-mnist", idx("https://storage.googleapis.com/tensorflow/tf-keras-datasets/", List.of(
            new IdxFile("t10k-labels-idx1-ubyte.gz", 5_148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            new IdxFile("t10k-images-idx3-ubyte.gz", 4_422_102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            new IdxFile("train-labels-idx1-ubyte.gz", 29_515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            new IdxFile("train-images-idx3-ubyte.gz", 26_421_880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"))));

    /** The most that CIFAR-10's archive may unpack to; it holds 8 files of 184,380,000 bytes together. */
    private static final int MAX_ENTRIES = 100;
    private static final long MAX_UNPACKED = 200_000_000;

    private final String name;
    private final List<Download> downloads;

    PublicDataset(String name, List<Download> downloads) {
        this.name = name;
        this.downloads = downloads;
    }

    /** One of a data set's files, which all have the same address but for their names. */
    private record IdxFile(String name, long bytes, String sha256) {}

    /** Lists the downloads. The training images come last: where they are, everything is. */
    private static List<Download> idx(String folder, List<IdxFile> files) {
        return files.stream().map(file -> new Download(URI.create(folder + file.name), file.bytes, file.sha256))
                .toList();
    }

    /**
     * Finds a data set by its name.
     *
     * @param name {@code cifar10}, {@code mnist} or {@code fashion-mnist}
     * @throws InvalidInputException if no data set has that name
     */
    public static PublicDataset named(String name) {
        return Arrays.stream(values()).filter(set -> set.name.equals(name)).findFirst()
                .orElseThrow(() -> new InvalidInputException("data set: '" + name + "', expected "
                        + Arrays.stream(values()).map(PublicDataset::toString).collect(Collectors.joining(", "))));
    }

    /** Returns how many bytes there are to download. */
    public long bytes() {
        return downloads.stream().mapToLong(Download::bytes).sum();
    }

    /**
     * Downloads the files that a directory does not hold yet, goes on where an earlier download broke off, and unpacks
     * what is packed, so that {@link Datasets#open} reads the directory.
     *
     * @param directory created if it does not exist; its name must contain {@code fashion} for Fashion-MNIST and must not
     *     for MNIST, as {@link Mnist#isFashion} tells the two apart
     * @param progress told now and then how many of the {@link #bytes} the directory holds
     * @throws InvalidFileException if the directory has such a name or is no directory, or a file in it is another than
     *     the one to download
     * @throws DownloadException if a file cannot be downloaded or is another than expected
     * @throws IOException if a file cannot be written
     */
    public void fetch(Path directory, LongConsumer progress) throws IOException {
        if (this != CIFAR10 && Mnist.isFashion(directory) != (this == FASHION_MNIST)) {
            throw new InvalidFileException(directory, "is no name for " + name
                    + ": data in a directory with 'fashion' in its name is taken for Fashion-MNIST, other for MNIST");
        }
        if (this == CIFAR10 && new Cifar10().isIn(directory)) {
            progress.accept(bytes());
            return;
        }
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new InvalidFileException(directory, "is no directory");
        }
        Directories.create(directory);
        long before = 0;
        for (Download download : downloads) {
            long start = before;
            download.to(directory, bytes -> progress.accept(start + bytes));
            before += download.bytes();
        }
        if (this == CIFAR10) {
            Path archive = directory.resolve(downloads.get(0).fileName());
            Archive.unpack(archive, directory.resolve(Cifar10.FOLDER), MAX_ENTRIES, MAX_UNPACKED);
            Files.delete(archive);
        }
    }

    /** Returns the name by which {@link Datasets#open} and the command line know it, like {@code fashion-mnist}. */
    @Override
    public String toString() {
        return name;
    }
}
