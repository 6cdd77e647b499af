package io.github.backprop4j.cli;

import java.io.IOException;

/** Standard output, where results go. */
final class Output {

    private Output() {}

    /** @throws IOException if it cannot be written, as when the disk is full or nobody reads it any more */
    static void print(String line) throws IOException {
        System.out.println(line);
        if (System.out.checkError()) {
            throw new IOException("standard output: cannot be written");
        }
    }
}
