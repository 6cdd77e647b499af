package io.github.backprop4j.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOConsumer;

/** Writes a file whole or not at all. */
public final class AtomicFile {

    /** Temporary names are random, so that several processes may write the same file at once. */
    private static final Pattern PART = Pattern.compile("\\.[0-9a-f-]{36}\\.part");

    private AtomicFile() {}

    /**
     * Writes to a temporary name beside the file, forces the bytes to the disk, renames them, and forces the new name to the
     * disk, where the system can ({@link Directories}), so that the file is still there after a power cut. The renaming
     * replaces a file that was there before. If the name is a symbolic link, the file that it points to is replaced.
     *
     * <p>If anything fails up to the renaming, the old file stays as it was; if the new name could not be forced after it,
     * for instance as the thread was interrupted, the new file is there. The temporary one is deleted either way, unless the
     * system refuses that.
     *
     * @param file in a directory that exists
     * @param content writes the file's bytes to a buffered stream, which is flushed and closed after it
     * @throws InvalidFileException if something other than a file has that name, or its directory is missing; or if
     *     content throws one, about a file that it reads
     * @throws IOException if the file cannot be written or content fails; the message names the file, and the cause is the
     *     error underneath
     */
    public static void write(Path file, IOConsumer<OutputStream> content) throws IOException {
        Path target = target(file);
        Path part = part(target);
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.accept(out);
                out.flush();
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Directories.force(target.getParent());
        } catch (InvalidFileException e) {
            // it is about a file that content reads
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": cannot be written: " + reason(e), e);
        } finally {
            deleteIfPossible(part);
        }
    }

    private static void deleteIfPossible(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // the error that the caller gets is the one of writing; deleteUnfinished removes the part later
        }
    }

    /**
     * Checks that {@link #write} could write a file, before long work whose result goes there: creates an empty file
     * beside it and deletes it again.
     *
     * @param file need not exist
     * @throws InvalidFileException if it cannot be written
     */
    public static void requireWritable(Path file) throws InvalidFileException {
        Path probe = part(target(file));
        try {
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw new InvalidFileException(file, "cannot be written: " + reason(e), e);
        }
    }

    /**
     * Deletes the temporary files that a process left in a directory when it was killed while it wrote.
     *
     * @throws IOException if the directory cannot be read or a file of it cannot be deleted
     */
    public static void deleteUnfinished(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> PART.matcher(each.getFileName().toString()).matches()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Path target(Path file) throws InvalidFileException {
        Path target = file.toAbsolutePath();
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new InvalidFileException(file,
                        (attributes.isDirectory() ? "is a directory" : "is no file") + ", expected a file to write");
            }
            target = file.toRealPath();
        } catch (NoSuchFileException e) {
            // the usual case: it is new
        } catch (InvalidFileException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidFileException(file, "cannot be written: " + reason(e), e);
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new InvalidFileException(file, "cannot be written: there is no directory " + target.getParent());
        }
        return target;
    }

    private static Path part(Path target) {
        return target.resolveSibling("." + UUID.randomUUID() + ".part");
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        return e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason() : e.getMessage();
    }
}
