package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The directory that a training writes to, its own as long as this is open. */
public final class RunDirectory implements AutoCloseable {

    private static final String LOCK = ".lock";

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
        Files.createDirectories(path);
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (!isTaken(channel)) {
                throw new InvalidFileException(path, "is in use by another run; wait for it or name another directory");
            }
            RunDirectory directory = new RunDirectory(path, channel);
            if (Files.exists(directory.model())) {
                throw new InvalidFileException(path, "holds a model already; name another directory");
            }
            return directory;
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
        return path.resolve("model.npz");
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
