package io.github.backprop4j.report;

import io.github.backprop4j.files.InvalidFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.CodedOutputStream;
import org.tensorflow.framework.Summary;

/**
 * A file of TensorFlow's events, as TensorBoard reads it: records one after another, each an {@code Event} of <a
 * href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto">event.proto</a>. Beside its
 * time and step an event holds one thing: the version of the format, a summary, or that a training starts.
 *
 * <p>A record is <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details">the length of
 * its data (8 bytes), a checksum of that (4), the data, and a checksum of the data (4)</a>, all little-endian.
 *
 * <p>TensorBoard reads the files of a directory in the order of their names, each as far as its records are whole. So this
 * one is appended to, a record at a time, and not kept open between.
 *
 * @param path of the file
 * @param clock tells the time of each event
 */
record EventFile(Path path, Clock clock) {

    /** The seconds since 1970 have ten digits until the year 2286. */
    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\..*");

    /** What a START of a SessionLog says, field 1: whatever has the event's step or a later one is void. */
    private static final byte[] START = {1 << 3, 1};

    // the fields of an Event
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;

    /** What an event holds beside its time and its step. */
    private interface Content {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    /** Tells whether a directory has event files; one that does not exist has none. */
    static boolean anyIn(Path directory) throws IOException {
        return !seconds(directory).isEmpty();
    }

    /**
     * Makes a new file, whose name sorts behind those of all event files that the directory has, even if the clock was put
     * back since.
     *
     * @param directory made if it is not there
     * @throws InvalidFileException if it is no directory
     * @throws IOException if the file cannot be written
     */
    static EventFile create(Path directory, Clock clock) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new InvalidFileException(directory, "is no directory, expected one for TensorBoard's events", e);
        } catch (IOException e) {
            throw cannotBeWritten(directory, e);
        }
        long earliest = 1 + seconds(directory).stream().mapToLong(Long::longValue).max().orElse(-1);
        String name = String.format(Locale.ROOT, "events.out.tfevents.%010d.backprop4j",
                Math.max(earliest, clock.instant().getEpochSecond()));
        EventFile file = new EventFile(directory.resolve(name), clock);
        file.append(0, out -> out.writeString(FILE_VERSION, "brain.Event:2"), StandardOpenOption.CREATE_NEW);
        return file;
    }

    /** Returns the times in the names of a directory's event files. */
    private static List<Long> seconds(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> NAME.matcher(file.getFileName().toString())).filter(Matcher::matches)
                    .map(name -> Long.valueOf(name.group(1))).toList();
        }
    }

    /** Appends that a training starts, and that events of earlier files are void from the step on. */
    void start(long step) throws IOException {
        append(step, out -> out.writeByteArray(SESSION_LOG, START), StandardOpenOption.APPEND);
    }

    /** Appends values at a step. */
    void summary(long step, Summary summary) throws IOException {
        append(step, out -> out.writeMessage(SUMMARY, summary), StandardOpenOption.APPEND);
    }

    private void append(long step, Content content, StandardOpenOption how) throws IOException {
        byte[] record = record(event(clock.instant(), step, content));
        try (OutputStream out = Files.newOutputStream(path, how, StandardOpenOption.WRITE)) {
            out.write(record);
        } catch (IOException e) {
            throw cannotBeWritten(path, e);
        }
    }

    private static IOException cannotBeWritten(Path path, IOException e) {
        return new IOException(path + ": cannot be written: " + reason(e), e);
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "it is gone";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        return e instanceof FileSystemException system && system.getReason() != null ? system.getReason() : e.getMessage();
    }

    private static byte[] event(Instant time, long step, Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeDouble(WALL_TIME, time.getEpochSecond() + time.getNano() * 1e-9);
        out.writeInt64(STEP, step);
        content.writeTo(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] record(byte[] data) {
        ByteBuffer record = ByteBuffer.allocate(Math.addExact(data.length, 16)).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedChecksum(record.array(), 8));
        record.put(data);
        record.putInt(maskedChecksum(data, data.length));
        return record.array();
    }

    /** Returns the CRC-32C of the first bytes, rotated and moved as the format wants it. */
    private static int maskedChecksum(byte[] bytes, int count) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, count);
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }
}
