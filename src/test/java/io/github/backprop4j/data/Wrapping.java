package io.github.backprop4j.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** What lies around the bytes of a file with checksums: damage within goes past them when it is wrapped again. */
enum Wrapping {

    NONE {
        @Override
        byte[] within(byte[] file, UnaryOperator<byte[]> change, Random random) {
            return change.apply(file);
        }
    },

    GZIP {
        @Override
        byte[] within(byte[] file, UnaryOperator<byte[]> change, Random random) throws IOException {
            return gzip(change.apply(new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes()));
        }
    },

    /** Any one block of 512 bytes, whose checksum is then made right as if it were a header; or anything. */
    TAR_GZIP {
        @Override
        byte[] within(byte[] file, UnaryOperator<byte[]> change, Random random) throws IOException {
            byte[] tar = new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes();
            if (random.nextInt(4) == 0) {
                return gzip(change.apply(tar));
            }
            int header = header(tar, random);
            byte[] block = new byte[BLOCK];
            System.arraycopy(tar, header, block, 0, BLOCK);
            byte[] changed = change.apply(block);
            System.arraycopy(changed, 0, tar, header, Math.min(BLOCK, changed.length));
            putChecksum(tar, header);
            return gzip(tar);
        }

        private int header(byte[] tar, Random random) {
            int start = BLOCK * random.nextInt(tar.length / BLOCK);
            for (int at = start; at >= 0; at -= BLOCK) {
                if (new String(tar, at + 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
                    return at;
                }
            }
            return start;
        }
    },

    /** One entry of a zip file. */
    ZIP {
        @Override
        byte[] within(byte[] file, UnaryOperator<byte[]> change, Random random) throws IOException {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(file));
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
            String chosen = entries.keySet().stream().skip(random.nextInt(entries.size())).findFirst().orElseThrow();
            entries.put(chosen, change.apply(entries.get(chosen)));
            return zip(entries);
        }
    };

    static final int BLOCK = 512;
    private static final int CHECKSUM = 148;

    /** A file whose inside is changed. */
    abstract byte[] within(byte[] file, UnaryOperator<byte[]> change, Random random) throws IOException;

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zipped = new GZIPOutputStream(out)) {
            zipped.write(bytes);
        }
        return out.toByteArray();
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                CRC32 checksum = new CRC32();
                checksum.update(each.getValue());
                entry.setCrc(checksum.getValue());
                zip.putNextEntry(entry);
                zip.write(each.getValue());
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
