package io.github.backprop4j.fuzzing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.commons.io.file.PathUtils;

/**
 * What lies around the bytes of a file with checksums. A fuzzer does not get past a checksum, so that the first byte of its
 * input says whether the others are the file, or what is to be wrapped in right checksums.
 */
enum Wrapping {

    /** The input is the file. */
    NONE {
        @Override
        byte[] file(byte[] input) {
            return input;
        }

        @Override
        List<byte[]> inputs(byte[] file) {
            return List.of(file);
        }
    },

    /** Gzipped, or not and without {@code .gz} after the name. */
    GZIP {
        @Override
        void write(byte[] input, Path file) throws IOException {
            clear(file);
            boolean isPlain = input.length > 0 && (input[0] & 255) % 3 == 2;
            Files.write(isPlain ? plain(file) : file, file(input));
        }

        @Override
        void clear(Path file) throws IOException {
            Files.deleteIfExists(file);
            Files.deleteIfExists(plain(file));
        }

        private Path plain(Path file) {
            return file.resolveSibling(file.getFileName().toString().replace(".gz", ""));
        }

        @Override
        byte[] wrapped(int choice, byte[] content) throws IOException {
            return choice == 1 ? gzip(content) : content;
        }

        @Override
        List<byte[]> inputs(byte[] file) throws IOException {
            return List.of(chosen(0, file), chosen(1, gunzip(file)), chosen(2, gunzip(file)));
        }
    },

    /** Gzipped as it is, or with a right checksum in each block that looks like a header. */
    TAR_GZIP {
        @Override
        byte[] wrapped(int choice, byte[] content) throws IOException {
            for (int at = 0; choice == 1 && at + BLOCK <= content.length; at += BLOCK) {
                if (new String(content, at + 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
                    putChecksum(content, at);
                }
            }
            return gzip(content);
        }

        @Override
        List<byte[]> inputs(byte[] file) throws IOException {
            return List.of(chosen(0, file), chosen(1, gunzip(file)), chosen(2, gunzip(file)));
        }
    },

    /** Named entries, as {@link #split} has them, compressed or not. */
    ZIP {
        @Override
        byte[] wrapped(int choice, byte[] content) throws IOException {
            return zip(arrays(split(content)), choice == 2);
        }

        @Override
        List<byte[]> inputs(byte[] file) throws IOException {
            byte[] entries = join(texts(unzip(file)));
            return List.of(chosen(0, file), chosen(1, entries), chosen(2, entries));
        }
    },

    /** The files of a directory by their names, as {@link #split} has them; an empty one becomes a valid image. */
    FOLDER {
        @Override
        void write(byte[] input, Path file) throws IOException {
            Path folder = file.getParent().getParent().getParent();
            if (Files.exists(folder)) {
                PathUtils.deleteDirectory(folder);
            }
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> each : split(input).entrySet()) {
                try {
                    Path place = folder.resolve(each.getKey()).normalize();
                    if (place.startsWith(folder) && !place.equals(folder)) {
                        Files.createDirectories(place.getParent());
                        Files.write(place, each.getValue().length == 0 ? ImageSamples.tiny() : each.getValue());
                    }
                } catch (InvalidPathException | IOException e) {
                    // such a file there cannot be
                    continue;
                }
            }
        }

        @Override
        byte[] file(byte[] input) {
            return input;
        }

        @Override
        List<byte[]> inputs(byte[] file) {
            return List.of(file);
        }
    };

    static final int BLOCK = 512;
    private static final int CHECKSUM = 148;
    /** Between two entries: what a mutation puts in or takes out leaves the others as they are, which lengths would not. */
    private static final byte[] SEPARATOR = {'\n', '%', '%', '\n'};
    /** Before the name of an entry: its content is text, and becomes an npy array of bytes. */
    private static final String TEXT = "@";

    /** Writes what the fuzzer's input stands for where a reader looks for it. */
    void write(byte[] input, Path file) throws IOException {
        Files.write(file, file(input));
    }

    /** Takes away what was written last. */
    void clear(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** Returns the file that the fuzzer's input stands for. */
    byte[] file(byte[] input) throws IOException {
        if (input.length == 0) {
            return input;
        }
        int choice = (input[0] & 255) % 3;
        byte[] content = Arrays.copyOfRange(input, 1, input.length);
        return choice == 0 ? content : wrapped(choice, content);
    }

    /** @param choice 1 or 2 */
    byte[] wrapped(int choice, byte[] content) throws IOException {
        return content;
    }

    /** Returns all inputs that stand for a file, or one that is read as the same. */
    abstract List<byte[]> inputs(byte[] file) throws IOException;

    /** Returns the input that stands for that very file, whatever is in it. */
    byte[] choosing(byte[] file) {
        return this == NONE || this == FOLDER ? file : chosen(0, file);
    }

    private static byte[] chosen(int choice, byte[] content) {
        return ByteBuffer.allocate(1 + content.length).put((byte) choice).put(content).array();
    }

    /** Splits where a separator stands; an entry is a line with its name and its content. */
    static Map<String, byte[]> split(byte[] content) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        int from = 0;
        for (int at = 0; at <= content.length; at++) {
            boolean separates = at + SEPARATOR.length <= content.length
                    && Arrays.equals(content, at, at + SEPARATOR.length, SEPARATOR, 0, SEPARATOR.length);
            if (separates || at == content.length) {
                byte[] entry = Arrays.copyOfRange(content, from, at);
                int line = 0;
                while (line < entry.length && entry[line] != '\n') {
                    line++;
                }
                entries.put(new String(entry, 0, line, StandardCharsets.UTF_8),
                        Arrays.copyOfRange(entry, Math.min(entry.length, line + 1), entry.length));
                from = at + SEPARATOR.length;
                at = separates ? from - 1 : at;
            }
        }
        return entries;
    }

    static byte[] join(Map<String, byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entries.forEach((name, content) -> {
            if (out.size() > 0) {
                out.writeBytes(SEPARATOR);
            }
            out.writeBytes((name + "\n").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(content);
        });
        return out.toByteArray();
    }

    private static Map<String, byte[]> arrays(Map<String, byte[]> entries) {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        entries.forEach((name, content) -> {
            boolean text = name.startsWith(TEXT);
            arrays.put(text ? name.substring(1) : name, text ? npy("|u1", content.length + ",", content) : content);
        });
        return arrays;
    }

    /** The other way round. */
    private static Map<String, byte[]> texts(Map<String, byte[]> arrays) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            int start = 10 + (array[8] & 255) + 256 * (array[9] & 255);
            boolean text = new String(array, 0, start, StandardCharsets.ISO_8859_1).contains("|u1");
            entries.put(text ? TEXT + name : name, text ? Arrays.copyOfRange(array, start, array.length) : array);
        });
        return entries;
    }

    static byte[] npy(String type, String shape, byte[] elements) {
        byte[] text = ("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(10 + text.length + elements.length).order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) text.length)
                .put(text).put(elements).array();
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zipped = new GZIPOutputStream(out)) {
            zipped.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] gunzip(byte[] file) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes();
    }

    static Map<String, byte[]> unzip(byte[] file) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file));
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            entries.put(entry.getName(), in.readAllBytes());
        }
        return entries;
    }

    static byte[] zip(Map<String, byte[]> entries, boolean compressed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                CRC32 checksum = new CRC32();
                checksum.update(each.getValue());
                try {
                    ZipEntry entry = new ZipEntry(each.getKey());
                    entry.setMethod(compressed ? ZipEntry.DEFLATED : ZipEntry.STORED);
                    entry.setSize(each.getValue().length);
                    entry.setCrc(checksum.getValue());
                    zip.putNextEntry(entry);
                } catch (ZipException | IllegalArgumentException e) {
                    // such a name there cannot be
                    continue;
                }
                zip.write(each.getValue());
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    /** Makes the checksum of a tar header right. */
    static void putChecksum(byte[] tar, int header) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : tar[header + i] & 255;
        }
        byte[] digits = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, tar, header + CHECKSUM, digits.length);
    }
}
