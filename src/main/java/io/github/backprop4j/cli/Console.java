package io.github.backprop4j.cli;

import java.io.IOException;
import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out for results
 * @param err for everything else
 */
record Console(PrintStream out, PrintStream err) {

    /**
     * Prints a line of results.
     *
     * @throws IOException if it cannot be written, as when the disk is full or nobody reads it any more
     */
    void print(String line) throws IOException {
        out.println(line);
        requirePrinted();
    }

    /** @throws IOException if something printed on standard output so far cannot be written */
    void requirePrinted() throws IOException {
        if (out.checkError()) {
            throw new IOException("standard output: cannot be written");
        }
    }

    /** Prints a line that is no result. */
    void tell(String line) {
        err.println(line);
    }
}
