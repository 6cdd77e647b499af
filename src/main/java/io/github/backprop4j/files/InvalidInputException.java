package io.github.backprop4j.files;

/** A setting, an architecture or data that cannot be used; the message says which, what was expected and what to do. */
public final class InvalidInputException extends IllegalArgumentException implements UserError {

    private static final long serialVersionUID = 1;
    private static final int MAX_LENGTH = 900;

    /**
     * @param problem names what is wrong, what was found and what was expected; it becomes one line of at most 900
     *     characters without control characters, as what was found may be of a stranger's file
     */
    public InvalidInputException(String problem) {
        super(InvalidFileException.line(problem, MAX_LENGTH));
    }

    /**
     * Says the same of an error that a check further down has found.
     *
     * @param problem as of {@link #InvalidInputException(String)}
     * @param cause what the check threw
     */
    public InvalidInputException(String problem, Throwable cause) {
        super(InvalidFileException.line(problem, MAX_LENGTH), cause);
    }
}
