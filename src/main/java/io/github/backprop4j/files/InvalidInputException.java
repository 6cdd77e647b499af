package io.github.backprop4j.files;

/** A setting, an architecture or data that cannot be used; the message says which, what was expected and what to do. */
public final class InvalidInputException extends IllegalArgumentException implements UserError {

    private static final long serialVersionUID = 1;

    /** @param problem one line that names what is wrong, what was found and what was expected */
    public InvalidInputException(String problem) {
        super(problem);
    }

    /**
     * Says the same of an error that a check further down has found.
     *
     * @param problem one line that names what is wrong, what was found and what was expected
     * @param cause what the check threw
     */
    public InvalidInputException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
