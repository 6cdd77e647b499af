package io.github.backprop4j.training;

import io.github.backprop4j.data.Splitting;
import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.Directories;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory that a training writes to, its own as long as this is open. */
public final class RunDirectory implements AutoCloseable {

    private static final String LOCK = ".lock";
    private static final String MODEL = "model.npz";
    private static final String SETTINGS = "settings.json";
    private static final int MAX_SETTINGS = 1 << 16;
    /** Before there was a choice. */
    static final Splitting OLDER_SPLIT = Splitting.RANDOM;
    /** Settings that older files lack; but for {@link #OLDER_SPLIT} their defaults are what was done then. */
    private static final Set<String> ADDED_LATER = Set.of("precision", "from", "freeze", "size", "gray", "fit",
            "balance", "strict", "split", "label-smoothing", "lookahead", "weight-decay", "rate-factors", "momentum",
            "ghost-batch", "batchnorm-momentum", "freeze-after", "views");
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-\\d{1,18}\\.npz");
    private static final int CHECKPOINTS_SAVED = 2;

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    /**
     * The directories that this process has. A system's lock is the process's: a second channel to the file, though it
     * gets no lock, would drop the first one's when it is closed.
     */
    private static final Set<Path> TAKEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path real;
    private final FileChannel lock;

    private RunDirectory(Path path, Path real, FileChannel lock) {
        this.path = path;
        this.real = real;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is not there, and takes it for a new training.
     *
     * @throws InvalidFileException if it is no directory, holds a model or a checkpoint already, or another run has it
     * @throws IOException if it cannot be made or written to
     */
    public static RunDirectory create(Path path) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new InvalidFileException(path, "is no directory; name another --output");
        }
        try {
            Directories.create(path);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new InvalidFileException(path, "cannot be made: "
                    + (e.getReason() == null ? "a file is in the way" : e.getReason()));
        }
        RunDirectory directory = take(path);
        try {
            String found = Files.exists(directory.model()) ? "a model" : "a checkpoint";
            if (Files.exists(directory.model()) || !directory.checkpoints().isEmpty()) {
                throw new InvalidFileException(path, "holds " + found
                        + " already; name another directory, or go on with it by --resume");
            }
            return directory;
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    /**
     * Takes a directory to go on with its training, and clears away what a killed run left half written.
     *
     * @throws InvalidFileException if it is no directory, holds a model without a checkpoint, or another run has it
     * @throws IOException if it cannot be read or written to
     */
    public static RunDirectory resume(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new InvalidFileException(path, "is no directory, so there is no training to go on with");
        }
        RunDirectory directory = take(path);
        try {
            if (Files.exists(directory.model()) && directory.checkpoints().isEmpty()) {
                throw new InvalidFileException(path,
                        "holds a model but no checkpoint, so there is no training to go on with; name another directory");
            }
            AtomicFile.deleteUnfinished(path);
            return directory;
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    private static RunDirectory take(Path path) throws IOException {
        Path real = path.toRealPath();
        if (!TAKEN_HERE.add(real)) {
            throw inUse(path);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(real.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(path);
            }
            return new RunDirectory(path, real, channel);
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            TAKEN_HERE.remove(real);
            boolean told = e instanceof InvalidFileException || e instanceof AccessDeniedException;
            throw told || !(e instanceof FileSystemException system) ? e
                    : new InvalidFileException(path, "cannot be written to: " + system.getReason());
        }
    }

    private static InvalidFileException inUse(Path path) {
        return new InvalidFileException(path, "is in use by another run; wait for it or name another directory");
    }

    /** Returns the directory as it was given. */
    public Path path() {
        return path;
    }

    /** Returns the file of the trained network. */
    public Path model() {
        return path.resolve(MODEL);
    }

    /**
     * Writes what the training was asked for.
     *
     * @throws IOException if it cannot be written
     */
    public void save(TrainingSettings settings) throws IOException {
        AtomicFile.write(path.resolve(SETTINGS), out -> out.write(Json.pretty(settings.toJson())));
    }

    /**
     * Reads what the training in a directory was asked for.
     *
     * @throws InvalidFileException if the file is missing or holds no such settings
     */
    public static TrainingSettings settings(Path directory) throws IOException {
        Path file = directory.resolve(SETTINGS);
        if (Files.isRegularFile(directory) || Files.isDirectory(file)) {
            throw new InvalidFileException(directory, "holds no file " + SETTINGS + ", so there is no training to go on with");
        }
        try {
            JsonNode json = Json.read(file, MAX_SETTINGS);
            requireComplete(json);
            TrainingSettings settings = TrainingSettings.fromJson(json);
            return json.has("split") ? settings : settings.toBuilder().split(OLDER_SPLIT).build();
        } catch (NoSuchFileException e) {
            throw new InvalidFileException(directory,
                    "holds no " + SETTINGS + ", so there is no training to go on with", e);
        } catch (IllegalArgumentException e) {
            throw new InvalidFileException(file, "holds no settings of a training: " + e.getMessage(), e);
        }
    }

    /** A setting that is missing, or null, would be taken for its default, and the training end in another network. */
    private static void requireComplete(JsonNode settings) {
        TrainingSettings.builder().build().toJson().fields().forEachRemaining(usual -> {
            String name = usual.getKey();
            boolean mayBeNull = usual.getValue().isNull() || name.equals("augment")
                    || name.equals("layers") && settings.hasNonNull("from");
            if (settings.has(name) ? settings.get(name).isNull() && !mayBeNull : !ADDED_LATER.contains(name)) {
                throw new IllegalArgumentException("it has no " + name);
            }
        });
    }

    /** Returns the file with a row for each epoch. */
    public Path metrics() {
        return path.resolve("metrics.csv");
    }

    /** Returns the file of the page about the training. */
    public Path report() {
        return path.resolve("report.html");
    }

    /** Returns the file of the plot of that name. */
    public Path plot(String name) {
        return path.resolve(name + ".png");
    }

    /**
     * Writes a checkpoint, and once it is on the disk deletes those before the last two, and those of later steps, which
     * are damaged or of another training.
     */
    void save(TrainingState state) throws IOException {
        if (!Files.isDirectory(path)) {
            throw gone();
        }
        Path written = path.resolve("checkpoint-" + state.steps() + ".npz");
        Checkpoint.write(state, written);
        List<Path> all = checkpoints();
        int newest = all.indexOf(written);
        List<Path> outdated = new ArrayList<>(all);
        outdated.subList(newest, Math.min(newest + CHECKPOINTS_SAVED, all.size())).clear();
        for (Path file : outdated) {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Reads the newest checkpoint; one that is damaged is passed over, with a warning in the log.
     *
     * @return empty if there is none
     * @throws InvalidFileException if there are some and all are damaged
     * @throws IOException if one cannot be read
     */
    public Optional<TrainingState> latestCheckpoint() throws IOException {
        InvalidFileException damaged = null;
        for (Path file : checkpoints()) {
            try {
                return Optional.of(Checkpoint.read(file));
            } catch (InvalidFileException e) {
                LOG.warn("{}; going on with the checkpoint before it", e.getMessage());
                damaged = e;
            }
        }
        if (damaged != null) {
            throw damaged;
        }
        return Optional.empty();
    }

    private InvalidFileException gone() {
        return new InvalidFileException(path, "cannot be written to: there is no such directory any more");
    }

    /**
     * Returns the file of the newest checkpoint; empty if there is none.
     *
     * @throws IOException if the directory cannot be read
     */
    public Optional<Path> latestCheckpointFile() throws IOException {
        return checkpoints().stream().findFirst();
    }

    /** Returns the checkpoints, newest first. */
    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> CHECKPOINT.matcher(file.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(RunDirectory::step).reversed()).toList();
        } catch (NoSuchFileException e) {
            throw gone();
        }
    }

    private static long step(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().replaceAll("\\D", ""));
    }

    /** Lets others use it; a second call does nothing. */
    @Override
    public void close() throws IOException {
        if (lock.isOpen()) {
            lock.close();
            TAKEN_HERE.remove(real);
        }
    }
}
