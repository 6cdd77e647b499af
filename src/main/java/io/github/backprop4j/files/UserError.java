package io.github.backprop4j.files;

/**
 * Marks an exception that the user can mend: a wrong setting, file or data set. Its message says in one line what was
 * found, what was expected and what to do. The command line ends with exit code 2 for it, and with 1 for any other.
 */
public interface UserError {}
