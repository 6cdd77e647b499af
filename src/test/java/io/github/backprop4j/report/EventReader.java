package io.github.backprop4j.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads event files by their specification, with nothing of what writes them: neither checksum nor protocol buffers. */
public final class EventReader {

    /** What an event holds beside time and step, as far as it has it: empty, false or null otherwise. */
    public record Event(double wallTime, long step, String version, boolean starts, Map<String, Float> scalars,
            Map<String, Picture> images) {}

    /** An image as a summary has it. */
    public record Picture(long height, long width, long colors, byte[] encoded) {}

    /** A value of a field in a message: a number as its bits, or bytes. */
    private record Field(int number, int type, long bits, byte[] bytes) {}

    private EventReader() {}

    /** Returns the events of a file, as far as its records are whole. */
    public static List<Event> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (in.remaining() >= 12) {
            byte[] head = bytes(in, 8);
            long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
            requireChecksum(file, head, in.getInt());
            if (in.remaining() < length + 4) {
                break;
            }
            byte[] data = bytes(in, (int) length);
            requireChecksum(file, data, in.getInt());
            events.add(event(data));
        }
        return events;
    }

    /**
     * Returns what TensorBoard shows of a directory: value by step by tag, of files in the order of their names, where a
     * start voids what came before it of its step and later ones.
     */
    public static Map<String, Map<Long, Float>> scalars(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.sorted().toList();
        }
        Map<String, Map<Long, Float>> shown = new LinkedHashMap<>();
        for (Path file : files) {
            for (Event event : read(file)) {
                if (event.starts) {
                    shown.values().forEach(each -> each.keySet().removeIf(step -> step >= event.step));
                }
                event.scalars.forEach((tag, value) -> {
                    if (shown.computeIfAbsent(tag, key -> new LinkedHashMap<>()).put(event.step, value) != null) {
                        throw new AssertionError(file + ": " + tag + " twice at step " + event.step);
                    }
                });
            }
        }
        return shown;
    }

    private static byte[] bytes(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    private static void requireChecksum(Path file, byte[] data, int found) {
        int crc = -1;
        for (byte each : data) {
            crc ^= each & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                // the polynomial of Castagnoli et al., 1993, its bits reversed
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        crc = ~crc;
        int masked = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
        if (masked != found) {
            throw new AssertionError(file + ": checksum " + Integer.toHexString(found) + ", expected "
                    + Integer.toHexString(masked));
        }
    }

    /** event.proto: 1 wall_time, 2 step, 3 file_version, 5 summary, 7 session_log with 1 status, of which 1 is START. */
    private static Event event(byte[] data) {
        double wallTime = Double.NaN;
        long step = 0;
        String version = null;
        boolean starts = false;
        Map<String, Float> scalars = new LinkedHashMap<>();
        Map<String, Picture> images = new LinkedHashMap<>();
        for (Field field : fields(data)) {
            switch (field.number) {
                case 1 -> wallTime = Double.longBitsToDouble(field.bits);
                case 2 -> step = field.bits;
                case 3 -> version = new String(field.bytes, StandardCharsets.UTF_8);
                case 5 -> fields(field.bytes).forEach(value -> value(value.bytes, scalars, images));
                case 7 -> starts = fields(field.bytes).stream().anyMatch(log -> log.number == 1 && log.bits == 1);
                default -> throw new AssertionError("event: unknown field " + field);
            }
        }
        return new Event(wallTime, step, version, starts, scalars, images);
    }

    /** summary.proto, a Value: 1 tag, 2 simple_value, 4 image of 1 height, 2 width, 3 colorspace and 4 encoded. */
    private static void value(byte[] data, Map<String, Float> scalars, Map<String, Picture> images) {
        String tag = null;
        for (Field field : fields(data)) {
            switch (field.number) {
                case 1 -> tag = new String(field.bytes, StandardCharsets.UTF_8);
                case 2 -> scalars.put(tag, Float.intBitsToFloat((int) field.bits));
                case 4 -> {
                    List<Field> image = fields(field.bytes);
                    images.put(tag, new Picture(
                            image.get(0).bits, image.get(1).bits, image.get(2).bits, image.get(3).bytes));
                }
                default -> throw new AssertionError("value: unknown field " + field);
            }
        }
    }

    /** The wire format of protocol buffers. */
    private static List<Field> fields(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            int number = (int) (key >>> 3);
            int type = (int) key & 7;
            fields.add(switch (type) {
                case 0 -> new Field(number, type, varint(in), null);
                case 1 -> new Field(number, type, in.getLong(), null);
                case 2 -> new Field(number, type, 0, bytes(in, (int) varint(in)));
                case 5 -> new Field(number, type, in.getInt(), null);
                default -> throw new AssertionError("protocol buffers: wire type " + type);
            });
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
