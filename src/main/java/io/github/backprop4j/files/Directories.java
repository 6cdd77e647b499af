package io.github.backprop4j.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Directories that still hold after a power cut what was made in them: their names have to be forced to the disk, too. */
public final class Directories {

    /** How Unix says that a file system has no such thing for directories; those of some virtual machines have not. */
    private static final String NOT_SUPPORTED = "Invalid argument";

    private Directories() {}

    /**
     * Makes a directory and those above it, as far as they are missing, and forces their names to the disk.
     *
     * @throws IOException as {@link Files#createDirectories}, or if the disk fails
     */
    public static void create(Path directory) throws IOException {
        List<Path> parents = new ArrayList<>();
        for (Path missing = directory.toAbsolutePath(); missing != null && Files.notExists(missing);
                missing = missing.getParent()) {
            if (missing.getParent() != null) {
                parents.add(missing.getParent());
            }
        }
        Files.createDirectories(directory);
        for (Path parent : parents) {
            force(parent);
        }
    }

    /**
     * Forces to the disk which files a directory has by which names. Where the system has no such thing, as Windows, or the
     * directory may be written but not read, it does nothing.
     *
     * @throws IOException if the disk fails
     */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // the names are on the disk when the system thinks fit
        } catch (IOException e) {
            if (!NOT_SUPPORTED.equals(e.getMessage())) {
                throw e;
            }
        }
    }
}
