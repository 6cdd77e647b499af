package io.github.backprop4j.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.ForgetfulDisk;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.RecordingFileSystem;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {

    @TempDir
    private Path temporary;

    private Path archive;
    private Path folder;

    @BeforeEach
    void places() {
        archive = temporary.resolve("set.tar.gz");
        folder = temporary.resolve("set");
    }

    @Test
    void unpacksFilesAndFolders() throws IOException {
        write(directory("set/"), file("set/a.bin", 3), file("./set/deep/er/b.bin", 100_000));
        Archive.unpack(archive, folder, 10, 1 << 20);
        assertArrayEquals(content(3), Files.readAllBytes(folder.resolve("a.bin")));
        assertArrayEquals(content(100_000), Files.readAllBytes(folder.resolve("deep/er/b.bin")));
        assertEquals(List.of(folder, archive), list());
        assertEquals(folder + ": exists already; delete it to unpack " + archive + " again", problem(10, 1 << 20));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no directory can be forced to the disk there")
    void aPowerCutTakesNothingOfWhatWasUnpacked() throws IOException {
        write(directory("set/"), file("set/a.bin", 3), file("set/deep/er/b.bin", 100_000));
        List<ForgetfulDisk.Operation> operations = new ArrayList<>();
        RecordingFileSystem recorded = new RecordingFileSystem(ForgetfulDisk.recorder(operations));
        Archive.unpack(archive, recorded.recorded(folder), 10, 1 << 20);
        ForgetfulDisk disk = new ForgetfulDisk();
        operations.forEach(operation -> operation.applyTo(disk));
        Map<String, byte[]> left = disk.after(temporary, ForgetfulDisk.Bytes.LOST, ForgetfulDisk.Names.LOST);
        assertEquals(Set.of("set", "set/a.bin", "set/deep", "set/deep/er", "set/deep/er/b.bin"), left.keySet());
        assertArrayEquals(content(100_000), left.get("set/deep/er/b.bin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "set/../../evil", "/tmp/evil", "other/evil", "set/../evil", "settle/evil", "set\0x"})
    void refusesToWriteElsewhere(String name) throws IOException {
        write(file("set/good", 3), file(name, 3));
        String found = name.replace("\0x", "");
        if (found.equals("set")) {
            // tar itself ends the name there, so the file would be the folder
            assertRefused("holds set twice");
        } else {
            assertRefused("holds '" + found + "', expected everything in set");
        }
        assertFalse(Files.exists(Path.of("/tmp/evil")));
    }

    @ParameterizedTest
    @CsvSource({"2", "1", "3", "4", "6"})
    void refusesLinksAndDevices(char type) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry("set/evil", (byte) type);
        entry.setLinkName("/etc");
        write(new Item(entry, new byte[0]), file("set/evil/passwd", 3));
        assertRefused("holds set/evil, a link or a special file, expected plain files");
    }

    @Test
    void refusesMoreThanItsBounds() throws IOException {
        write(file("set/a", 3), file("set/b", 3));
        assertEquals(archive + ": holds more than 1 entries", problem(1, 1 << 20));
        write(file("set/a", 10_000_000));
        assertEquals(archive + ": unpacks to more than 1000000 bytes", problem(10, 1_000_000));
        assertEquals(List.of(archive), list());
    }

    /** The tar file has an end of its own, before that of the gzip data with the checksum. */
    @Test
    void readsOnToTheChecksum() throws IOException {
        write(file("set/a", 3));
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length - 8] ^= 1;
        Files.write(archive, bytes);
        assertRefused("cannot be unpacked (Gzip-compressed data is corrupt (CRC32 error).), expected a whole gzipped tar"
                + " file");
    }

    /** The library would keep it in memory. */
    @Test
    void refusesALongName() throws IOException {
        TarArchiveEntry name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
        name.setSize(100_000);
        write(new Item(name, content(100_000)), file("set/a", 3));
        assertRefused("has more than 65536 bytes of names and attributes for one entry");
    }

    @Test
    void refusesAFileTwice() throws IOException {
        write(file("set/a", 3), file("set/a", 4));
        assertRefused("holds set/a twice");
    }

    @Test
    void refusesWhatIsNoArchive() throws IOException {
        Files.write(archive, content(2000));
        assertRefused("cannot be unpacked (Input is not in the .gz format.), expected a whole gzipped tar file");
        write(file("set/a", 10_000));
        byte[] bytes = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused("ends too early: the gzip data is cut off");
        assertInstanceOf(EOFException.class, assertThrows(InvalidFileException.class,
                () -> Archive.unpack(archive, folder, 10, 1 << 20)).getCause());
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
            out.write(content(5000));
        }
        assertRefused("cannot be unpacked (Corrupted TAR archive.), expected a whole gzipped tar file");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
            out.write(new byte[1024]);
        }
        assertRefused("is empty");
    }

    private void assertRefused(String message) throws IOException {
        assertEquals(archive + ": " + message, problem(10, 1 << 20));
        assertEquals(List.of(archive), list());
    }

    private String problem(int maxEntries, long maxBytes) {
        return assertThrows(InvalidFileException.class, () -> Archive.unpack(archive, folder, maxEntries, maxBytes))
                .getMessage();
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.sorted().toList();
        }
    }

    private record Item(TarArchiveEntry entry, byte[] content) {}

    private static Item directory(String name) {
        return new Item(new TarArchiveEntry(name), new byte[0]);
    }

    private static Item file(String name, int bytes) {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
        entry.setSize(bytes);
        return new Item(entry, content(bytes));
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) 'x');
        return content;
    }

    private void write(Item... items) throws IOException {
        try (TarArchiveOutputStream out =
                new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
            for (Item item : items) {
                out.putArchiveEntry(item.entry);
                out.write(item.content);
                out.closeArchiveEntry();
            }
        }
    }
}
