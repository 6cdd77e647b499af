package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.stream.ImageInputStream;

/**
 * How often a JPEG goes over its pixels. A progressive one, or one whose colours come one after the other, has many scans
 * (ITU-T T.81, 4.5 and B.2), each of which may be a few bytes and is work for all pixels; and between them the decoder keeps
 * the coefficients of all.
 *
 * @param scans at least 1, or 0 if the file ends before its first
 * @param pixels of the frame
 * @param coefficients of all colours together, of two bytes each; 0 if one scan has it all, so that none are kept
 */
record JpegScans(int scans, long pixels, long coefficients) {

    /**
     * Most pixels of all scans together, about a second of work. Encoders commonly make 10 scans, which 30 megapixels then
     * may have.
     */
    static final long MAX_SCANNED = 300_000_000;

    /** Most bytes of coefficients: 89 megapixels whose colours are halved both ways, as is usual, or 44 of whole colours. */
    static final long MAX_KEPT = 256L << 20;

    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int FIRST_FRAME = 0xc0;
    private static final int PROGRESSIVE = 0xc2;
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int RESERVED = 0xc8;
    private static final int ARITHMETIC_TABLES = 0xcc;
    private static final int LAST_FRAME = 0xcf;
    /** Behind it, markers are followed by a length. */
    private static final int START = 0xd8;

    /**
     * Counts the scans of a file. Only what lies before the image is read if one scan has it all.
     *
     * @param jpeg at its beginning; its position is moved
     */
    static JpegScans of(ImageInputStream jpeg) throws IOException {
        Bytes in = new Bytes(jpeg);
        Frame frame = new Frame(0, 0, 0, false);
        int scans = 0;
        for (int marker = in.marker(); marker >= 0 && marker != END_OF_IMAGE; marker = in.marker()) {
            if (marker == START_OF_SCAN) {
                int length = in.two();
                int components = in.next();
                in.skip(length - Short.BYTES - 1);
                scans++;
                if (scans == 1 && !frame.progressive && components == frame.components) {
                    return new JpegScans(1, frame.pixels, 0);
                }
            } else if (isFrame(marker)) {
                in.two();
                frame = frame(in, marker == PROGRESSIVE);
            } else if (marker > START || marker == HUFFMAN_TABLES || marker == ARITHMETIC_TABLES) {
                in.skip(in.two() - Short.BYTES);
            }
        }
        return new JpegScans(scans, frame.pixels, frame.coefficients);
    }

    /** @throws InvalidFileException if it is more work than a photo is, or takes more memory */
    void requireBounded(Path file) throws InvalidFileException {
        if (pixels * scans > MAX_SCANNED) {
            throw new InvalidFileException(file, "is a JPEG of " + pixels + " pixels in " + scans
                    + " scans, expected at most " + MAX_SCANNED + " in all scans together; save it with fewer scans,"
                    + " not progressive");
        }
        if (coefficients * Short.BYTES > MAX_KEPT) {
            throw new InvalidFileException(file, "is a JPEG of " + pixels + " pixels in " + scans + " scans, which takes "
                    + coefficients * Short.BYTES + " bytes to decode, expected at most " + MAX_KEPT
                    + "; save it with one scan, not progressive");
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= FIRST_FRAME && marker <= LAST_FRAME && marker != HUFFMAN_TABLES && marker != RESERVED
                && marker != ARITHMETIC_TABLES;
    }

    private record Frame(int components, long pixels, long coefficients, boolean progressive) {}

    private static Frame frame(Bytes in, boolean progressive) throws IOException {
        in.next();
        long pixels = (long) in.two() * in.two();
        int components = in.next();
        int most = 1;
        int sum = 0;
        for (int i = 0; i < components; i++) {
            in.next();
            int sampling = in.next();
            most = Math.max(most, (sampling >> 4) * (sampling & 15));
            sum += (sampling >> 4) * (sampling & 15);
            in.next();
        }
        return new Frame(components, pixels, pixels * sum / most, progressive);
    }

    /** The bytes of a file, which end in an endless row of -1. */
    private static final class Bytes {

        private final ImageInputStream in;
        private final byte[] chunk = new byte[1 << 16];
        private int at;
        private int end;

        Bytes(ImageInputStream in) {
            this.in = in;
        }

        int next() throws IOException {
            if (at == end) {
                at = 0;
                end = Math.max(0, in.read(chunk));
                if (end == 0) {
                    return -1;
                }
            }
            return chunk[at++] & 255;
        }

        int two() throws IOException {
            return (next() & 255) << 8 | next() & 255;
        }

        void skip(int count) throws IOException {
            for (int i = 0; i < count && next() >= 0; i++) {
                // a segment has at most 65,533 bytes
            }
        }

        /** Goes behind the next marker, wherever it is, as the decoder does; returns it, or -1 if there is none. */
        int marker() throws IOException {
            while (true) {
                int found = next();
                while (found >= 0 && found != 0xff) {
                    found = next();
                }
                while (found == 0xff) {
                    found = next();
                }
                if (found != 0) {
                    return found;
                }
            }
        }
    }
}
