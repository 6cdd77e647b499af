package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A format in which the files of a data set lie in a directory. {@link Datasets} lists all formats; a new one is a class
 * that implements this interface and a line in that list.
 *
 * <p>Files may be in anyone's hand: a reader allocates no more than a file really holds, and says in one line what is wrong
 * with it ({@link InvalidFileException}), as {@link Mnist} does. The tests want an example of each format in
 * {@code DatasetsTest}, and one for {@code HostileFilesTest} to damage in {@code Victim}.
 */
public interface DatasetFormat {

    /**
     * Describes what a directory in this format holds, for the error about a directory that is in no format.
     *
     * @return a phrase that goes on from "expected", like {@code data_batch_1.bin (CIFAR-10)}
     */
    String expected();

    /**
     * Tells the names of the public data sets in this format. {@link Datasets#open(String)} takes such a name and looks
     * for the data set in the directory of that name in {@link Datasets#cache}.
     *
     * @return names in lower case, like {@code cifar10}, each with a constant of {@code download.PublicDataset}; none unless
     *     a format overrides this
     */
    default List<String> names() {
        return List.of();
    }

    /**
     * Tells whether a directory is in this format, by the names of what is in it. Damaged or missing files are left for
     * {@link #read(Path)} to report.
     *
     * @param directory need not exist
     * @throws IOException if the directory cannot be listed
     */
    boolean isIn(Path directory) throws IOException;

    /**
     * Reads a data set into memory.
     *
     * @param directory with the files
     * @throws InvalidFileException if the directory or a file is missing or holds something else
     * @throws IOException if a file cannot be read
     */
    Dataset read(Path directory) throws IOException;

    /**
     * Reads a data set into memory, in the wanted way if the format holds images of any size. A format whose images have a
     * fixed size of their own ignores the wanted one, unless it overrides this.
     *
     * @param directory with the files
     * @param reading size, colours and fit that are wanted
     * @throws InvalidFileException if the directory or a file is missing or holds something else
     * @throws IOException if a file cannot be read
     */
    default Dataset read(Path directory, ImageReading reading) throws IOException {
        return read(directory);
    }

    /**
     * Reads a data set into memory, but no training images behind the first so many. A format reads all and drops the
     * others, unless it overrides this because it can tell where they are.
     *
     * @param directory with the files, all of which must be there and right in length
     * @param reading size, colours and fit that are wanted
     * @param limit the most training images, at least 1
     * @throws InvalidFileException if the directory or a file is missing or holds something else
     * @throws IOException if a file cannot be read
     */
    default Dataset read(Path directory, ImageReading reading, int limit) throws IOException {
        return read(directory, reading).first(limit);
    }
}
