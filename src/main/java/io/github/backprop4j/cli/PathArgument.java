package io.github.backprop4j.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a path from the command line. An empty one is refused: it would be the current directory, but what is meant is
 * most often a variable of the shell that is not set.
 */
final class PathArgument implements ITypeConverter<Path> {

    /** Reads a text that may be a path, and returns it as it is. */
    static final class Text implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            path(text);
            return text;
        }
    }

    @Override
    public Path convert(String text) {
        return path(text);
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("it is empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + text + "' is no path: " + e.getReason());
        }
    }
}
