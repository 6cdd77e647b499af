package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
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
        IOException thrown = assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            out.write(new byte[1_000_000]);
            throw failure;
        }));
        assertEquals(file + ": cannot be written: no more", thrown.getMessage());
        assertSame(failure, thrown.getCause());
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(folder.resolve("b"), out -> {
            throw new IllegalStateException();
        }));
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(file));
        assertEquals(List.of(file), list());
    }

    @Test
    void refusesWhatIsNoFileBeforeAnythingIsWritten() throws IOException {
        Path nowhere = folder.resolve("nowhere").resolve("a");
        Path directory = Files.createDirectory(folder.resolve("directory"));
        Path device = Path.of("/dev/null");
        assertRefused(nowhere, "cannot be written: there is no directory " + nowhere.getParent());
        assertRefused(directory, "is a directory, expected a file to write");
        if (Files.exists(device)) {
            assertRefused(device, "is no file, expected a file to write");
        }
        assertRefused(folder.resolve("a".repeat(300)), "cannot be written: File name too long");
        assertInstanceOf(FileSystemException.class, assertThrows(InvalidFileException.class,
                () -> AtomicFile.requireWritable(folder.resolve("a".repeat(300)))).getCause());
        AtomicFile.requireWritable(folder.resolve("a".repeat(255)));
        assertEquals(List.of(directory), list());
    }

    private static void assertRefused(Path file, String problem) {
        String message = file + ": " + problem;
        assertEquals(message,
                assertThrows(InvalidFileException.class, () -> AtomicFile.requireWritable(file)).getMessage());
        assertEquals(message,
                assertThrows(InvalidFileException.class, () -> AtomicFile.write(file, out -> out.write(1))).getMessage());
    }

    @Test
    void writesWhereALinkPoints() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[] {1});
        Path link = folder.resolve("link");
        try {
            Files.createSymbolicLink(link, file);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "no symbolic links here");
        }
        AtomicFile.write(link, out -> out.write(2));
        assertArrayEquals(new byte[] {2}, Files.readAllBytes(file));
        assertTrue(Files.isSymbolicLink(link));
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
