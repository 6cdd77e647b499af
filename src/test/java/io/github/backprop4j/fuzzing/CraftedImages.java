package io.github.backprop4j.fuzzing;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Images made to do harm. */
final class CraftedImages {

    private CraftedImages() {}

    /** Returns those of all formats. */
    static List<Crafted> all() throws IOException {
        return Stream.of(png(), jpeg(ImageSamples.jpeg()), gif(ImageSamples.gif().get(0)), bmp(), webP(ImageSamples.webP()))
                .flatMap(List::stream).toList();
    }

    /**
     * Sides in the descriptor of the image, which begins with a comma and two offsets of 0. Where pixels end too early, the
     * decoder leaves the rest blank.
     */
    private static List<Crafted> gif(byte[] seed) {
        int at = new String(seed, StandardCharsets.ISO_8859_1).indexOf(",\0\0\0\0") + 5;
        return List.of(Crafted.maybe("100 million pixels", withBytes(seed, at, 0x10, 0x27, 0x10, 0x27)),
                Crafted.bad("4 billion pixels", withBytes(seed, at, 0xff, 0xff, 0xff, 0xff)));
    }

    private static List<Crafted> bmp() {
        List<Crafted> files = new ArrayList<>();
        for (int compression = 0; compression < 3; compression++) {
            byte[] bytes = ByteBuffer.allocate(1200).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'B').put((byte) 'M')
                    .putInt(1200).putInt(0).putInt(1100).putInt(40).putInt(10_000).putInt(10_000).putShort((short) 1)
                    .putShort((short) (compression == 2 ? 4 : 8)).putInt(compression).putInt(Integer.MAX_VALUE).array();
            files.add(Crafted.maybe("100 million pixels, compression " + compression, bytes));
        }
        return files;
    }

    /** An extended WebP of 4×4 whose image says that it has other sides. */
    private static List<Crafted> webP(List<byte[]> seeds) {
        List<Crafted> files = new ArrayList<>();
        for (byte[] seed : seeds) {
            byte[] image = Arrays.copyOfRange(seed, 12, seed.length);
            int sides = image[3] == 'L' ? 9 : 14;
            Arrays.fill(image, sides, sides + (image[3] == 'L' ? 3 : 4), (byte) 0xff);
            ByteBuffer bytes = ByteBuffer.allocate(30 + image.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.put(seed, 0, 4).putInt(22 + image.length).put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10)
                    .put(new byte[] {0, 0, 0, 0, 3, 0, 0, 3, 0, 0}).put(image);
            files.add(Crafted.maybe("an image larger than its canvas", bytes.array()));
        }
        return files;
    }

    static List<Crafted> png() throws IOException {
        int most = Integer.MAX_VALUE;
        return List.of(
                Crafted.bad("2^31 a side", png(most, most, 8, 2, new byte[0])),
                Crafted.bad("2^32 a side", png(-1, -1, 8, 2, new byte[0])),
                Crafted.bad("no pixels", png(0, 0, 8, 2, new byte[0])),
                Crafted.bad("100 megapixels and no data", png(10_000, 10_000, 16, 6, new byte[0])),
                Crafted.bad("100 megapixels and a little data", png(10_000, 10_000, 16, 6, zeros(1))),
                Crafted.bad("100 megapixels in one row", png(100_000_000, 1, 16, 6, zeros(763))),
                Crafted.bad("a chunk as long as an int counts", Crafted.concat(
                        png(8, 8, 8, 2, new byte[0]), new byte[] {127, -1, -1, -1},
                        "IDAT".getBytes(StandardCharsets.US_ASCII))),
                Crafted.bad("a palette as long as an int counts", Crafted.concat(
                        Arrays.copyOf(png(8, 8, 8, 3, new byte[0]), 33),
                        new byte[] {127, -1, -1, -1}, "PLTE".getBytes(StandardCharsets.US_ASCII), new byte[900])),
                Crafted.bad("a text bomb", Crafted.concat(Arrays.copyOf(png(8, 8, 8, 2, new byte[0]), 33),
                        chunk("zTXt", Crafted.concat(new byte[] {'x', 0, 0}, zeros(400))),
                        chunk("IEND", new byte[0]))),
                Crafted.bad("a profile bomb", Crafted.concat(Arrays.copyOf(png(8, 8, 8, 2, new byte[0]), 33),
                        chunk("iCCP", Crafted.concat(new byte[] {'x', 0, 0}, zeros(400))),
                        chunk("IEND", new byte[0]))));
    }

    private static byte[] png(int width, int height, int depth, int colours, byte[] data) throws IOException {
        byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth).put((byte) colours).array();
        return Crafted.concat(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'}, chunk("IHDR", header),
                chunk("IDAT", data), chunk("IEND", new byte[0]));
    }

    private static byte[] zeros(int megabytes) {
        return new Bombs(new byte[0], megabytes).zlib();
    }

    private static byte[] chunk(String type, byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(data.length);
        out.writeBytes(type);
        out.write(data);
        CRC32 checksum = new CRC32();
        checksum.update(bytes.toByteArray(), 4, bytes.size() - 4);
        out.writeInt((int) checksum.getValue());
        return bytes.toByteArray();
    }

    private static List<Crafted> jpeg(List<byte[]> seeds) {
        byte[] baseline = seeds.get(0);
        byte[] progressive = seeds.get(1);
        byte[] start = {(byte) 0xff, (byte) 0xd8};
        byte[] exif = Crafted.concat("Exif\0\0".getBytes(StandardCharsets.US_ASCII), new byte[] {'M', 'M', 0, 42, 0, 0, 0, 8,
            0, 1, (byte) 0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8});
        byte[] comments = new byte[4 * 100_000];
        for (int i = 0; i < comments.length; i += 4) {
            System.arraycopy(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 2}, 0, comments, i, 4);
        }
        int scan = marker(progressive, 0xda);
        byte[] scans = Arrays.copyOfRange(progressive, scan, progressive.length - 2);
        byte[][] many = new byte[300][];
        Arrays.fill(many, scans);
        byte[] large = ofSize(progressive, 0xc2, 9_000, 9_000);
        return List.of(
                Crafted.bad("65,535 a side", ofSize(baseline, 0xc0, 65_535, 65_535)),
                Crafted.bad("no pixels", ofSize(baseline, 0xc0, 0, 0)),
                Crafted.bad("81 megapixels and a little data", ofSize(baseline, 0xc0, 9_000, 9_000)),
                Crafted.bad("81 megapixels, progressive, and a little data", large),
                Crafted.bad("81 megapixels in 300 scans", Crafted.concat(Arrays.copyOf(large, scan), Crafted.concat(many),
                        new byte[] {(byte) 0xff, (byte) 0xd9})),
                new Crafted("72 megapixels in a scan for each colour", mostCoefficients(), true),
                Crafted.bad("a segment of no length", Crafted.concat(
                        start, new byte[] {(byte) 0xff, (byte) 0xe1, 0, 0}, baseline)),
                Crafted.bad("a table beyond its end", Crafted.concat(start, new byte[] {(byte) 0xff, (byte) 0xdb, 0, 3, 0})),
                Crafted.bad("codes of more bits than there are", Crafted.concat(start,
                        new byte[] {(byte) 0xff, (byte) 0xc4, 0, 19, 0,
                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, Arrays.copyOfRange(baseline, 2, 200))),
                Crafted.bad("only a start", start),
                new Crafted("an EXIF directory within itself", Crafted.concat(start,
                        new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (2 + exif.length)}, exif,
                        Arrays.copyOfRange(baseline, 2, baseline.length)), true),
                new Crafted("100,000 empty comments", Crafted.concat(start, comments,
                        Arrays.copyOfRange(baseline, 2, baseline.length)), true));
    }

    /**
     * Black, its colours halved both ways, of as many coefficients as there may be; each block has two bits, by tables of
     * one code.
     */
    private static byte[] mostCoefficients() {
        byte[] quantization = new byte[65];
        Arrays.fill(quantization, 1, 65, (byte) 16);
        byte[] codes = new byte[18];
        codes[1] = 1;
        byte[] codesBehind = codes.clone();
        codesBehind[0] = 0x10;
        int side = 8_480;
        byte[] frame = ByteBuffer.allocate(15).put((byte) 8).putShort((short) side).putShort((short) side)
                .put(new byte[] {3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0}).array();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Crafted.concat(new byte[] {(byte) 0xff, (byte) 0xd8}, segment(0xdb, quantization),
                segment(0xc0, frame), segment(0xc4, codes), segment(0xc4, codesBehind)));
        for (int colour = 1; colour <= 3; colour++) {
            int blocks = side / (colour == 1 ? 8 : 16);
            out.writeBytes(segment(0xda, new byte[] {1, (byte) colour, 0, 0, 63, 0}));
            out.writeBytes(new byte[(blocks * blocks * 2 + 7) / 8]);
        }
        out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd9});
        return out.toByteArray();
    }

    private static byte[] segment(int marker, byte[] content) {
        return ByteBuffer.allocate(4 + content.length).put((byte) 0xff).put((byte) marker)
                .putShort((short) (2 + content.length)).put(content).array();
    }

    private static byte[] ofSize(byte[] jpeg, int frame, int height, int width) {
        byte[] changed = jpeg.clone();
        ByteBuffer.wrap(changed, marker(jpeg, frame) + 5, 4).putShort((short) height).putShort((short) width);
        return changed;
    }

    private static int marker(byte[] jpeg, int code) {
        int at = 0;
        while ((jpeg[at] & 255) != 0xff || (jpeg[at + 1] & 255) != code) {
            at++;
        }
        return at;
    }

    private static byte[] withBytes(byte[] bytes, int at, int... values) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }
}
