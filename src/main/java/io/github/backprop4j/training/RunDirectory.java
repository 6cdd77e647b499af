package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The directory that a training writes to, its own as long as this is open. */
public final class RunDirectory implements AutoCloseable {

    private static final String LOCK = ".lock";
    private static final String MODEL = "model.npz";

    private final Path path;
    private final FileChannel lock;

    private RunDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is not there, and takes it.
     *
     * @throws InvalidFileException if it is no directory, holds a model already, or another run has it
     * @throws IOException if it cannot be made or written to
     */
    public static RunDirectory create(Path path) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new InvalidFileException(path, "is no directory; name another --output");
        }
        try {
            Files.createDirectories(path);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new InvalidFileException(path, "cannot be made: "
                    + (e.getReason() == null ? "a file is in the way" : e.getReason()));
        }
        if (Files.exists(path.resolve(MODEL))) {
            throw new InvalidFileException(path, "holds a model already; name another directory");
        }
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (!isTaken(channel)) {
                throw new InvalidFileException(path, "is in use by another run; wait for it or name another directory");
            }
            return new RunDirectory(path, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The lock goes with the channel, and so with the process. */
    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    public Path path() {
        return path;
    }

    /** The trained network. */
    public Path model() {
        return path.resolve(MODEL);
    }

    /** What the training was asked for. */
    public Path settings() {
        return path.resolve("settings.json");
    }

    /** A row for each epoch. */
    public Path metrics() {
        return path.resolve("metrics.csv");
    }

    /** The picture of that name. */
    public Path picture(String name) {
        return path.resolve(name + ".png");
    }

    /** Lets others use it. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
