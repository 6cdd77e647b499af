package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

    @TempDir
    private Path folder;

    @Test
    void aPowerCutTakesAwayNoneThatWereMissing() throws IOException {
        List<ForgetfulDisk.Operation> operations = new ArrayList<>();
        RecordingFileSystem recorded = new RecordingFileSystem(ForgetfulDisk.recorder(operations));
        Directories.create(recorded.recorded(folder.resolve("a/b/c")));
        Directories.create(recorded.recorded(folder.resolve("a/b/c")));
        Directories.create(recorded.recorded(folder.resolve("a/d")));
        Files.createDirectory(recorded.recorded(folder.resolve("a/forgotten")));
        ForgetfulDisk disk = new ForgetfulDisk();
        operations.forEach(operation -> operation.applyTo(disk));
        assertEquals(Set.of("a", "a/b", "a/b/c", "a/d"),
                disk.after(folder, ForgetfulDisk.Bytes.LOST, ForgetfulDisk.Names.LOST)
                        .keySet());
    }

    @Test
    void aFileInTheWayIsAsToJava() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThrows(FileAlreadyExistsException.class, () -> Directories.create(file));
        Directories.create(folder);
    }
}
