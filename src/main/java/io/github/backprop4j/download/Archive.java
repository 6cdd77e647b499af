package io.github.backprop4j.download;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.Directories;
import io.github.backprop4j.files.InvalidFileException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.commons.io.input.ProxyInputStream;
import org.apache.commons.io.output.NullOutputStream;

/** Unpacks gzipped tar files, whole or not at all and nowhere but where it was told. */
final class Archive {

    /** The most bytes that names and attributes of an entry may take, as the library keeps them in memory. */
    private static final int MAX_HEADERS = 1 << 16;

    private Archive() {}

    /**
     * Unpacks an archive that holds everything in one folder. It is unpacked beside that folder and renamed at the end, so
     * that the folder is either complete or not there, after a power cut, too.
     *
     * @param archive a gzipped tar file of plain files and directories
     * @param folder to create, with the name that the folder has in the archive; must not exist
     * @param maxEntries the most files and directories that the archive may hold
     * @param maxBytes the most bytes that the tar file may have when unzipped, headers included
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
                            // the JDK's own stream recurses for each empty member
                            .setInputStream(GzipCompressorInputStream.builder()
                                    .setInputStream(zipped).setDecompressConcatenated(true).get())
                            .setMaxCount(maxBytes)
                            .setOnMaxCount((max, count) -> {
                                throw new InvalidFileException(archive, "unpacks to more than " + max + " bytes");
                            }).get();
                    Headers headers = new Headers(archive, unzipped);
                    TarArchiveInputStream tar = new TarArchiveInputStream(headers, "UTF-8")) {
                unpack(archive, tar, headers, folder.getFileName(), part, maxEntries);
                headers.left = Long.MAX_VALUE;
                // to the end, where gzip has its checksum
                headers.transferTo(NullOutputStream.INSTANCE);
            } catch (InvalidFileException e) {
                throw e;
            } catch (EOFException e) {
                throw new InvalidFileException(archive, "ends too early: the gzip data is cut off", e);
            } catch (IOException e) {
                throw new InvalidFileException(archive, "cannot be unpacked (" + e.getMessage()
                        + "), expected a whole gzipped tar file", e);
            }
            Directories.rename(part, folder);
        } finally {
            if (Files.exists(part)) {
                PathUtils.deleteDirectory(part);
            }
        }
    }

    private static void unpack(Path archive, TarArchiveInputStream tar, Headers headers, Path name, Path to,
            int maxEntries) throws IOException {
        int entries = 0;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            headers.left = Long.MAX_VALUE;
            if (++entries > maxEntries) {
                throw new InvalidFileException(archive, "holds more than " + maxEntries + " entries");
            }
            Path place = place(archive, entry, name, to);
            if (entry.isDirectory()) {
                Directories.create(place);
            } else if (entry.isSparse() || entry.getLinkFlag() != TarConstants.LF_NORMAL
                    && entry.getLinkFlag() != TarConstants.LF_OLDNORM) {
                throw new InvalidFileException(archive, "holds " + entry.getName()
                        + ", a link or a special file, expected plain files");
            } else if (Files.exists(place)) {
                throw new InvalidFileException(archive, "holds " + entry.getName() + " twice");
            } else {
                Directories.create(place.getParent());
                AtomicFile.write(place, tar::transferTo);
            }
            tar.transferTo(NullOutputStream.INSTANCE);
            headers.left = MAX_HEADERS;
        }
        if (entries == 0) {
            throw new InvalidFileException(archive, "is empty");
        }
    }

    /** Counts a tar file's bytes, and fails if more are read than may be before the next entry is known. */
    private static final class Headers extends ProxyInputStream {

        private final Path archive;
        private long left = MAX_HEADERS;

        Headers(Path archive, InputStream in) {
            super(in);
            this.archive = archive;
        }

        @Override
        protected void afterRead(int count) throws IOException {
            left -= Math.max(0, count);
            if (left < 0) {
                throw new InvalidFileException(archive, "has more than " + MAX_HEADERS + " bytes of names and attributes"
                        + " for one entry");
            }
        }
    }

    private static Path place(Path archive, TarArchiveEntry entry, Path name, Path to) throws InvalidFileException {
        InvalidPathException cause = null;
        try {
            Path path = to.getFileSystem().getPath(entry.getName());
            boolean climbs = false;
            for (Path element : path) {
                climbs |= element.toString().equals("..");
            }
            if (path.getRoot() == null && !climbs && path.normalize().startsWith(name)) {
                return to.resolve(name.relativize(path.normalize()));
            }
        } catch (InvalidPathException e) {
            cause = e;
        }
        throw new InvalidFileException(archive, "holds '" + entry.getName() + "', expected everything in " + name, cause);
    }
}
