package io.github.backprop4j.data;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.input.BoundedInputStream;

/** Unpacks gzipped tar files, whole or not at all and nowhere but where it was told. */
final class Archive {

    private Archive() {}

    /**
     * Unpacks an archive with everything in one folder, beside that folder's place at first; so the folder is either
     * complete or not there.
     *
     * @param archive a gzipped tar file of plain files and directories
     * @param folder to make, of the name that the folder in the archive has; must not exist
     * @param maxEntries of the archive
     * @param maxBytes of the tar file when unzipped, headers included
     * @throws InvalidFileException if the folder exists, or the archive is damaged, exceeds a bound, or holds a link, a
     *     device or something outside of the folder
     */
    static void unpack(Path archive, Path folder, int maxEntries, long maxBytes) throws IOException {
        if (Files.exists(folder)) {
            throw new InvalidFileException(folder, "exists already; delete it to unpack " + archive + " again");
        }
        Path part = folder.resolveSibling(folder.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            Files.createDirectory(part);
            try (InputStream zipped = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
                    InputStream unzipped = BoundedInputStream.builder()
                            .setInputStream(new GZIPInputStream(zipped, 1 << 16)).setMaxCount(maxBytes)
                            .setOnMaxCount((max, count) -> {
                                throw new InvalidFileException(archive, "unpacks to more than " + max + " bytes");
                            }).get();
                    TarArchiveInputStream tar = new TarArchiveInputStream(unzipped, "UTF-8")) {
                unpack(archive, tar, folder.getFileName(), part, maxEntries);
            } catch (InvalidFileException e) {
                throw e;
            } catch (IOException e) {
                throw new InvalidFileException(archive, "cannot be unpacked (" + e.getMessage()
                        + "), expected a whole gzipped tar file");
            }
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            if (Files.exists(part)) {
                PathUtils.deleteDirectory(part);
            }
        }
    }

    private static void unpack(Path archive, TarArchiveInputStream tar, Path name, Path to, int maxEntries)
            throws IOException {
        int entries = 0;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (++entries > maxEntries) {
                throw new InvalidFileException(archive, "holds more than " + maxEntries + " entries");
            }
            Path place = place(archive, entry, name, to);
            if (entry.isDirectory()) {
                Files.createDirectories(place);
            } else if (entry.getLinkFlag() != TarConstants.LF_NORMAL
                    && entry.getLinkFlag() != TarConstants.LF_OLDNORM) {
                throw new InvalidFileException(archive, "holds " + entry.getName()
                        + ", a link or a special file, expected plain files");
            } else if (Files.exists(place)) {
                throw new InvalidFileException(archive, "holds " + entry.getName() + " twice");
            } else {
                Files.createDirectories(place.getParent());
                AtomicFile.write(place, tar::transferTo);
            }
        }
        if (entries == 0) {
            throw new InvalidFileException(archive, "is empty");
        }
    }

    private static Path place(Path archive, TarArchiveEntry entry, Path name, Path to) throws InvalidFileException {
        try {
            Path path = Path.of(entry.getName());
            boolean climbs = false;
            for (Path element : path) {
                climbs |= element.toString().equals("..");
            }
            if (path.getRoot() == null && !climbs && path.normalize().startsWith(name)) {
                return to.resolve(name.relativize(path.normalize()));
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new InvalidFileException(archive, "holds '" + entry.getName() + "', expected everything in " + name);
    }
}
