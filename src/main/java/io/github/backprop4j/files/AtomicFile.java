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

    /** A temporary name: random, so that several may be written at once. */
    private static final Pattern PART = Pattern.compile("\\.[0-9a-f-]{36}\\.part");

    private AtomicFile() {}

    /**
     * Writes to a temporary name beside the file, forces it to the disk, and renames it; a file that was there before is
     * replaced at that moment, at the end of a symbolic link if the name is one. If anything fails, it stays as it was
     * and nothing is left behind.
     *
     * @param file in a directory that exists
     * @param content writes the file's bytes; the stream is buffered and closed for it
     * @throws InvalidFileException if something other than a file has that name, or its directory is missing; or from
     *     content
     * @throws IOException if the file cannot be written, naming it, or if content fails, then with that as its cause
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
        } catch (InvalidFileException e) {
            // of another file, that the content comes from
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
            // the disk has failed, and that is what the caller is to hear of; deleteUnfinished clears up when it is mended
        }
    }

    /**
     * Finds out whether {@link #write} could write, for those who have long work before it: by writing an empty file
     * beside it.
     *
     * @throws InvalidFileException if it could not
     */
    public static void requireWritable(Path file) throws InvalidFileException {
        Path probe = part(target(file));
        try {
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw new InvalidFileException(file, "cannot be written: " + reason(e));
        }
    }

    /** Deletes from a directory what a process that was killed while it wrote has left there. */
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
            throw new InvalidFileException(file, "cannot be written: " + reason(e));
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
