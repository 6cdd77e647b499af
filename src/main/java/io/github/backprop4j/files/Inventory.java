package io.github.backprop4j.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;

/**
 * What a zip file holds, beyond doubt. The format has checksums for contents alone: an entry whose name is damaged, or
 * whose line in the directory is, would be missed in silence.
 *
 * <p>Two things tell. The name of each entry stands twice in any zip file, before its content and in the directory at the
 * end, and the entries lie one behind the other ({@link #requireSame}). And the files that are written here have a checksum
 * over the directory in their comment ({@link #seal}), which others read over.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">.ZIP File Format Specification, 4.3 and 4.4</a>
 */
final class Inventory {

    /** How the comment of a file begins that has such a checksum. */
    private static final String SEAL = "backprop4j entries ";

    private static final int LOCAL_ENTRY = 0x04034b50;
    private static final int LOCAL_HEADER = 30;
    /** Where in it the flags are, and the lengths of the name and of what else follows. */
    private static final int FLAGS = 6;
    private static final int NAME_LENGTH = 26;
    private static final int EXTRA_LENGTH = 28;
    /**
     * Among the flags: sizes and checksum follow the content, in so many bytes. The longest comes first, as within it a size
     * may look like the beginning of what follows.
     */
    private static final int HAS_DESCRIPTOR = 1 << 3;
    private static final int[] DESCRIPTORS = {24, 20, 16, 12};
    private static final int[] NO_DESCRIPTOR = {0};
    /** What follows the last entry. */
    private static final int LINE_OF_DIRECTORY = 0x02014b50;

    private Inventory() {}

    /** Returns the comment for a file of these entries: their number, and a CRC-32C of names, lengths and checksums. */
    static String seal(List<? extends ZipEntry> entries) {
        CRC32C checksum = new CRC32C();
        for (ZipEntry entry : entries) {
            checksum.update(entry.getName().getBytes(StandardCharsets.UTF_8));
            checksum.update(ByteBuffer.allocate(1 + 2 * Long.BYTES).put((byte) 0).putLong(entry.getSize())
                    .putLong(entry.getCrc()).flip());
        }
        return SEAL + entries.size() + " crc32c %08x".formatted(checksum.getValue());
    }

    /**
     * Checks that a file holds these entries and no others.
     *
     * @param entries of its directory, in order
     * @param comment of the file; null if it has none
     * @throws InvalidFileException if it does not; the message says what is there instead
     * @throws IOException if it cannot be read
     */
    static void requireSame(Path file, List<? extends ZipEntry> entries, String comment) throws IOException {
        if (comment != null && comment.startsWith(SEAL) && !comment.equals(seal(entries))) {
            throw new InvalidFileException(file, "is damaged: its list of entries is not the one that was written");
        }
        // and no channel, which a thread that was interrupted could not read
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
            long at = 0;
            for (ZipEntry entry : entries) {
                at = behind(entry, file, bytes, at);
            }
            if (bytes(bytes, at, Integer.BYTES).getInt(0) == LOCAL_ENTRY) {
                throw otherLayout(
                        file, "its directory has " + entries.size() + " entries, but there is another at byte " + at);
            }
        }
    }

    /** Returns where the entry ends that begins at a byte and is this one. */
    private static long behind(ZipEntry entry, Path file, RandomAccessFile bytes, long start) throws IOException {
        ByteBuffer header = bytes(bytes, start, LOCAL_HEADER);
        byte[] name = new byte[Short.toUnsignedInt(header.getShort(NAME_LENGTH))];
        bytes(bytes, start + LOCAL_HEADER, name.length).get(name);
        if (header.getInt(0) != LOCAL_ENTRY || !Arrays.equals(name, entry.getName().getBytes(StandardCharsets.UTF_8))) {
            throw otherLayout(file, "its directory has the entry " + entry.getName() + ", which is not at byte " + start);
        }
        long end = start + LOCAL_HEADER + name.length + Short.toUnsignedInt(header.getShort(EXTRA_LENGTH))
                + entry.getCompressedSize();
        boolean hasDescriptor = (header.getShort(FLAGS) & HAS_DESCRIPTOR) != 0;
        for (int length : hasDescriptor ? DESCRIPTORS : NO_DESCRIPTOR) {
            int next = bytes(bytes, end + length, Integer.BYTES).getInt(0);
            if (next == LOCAL_ENTRY || next == LINE_OF_DIRECTORY) {
                return end + length;
            }
        }
        throw otherLayout(file, "nothing follows the entry " + entry.getName() + " at byte " + end);
    }

    private static InvalidFileException otherLayout(Path file, String problem) {
        return new InvalidFileException(file, "is damaged, or laid out as npz files are not: " + problem);
    }

    /** Reads bytes at a place; those that are not in the file are zero. */
    private static ByteBuffer bytes(RandomAccessFile file, long at, int count) throws IOException {
        byte[] bytes = new byte[count];
        if (at >= 0) {
            file.seek(at);
            int found = 0;
            for (int more = 0; more >= 0 && found < count; found += Math.max(0, more)) {
                more = file.read(bytes, found, count - found);
            }
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
