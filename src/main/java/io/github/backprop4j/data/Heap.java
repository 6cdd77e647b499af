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
        return bytes(bytes, images, "");
    }

    /**
     * Makes an array for the images of a file or a directory.
     *
     * @param otherwise what can be done beside giving Java a larger heap, for errors
     * @throws InvalidFileException if there is no room for it
     */
    static byte[] bytes(Path file, long bytes, String images, String otherwise) throws InvalidFileException {
        try {
            return bytes(bytes, "holds " + images, ", or " + otherwise);
        } catch (InvalidInputException e) {
            throw new InvalidFileException(file, e.getMessage(), e);
        }
    }

    /** The virtual machine collects all garbage before it gives up, so that what it says is true; nothing else is lost. */
    private static byte[] bytes(long bytes, String images, String otherwise) {
        try {
            return new byte[Math.toIntExact(bytes)];
        } catch (OutOfMemoryError e) {
            throw new InvalidInputException(images + ", which take " + bytes + " bytes, but Java's heap has at most "
                    + Runtime.getRuntime().maxMemory() + " and some in use; give it more (JDK_JAVA_OPTIONS=-Xmx8g before the"
                    + " command)" + otherwise, e);
        }
    }
}
