package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What was found may be of a stranger's file. */
class InvalidInputExceptionTest {

    @Test
    void isOneLineWithoutControlCharacters() {
        assertEquals("layers: 'a\\x0ab\\x1b[2J'", new InvalidInputException("layers: 'a\nb\u001b[2J'").getMessage());
        assertEquals("layers: '\\x85'", new InvalidInputException("layers: '\u0085'", new Exception()).getMessage());
    }

    @Test
    void isOfBoundedLength() {
        assertEquals("x".repeat(900) + "…", new InvalidInputException("x".repeat(5000)).getMessage());
        assertEquals("x".repeat(900), new InvalidInputException("x".repeat(900)).getMessage());
    }
}
