package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    @TempDir
    private Path folder;

    @Test
    void isOneRunsOwnUntilItIsClosed() throws IOException {
        Path path = folder.resolve("a").resolve("b");
        try (RunDirectory directory = RunDirectory.create(path)) {
            assertEquals(path.resolve("model.npz"), directory.model());
            assertRefused(path, "is in use by another run; wait for it or name another directory");
        }
        RunDirectory.create(path).close();
    }

    @Test
    void refusesADirectoryWithAModelAndWhatIsNoDirectory() throws IOException {
        Path model = Files.write(folder.resolve("model.npz"), new byte[] {1});
        assertRefused(folder, "holds a model already; name another directory, or go on with it by --resume");
        assertRefused(model, "is no directory; name another --output");
    }

    private static void assertRefused(Path path, String problem) {
        assertEquals(path + ": " + problem,
                assertThrows(InvalidFileException.class, () -> RunDirectory.create(path)).getMessage());
    }
}
