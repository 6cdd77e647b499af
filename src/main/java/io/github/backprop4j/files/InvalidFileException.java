package io.github.backprop4j.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** A file that is there does not hold what it should. */
public final class InvalidFileException extends IOException implements UserError {

    private static final long serialVersionUID = 1;
    private static final int MAX_LENGTH = 500;

    /**
     * @param file that is wrong
     * @param problem what was found and what was expected; made one line of at most 500 characters, as what was found is
     *     in anyone's hand and a terminal obeys it
     */
    public InvalidFileException(Path file, String problem) {
        super(file + ": " + line(problem));
    }

    private static String line(String problem) {
        String line = problem.codePoints().limit(MAX_LENGTH + 1)
                .mapToObj(c -> Character.isISOControl(c) ? "\\x%02x".formatted(c) : Character.toString(c))
                .collect(Collectors.joining());
        return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
    }
}
