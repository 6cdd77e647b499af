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
 * @param scans at least 1, or 0 if the file ends before its first; at most one more than {@link #MAX_SCANS} is counted
 * @param height in pixels
 * @param width in pixels
 * @param coefficients of all colours together, of two bytes each; 0 if one scan has it all, so that none are kept
 */
record JpegScans(int scans, long height, long width, long coefficients) {

    /** Encoders make about ten; each is work, however few its pixels are. */
    static final int MAX_SCANS = 500;

    /**
     * Most pixels of all scans together, about a second of work. Encoders commonly make 10 scans, which 30 megapixels then
     * may have.
     */
    static final long MAX_SCANNED = 300_000_000;

    /** As many pixels a row counts at least, as it is work of its own. */
    static final int LEAST_ROW = 256;

    /**
     * Most bytes of coefficients: 72 megapixels whose colours are halved both ways, as is usual, or 36 of whole colours.
     * With the image that is made of them they stay below 256 MB.
     */
    static final long MAX_KEPT = 208L << 20;

    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int FIRST_FRAME = 0xc0;
    /** The lowest bits of a frame's marker: its process, whether coded by Huffman or arithmetically. */
    private static final int KIND = 3;
    private static final int PROGRESSIVE = 2;
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
        Frame frame = Frame.NONE;
        int scans = 0;
        for (int marker = in.marker(); marker >= 0 && scans <= MAX_SCANS; marker = in.marker()) {
            if (frame != Frame.NONE && (marker == END_OF_IMAGE || isFrame(marker))) {
                // no decoder gets behind a second frame; before the first, what has ended are tables for the image behind
                break;
            }
            if (marker == START_OF_SCAN) {
                int length = in.two();
                int components = in.next();
                in.skip(length - Short.BYTES - 1);
                scans++;
                if (scans == 1 && !frame.progressive && components == frame.components) {
                    return new JpegScans(1, frame.height, frame.width, 0);
                }
            } else if (isFrame(marker)) {
                in.two();
                frame = frame(in, (marker & KIND) == PROGRESSIVE);
            } else if (hasLength(marker)) {
                in.skip(in.two() - Short.BYTES);
            }
        }
        return new JpegScans(scans, frame.height, frame.width, frame.coefficients);
    }

    /** @throws InvalidFileException if it is more work than a photo is, or takes more memory */
    void requireBounded(Path file) throws InvalidFileException {
        String advice = "; save it with fewer scans, not progressive";
        if (scans > MAX_SCANS) {
            throw new InvalidFileException(file, "is a JPEG of more than " + MAX_SCANS + " scans" + advice);
        }
        String found = "is a JPEG of " + height * width + " pixels in " + scans + " scans, ";
        if (scans > 1 && height * Math.max(width, LEAST_ROW) * scans > MAX_SCANNED) {
            throw new InvalidFileException(file, found + "expected at most " + MAX_SCANNED + " in all scans together"
                    + (width < LEAST_ROW ? ", where a row counts as " + LEAST_ROW : "") + advice);
        }
        if (coefficients * Short.BYTES > MAX_KEPT) {
            throw new InvalidFileException(file, found + "which takes " + coefficients * Short.BYTES
                    + " bytes to decode, expected at most " + MAX_KEPT + "; save it with one scan, not progressive");
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= FIRST_FRAME && marker <= LAST_FRAME && marker != HUFFMAN_TABLES && marker != RESERVED
                && marker != ARITHMETIC_TABLES;
    }

    /** Tells whether a segment that is not looked into says how long it is. */
    private static boolean hasLength(int marker) {
        return marker > START && marker != END_OF_IMAGE || marker == HUFFMAN_TABLES || marker == ARITHMETIC_TABLES;
    }

    private record Frame(int components, long height, long width, long coefficients, boolean progressive) {

        static final Frame NONE = new Frame(0, 0, 0, 0, false);
    }

    private static Frame frame(Bytes in, boolean progressive) throws IOException {
        in.next();
        long height = in.two();
        long width = in.two();
        int components = in.next();
        int across = 1;
        int down = 1;
        int sum = 0;
        for (int i = 0; i < components; i++) {
            in.next();
            int sampling = in.next();
            across = Math.max(across, sampling >> 4);
            down = Math.max(down, sampling & 15);
            sum += (sampling >> 4) * (sampling & 15);
            in.next();
        }
        return new Frame(components, height, width, height * width * sum / (across * down), progressive);
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
