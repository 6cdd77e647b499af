package io.github.backprop4j.fuzzing;

import com.sun.management.ThreadMXBean;
import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/**
 * Has a target read hostile files and says what is wrong with how that ends. Right is a result, or the exception that the
 * reader documents, of one line that names the file, within a second of the thread's processor time (or as many as the
 * property {@code judge.seconds} says) and 256 MB, with nothing written outside.
 *
 * <p>The memory is all that the thread allocated on the heap while it read, so at least what it had at once, and what the
 * process grew by outside of the heap, as {@link NativeMemory} tells. What takes more, of time or of memory, is read anew,
 * three times at most, as the machine may be busy and the JVM compiles. What still allocates more is right if that was
 * garbage: if it is read in the same way where the heap has no more room than that.
 */
final class Judge {

    /** One where nothing else runs; in each build, which may be on a slow machine, more. */
    private static final double MAX_SECONDS = Integer.getInteger("judge.seconds", 1);
    private static final long MAX_BYTES = 256L << 20;
    private static final int ATTEMPTS = 3;
    private static final int BALLAST = 4 << 20;
    private static final int MAX_MESSAGE = 1000;

    /** An error, or what was read. */
    private record Outcome(Optional<Throwable> problem, List<Object> found, double seconds, long bytes, long nativeBytes) {

        boolean isCheap() {
            return seconds <= MAX_SECONDS && bytes <= MAX_BYTES;
        }
    }

    private final Target target;
    private final Path folder;
    private final Path inside;
    private final Path file;
    private final NativeMemory nativeMemory = new NativeMemory();
    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private Outcome costliest = new Outcome(Optional.empty(), List.of(), 0, 0, 0);
    private double slowest;

    /** @param folder an empty one, whose inside is the judge's from now on */
    Judge(Target target, Path folder) throws IOException {
        this.target = target;
        this.folder = folder;
        inside = Files.createDirectory(folder.resolve("target"));
        file = inside.resolve(target.fileName());
        Files.createDirectories(file.getParent());
        target.furnish(inside);
    }

    /**
     * Reads a file.
     *
     * @return what was read; empty if it was refused as it should be
     * @throws AssertionError if that went wrong
     */
    Optional<List<Object>> file(byte[] bytes) throws IOException {
        return input(target.wrapping().choosing(bytes));
    }

    /** Reads what an input of the fuzzer stands for; otherwise as {@link #file}. */
    Optional<List<Object>> input(byte[] input) throws IOException {
        target.wrapping().write(input, file);
        return judge();
    }

    /** Reads a directory where a file is expected; otherwise as {@link #file}. */
    Optional<List<Object>> directory() throws IOException {
        target.wrapping().clear(file);
        Files.createDirectories(file);
        try {
            return judge();
        } finally {
            PathUtils.deleteDirectory(file);
        }
    }

    /** Says what took longest and what took most memory. */
    String costs() {
        return "at most %.3f s, %.1f MB".formatted(slowest, costliest.bytes / 1e6);
    }

    private Optional<List<Object>> judge() throws IOException {
        Outcome outcome = read();
        for (int attempt = 2; !outcome.isCheap() && attempt <= ATTEMPTS; attempt++) {
            outcome = read();
        }
        slowest = Math.max(slowest, outcome.seconds);
        costliest = outcome.bytes > costliest.bytes ? outcome : costliest;
        if (outcome.seconds > MAX_SECONDS || outcome.bytes > MAX_BYTES && !fits(outcome)) {
            throw new AssertionError("took %.1f s of the processor and %.1f MB, garbage among it, more than fits"
                    .formatted(outcome.seconds, outcome.bytes / 1e6), outcome.problem.orElse(null));
        }
        requireDocumented(outcome.problem);
        try (Stream<Path> left = Files.list(folder)) {
            List<String> names = left.map(each -> each.getFileName().toString()).toList();
            if (!names.equals(List.of("target"))) {
                throw new AssertionError("left " + names);
            }
        }
        return outcome.problem.isPresent() ? Optional.empty() : Optional.of(outcome.found);
    }

    private void requireDocumented(Optional<Throwable> problem) {
        if (problem.isEmpty()) {
            return;
        }
        String message = String.valueOf(problem.get().getMessage());
        boolean isText = target == Target.LAYERS;
        boolean documented = isText ? problem.get() instanceof InvalidInputException
                : problem.get() instanceof InvalidFileException && message.startsWith(inside.toString());
        if (!documented || message.chars().anyMatch(Character::isISOControl)
                || message.length() > MAX_MESSAGE + folder.toString().length()) {
            throw new AssertionError("ended in " + problem.get().getClass().getName() + " '"
                    + message.substring(0, Math.min(message.length(), MAX_MESSAGE)) + "'", problem.get());
        }
    }

    /** Whether it can be read, or refused, where the heap has room for what it may take and no more. */
    private boolean fits(Outcome outcome) {
        List<byte[]> ballast = new ArrayList<>();
        Runtime heap = Runtime.getRuntime();
        System.gc();
        long room = MAX_BYTES - outcome.nativeBytes;
        long free = heap.maxMemory() - heap.totalMemory() + heap.freeMemory();
        if (room < BALLAST) {
            return false;
        }
        try {
            while (free - (long) ballast.size() * BALLAST > room) {
                ballast.add(new byte[BALLAST]);
            }
            Optional<Throwable> problem = read().problem;
            return outcome.problem.<Object>map(Throwable::getClass).equals(problem.map(Throwable::getClass))
                    && problem.stream().noneMatch(Judge::isShortOfMemory);
        } finally {
            // until here it is in use
            ballast.clear();
        }
    }

    private static boolean isShortOfMemory(Throwable problem) {
        return problem instanceof OutOfMemoryError
                || problem.getCause() != null && isShortOfMemory(problem.getCause());
    }

    private Outcome read() {
        Optional<Throwable> problem = Optional.empty();
        List<Object> found = List.of();
        nativeMemory.start();
        long bytes = thread.getCurrentThreadAllocatedBytes();
        long time = thread.getCurrentThreadCpuTime();
        try {
            found = target.read(file);
        } catch (Throwable e) {
            // whatever it is, is judged
            problem = Optional.of(e);
        }
        double seconds = (thread.getCurrentThreadCpuTime() - time) / 1e9;
        long allocated = thread.getCurrentThreadAllocatedBytes() - bytes;
        long grown = nativeMemory.growth();
        return new Outcome(problem, found, seconds, allocated + grown, grown);
    }
}
