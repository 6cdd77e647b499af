package io.github.backprop4j.fuzzing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;
import java.util.zip.Deflater;

/**
 * Megabytes of zeros behind a head, deflated: each megabyte is a block of its own, and from the second on they are the same,
 * so that hundreds of them take no time to make.
 */
record Bombs(byte[] head, int megabytes) {

    private static final byte[] MEGABYTE = new byte[1 << 20];

    byte[] gzip() {
        byte[] data = deflated();
        return ByteBuffer.allocate(18 + data.length).order(ByteOrder.LITTLE_ENDIAN).put(new byte[] {0x1f, (byte) 0x8b, 8})
                .position(10).put(data).putInt(checksum(new CRC32())).putInt((int) length()).array();
    }

    byte[] zlib() {
        byte[] data = deflated();
        return ByteBuffer.allocate(6 + data.length).put((byte) 0x78).put((byte) 0x9c).put(data)
                .putInt(checksum(new Adler32())).array();
    }

    /** A zip file with the one entry. */
    byte[] zip(String name) {
        byte[] data = deflated();
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer entry = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 20).putShort((short) 0)
                .putShort((short) 8).putInt(0).putInt(checksum(new CRC32())).putInt(data.length).putInt((int) length())
                .putShort((short) text.length).putShort((short) 0).flip();
        int directory = 30 + text.length + data.length;
        return ByteBuffer.allocate(directory + 46 + text.length + 22).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x04034b50).put(entry.duplicate()).put(text).put(data)
                .putInt(0x02014b50).putShort((short) 20).put(entry).position(directory + 46).put(text)
                .putInt(0x06054b50).putInt(0).putShort((short) 1).putShort((short) 1).putInt(46 + text.length)
                .putInt(directory).array();
    }

    private long length() {
        return head.length + (long) megabytes * MEGABYTE.length;
    }

    private int checksum(Checksum checksum) {
        checksum.update(head);
        for (int i = 0; i < megabytes; i++) {
            checksum.update(MEGABYTE);
        }
        return (int) checksum.getValue();
    }

    private byte[] deflated() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            out.writeBytes(block(deflater, head));
            byte[] block = new byte[0];
            for (int i = 0; i < megabytes; i++) {
                block = i < 2 ? block(deflater, MEGABYTE) : block;
                out.writeBytes(block);
            }
            deflater.finish();
            out.writeBytes(block(deflater, new byte[0]));
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] block(Deflater deflater, byte[] data) {
        deflater.setInput(data);
        byte[] buffer = new byte[1 << 16];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int count = buffer.length; count == buffer.length;) {
            count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, count);
        }
        return out.toByteArray();
    }
}
