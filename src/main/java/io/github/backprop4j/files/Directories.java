package io.github.backprop4j.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories that still hold after a power cut what was made in them: their names have to be forced to the disk, too. */
public final class Directories {

    private static final Logger LOG = LoggerFactory.getLogger(Directories.class);

    private Directories() {}

    /**
     * Makes a directory and those above it, as far as they are missing, and forces their names to the disk. As there is a
     * way to it then, those that its path leaves again by {@code ..} are made, too.
     *
     * @throws IOException as {@link Files#createDirectories}
     */
    public static void create(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path each = directory.toAbsolutePath(); each != null && Files.notExists(each); each = each.getParent()) {
            missing.push(each);
        }
        for (Path each : missing) {
            Files.createDirectories(each);
            force(each.getParent());
        }
        Files.createDirectories(directory);
    }

    /**
     * Gives a directory another name, and forces it to the disk.
     *
     * @param name in the same directory, of nothing that exists
     * @throws IOException if it cannot be renamed
     */
    public static void rename(Path directory, Path name) throws IOException {
        Files.move(directory, name, StandardCopyOption.ATOMIC_MOVE);
        force(name.toAbsolutePath().getParent());
    }

    /**
     * Forces to the disk which files a directory has by which names, as far as the system can: Windows cannot, nor can some
     * file systems, of networks and virtual machines among them, each of which says so in its own way; and a directory may
     * be one that may be written but not read. What it cannot is told to the log, at debug.
     *
     * @throws IOException if the thread was interrupted, or the directory cannot be opened though it may be read
     */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            forceIfPossible(channel, directory);
        } catch (AccessDeniedException e) {
            tell(directory, e);
        }
    }

    private static void forceIfPossible(FileChannel channel, Path directory) throws IOException {
        try {
            channel.force(true);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            tell(directory, e);
        }
    }

    private static void tell(Path directory, IOException problem) {
        LOG.debug("{}: its names cannot be forced to the disk, where they are when the system thinks fit: {}",
                directory, problem.toString());
    }
}
