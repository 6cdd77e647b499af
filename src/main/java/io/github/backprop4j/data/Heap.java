package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.nio.file.Path;

/** Makes the arrays that hold the images of a data set, and says in one line if they are larger than the heap allows. */
final class Heap {

    /** What can be done where not all files are for training. */
    static final String FEWER = "train on fewer images (--limit)";

    private Heap() {}

    /**
     * Makes an array for images.
     *
     * @param bytes at least 0
     * @param images what they are, for errors
     * @throws InvalidInputException if there is no room for it
     */
    static byte[] bytes(long bytes, String images) {
        try {
            return array(bytes);
        } catch (OutOfMemoryError e) {
            throw new InvalidInputException(tooLarge(bytes, images), e);
        }
    }

    /**
     * Makes an array for the images of a file or a directory.
     *
     * @param otherwise what can be done beside giving Java a larger heap, for errors
     * @throws InvalidFileException if there is no room for it
     */
    static byte[] bytes(Path file, long bytes, String images, String otherwise) throws InvalidFileException {
        try {
            return array(bytes);
        } catch (OutOfMemoryError e) {
            throw new InvalidFileException(file, "holds " + tooLarge(bytes, images) + ", or " + otherwise, e);
        }
    }

    /** The virtual machine collects all garbage before it gives up, so that what it says is true; nothing else is lost. */
    private static byte[] array(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new OutOfMemoryError(bytes + " bytes, more than an array can have");
        }
        return new byte[(int) bytes];
    }

    private static String tooLarge(long bytes, String images) {
        return images + ", which take " + bytes + " bytes, but Java's heap has at most " + Runtime.getRuntime().maxMemory()
                + " and some in use; give it more (JDK_JAVA_OPTIONS=-Xmx8g before the command)";
    }
}
