package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

    @TempDir
    private Path folder;

    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no directory can be forced to the disk there")
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

    /** Those of networks and virtual machines; each says so in its own way. */
    @Test
    void fileSystemsThatCannotForceADirectoryDoForAllElse() throws IOException {
        RecordingFileSystem files = new RecordingFileSystem((RecordingFileSystem.Recorder) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RecordingFileSystem.Recorder.class},
                (recorder, operation, arguments) -> {
                    if (operation.getName().equals("forced") && Files.isDirectory((Path) arguments[0])) {
                        throw new IOException("Das Argument ist ung\u00fcltig");
                    }
                    return null;
                }));
        Path directory = files.recorded(folder.resolve("a/b"));
        Directories.create(directory);
        AtomicFile.write(directory.resolve("file"), out -> out.write(7));
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("a/b/file")));
    }

    @Test
    void thereIsAWayToADirectoryBehindOneThatWasMissing() throws IOException {
        Path run = folder.resolve("new/../run/../other");
        Directories.create(run);
        AtomicFile.write(run.resolve("file"), out -> out.write(7));
        assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("other/file")));
    }

    @Test
    void aFileInTheWayIsAsToJava() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThrows(FileAlreadyExistsException.class, () -> Directories.create(file));
        Directories.create(folder);
    }
}
