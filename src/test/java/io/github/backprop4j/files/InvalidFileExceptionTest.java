package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.EOFException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InvalidFileExceptionTest {

    /** A file's content may be made to clear the terminal, or to look like another message. */
    @Test
    void isOneShortLineWhateverTheFileHolds() {
        assertEquals("a: holds \\x0a\\x1b[2J", new InvalidFileException(Path.of("a"), "holds \n\u001b[2J").getMessage());
        assertEquals("a: " + "x".repeat(500) + "…",
                new InvalidFileException(Path.of("a"), "x".repeat(100_000)).getMessage());
    }

    @Test
    void isOneLineWhateverTheFileIsCalled() {
        assertEquals("a\\x0ab\\x1b[2J/\\x85: is no image",
                new InvalidFileException(Path.of("a\nb\u001b[2J", "\u0085"), "is no image").getMessage());
    }

    @Test
    void keepsItsCauseOutOfTheLine() {
        EOFException cause = new EOFException("at byte 7");
        InvalidFileException translated = new InvalidFileException(Path.of("a"), "ends too early", cause);
        assertEquals("a: ends too early", translated.getMessage());
        assertSame(cause, translated.getCause());
        assertNull(new InvalidFileException(Path.of("a"), "ends too early").getCause());
    }
}
