package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    private Path folder;

    @Test
    void writesAndReplaces() throws IOException {
        Path file = folder.resolve("a file.bin");
        AtomicFile.write(file, out -> out.write(new byte[] {1, 2, 3}));
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
        AtomicFile.write(file, out -> out.write(new byte[100_000]));
        assertEquals(100_000, Files.size(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void leavesEverythingAsItWasIfItFails() throws IOException {
        Path file = folder.resolve("a");
        AtomicFile.write(file, out -> out.write(7));
        IOException failure = new IOException("no more");
        assertEquals(failure, assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            out.write(new byte[1_000_000]);
            throw failure;
        })));
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(folder.resolve("b"), out -> {
            throw new IllegalStateException();
        }));
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void namesTheFolderThatIsMissing() {
        Path file = folder.resolve("nowhere").resolve("a");
        assertThrows(NoSuchFileException.class, () -> AtomicFile.write(file, out -> out.write(1)));
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
