package io.github.backprop4j.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Says in one line what is wrong with a file: it is missing, is no file, or holds something else than it should. */
public final class InvalidFileException extends IOException implements UserError {

    private static final long serialVersionUID = 1;
    private static final int MAX_LENGTH = 500;
    /** As long as paths may be. */
    private static final int MAX_PATH = 4096;

    /**
     * @param file that is wrong; control characters in its path become codes, as a stranger may have named it
     * @param problem what was found and what was expected; it becomes one line of at most 500 characters
     *     without control characters, as anyone may have written the file and a terminal obeys what it prints
     */
    public InvalidFileException(Path file, String problem) {
        this(file, problem, null);
    }

    /**
     * Says what an error that was caught means for the file.
     *
     * @param file that is wrong
     * @param problem as of {@link #InvalidFileException(Path, String)}
     * @param cause the error that was caught
     */
    public InvalidFileException(Path file, String problem, Throwable cause) {
        super(line(file.toString(), MAX_PATH) + ": " + line(problem, MAX_LENGTH), cause);
    }

    /** Returns a text as one line of at most so many characters, without control characters. */
    static String line(String text, int maxLength) {
        String line = text.codePoints().limit(maxLength + 1)
                .mapToObj(c -> Character.isISOControl(c) ? "\\x%02x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
        return line.length() > maxLength ? line.substring(0, maxLength) + "…" : line;
    }
}
