package io.github.backprop4j.files;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is there does not hold what it should. */
public final class InvalidFileException extends IOException {

    private static final long serialVersionUID = 1;

    /**
     * @param file that is wrong
     * @param problem what was found and what was expected, in one line
     */
    public InvalidFileException(Path file, String problem) {
        super(file + ": " + problem);
    }
}
