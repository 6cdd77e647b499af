package io.github.backprop4j.fuzzing;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A file made to do harm.
 *
 * @param name says how
 * @param isValid whether, odd as it is, it may be read
 */
record Crafted(String name, byte[] bytes, boolean isValid) {

    private static final int MEGABYTE = 1 << 20;

    private static Crafted bad(String name, byte[] bytes) {
        return new Crafted(name, bytes, false);
    }

    /** What it is read as does not matter. */
    private static Crafted maybe(String name, byte[] bytes) {
        return new Crafted(name, bytes, true);
    }

    /** Those for a reader, made from valid files. */
    static List<Crafted> of(Target target, List<byte[]> seeds, Path outside) throws IOException {
        // an empty list of layers is a linear classifier, an empty file of a folder becomes an image
        boolean mayBeEmpty = target == Target.LAYERS || target == Target.FOLDER;
        List<Crafted> files = new ArrayList<>(List.of(new Crafted("empty", new byte[0], mayBeEmpty),
                bad("one byte", new byte[1])));
        files.addAll(switch (target) {
            case NPZ -> npz();
            case MODEL -> model();
            case CHECKPOINT, SETTINGS, LAYERS, ONNX -> List.of();
            case IDX -> idx(seeds.get(0));
            case CIFAR -> List.of(bad("a label of 10", withByte(seeds.get(0), 3073, 10)));
            case TAR -> tar(seeds.get(0), outside);
            case FOLDER -> png();
            case IMAGE -> images();
        });
        return files;
    }

    private static List<Crafted> images() throws IOException {
        return Stream.of(png(), jpeg(ImageSamples.jpeg()), gif(ImageSamples.gif().get(0)), bmp(), webP(ImageSamples.webP()))
                .flatMap(List::stream).toList();
    }

    /**
     * Sides in the descriptor of the image, which begins with a comma and two offsets of 0. Where pixels end too early, the
     * decoder leaves the rest blank.
     */
    private static List<Crafted> gif(byte[] seed) {
        int at = new String(seed, StandardCharsets.ISO_8859_1).indexOf(",\0\0\0\0") + 5;
        return List.of(maybe("100 million pixels", withBytes(seed, at, 0x10, 0x27, 0x10, 0x27)),
                bad("4 billion pixels", withBytes(seed, at, 0xff, 0xff, 0xff, 0xff)));
    }

    private static List<Crafted> bmp() {
        List<Crafted> files = new ArrayList<>();
        for (int compression = 0; compression < 3; compression++) {
            byte[] bytes = ByteBuffer.allocate(1200).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'B').put((byte) 'M')
                    .putInt(1200).putInt(0).putInt(1100).putInt(40).putInt(10_000).putInt(10_000).putShort((short) 1)
                    .putShort((short) (compression == 2 ? 4 : 8)).putInt(compression).putInt(Integer.MAX_VALUE).array();
            files.add(maybe("100 million pixels, compression " + compression, bytes));
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
            files.add(maybe("an image larger than its canvas", bytes.array()));
        }
        return files;
    }

    private static byte[] withBytes(byte[] bytes, int at, int... values) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }

    private static List<Crafted> npz() throws IOException {
        List<Crafted> files = new ArrayList<>();
        for (String shape : List.of("9223372036854775807,", "99999999999999999999,", "4294967296, 4294967296",
                "1000000000,", "0,", "-1,", "1, ".repeat(60) + "1", "65536, 65536, 65536, 65536")) {
            files.add(bad("shape (" + shape + ")", Wrapping.zip(Map.of("a.npy", Wrapping.npy("<f8", shape, new byte[8])), true)));
        }
        files.add(bad("a name of two lines", Wrapping.zip(Map.of("a\nb", new byte[3]), true)));
        files.add(bad("a header of two lines",
                Wrapping.zip(Map.of("a.npy", Wrapping.npy("<f8\n\u001b[2J", "1,", new byte[8])), true)));
        files.add(bad("a name outside", Wrapping.zip(Map.of("../a", new byte[3]), true)));
        files.add(bad("a zip bomb", bomb("a.npy")));
        files.add(bad("a zip bomb of overlapping entries", overlapping()));
        return files;
    }

    private static List<Crafted> model() throws IOException {
        String many = IntStream.range(0, 200_000).mapToObj(i -> "\"c" + i + "\"").collect(Collectors.joining(","));
        List<Crafted> files = new ArrayList<>(List.of(
                bad("deep JSON", described("[".repeat(200_000))),
                bad("deep JSON in a field nobody knows", described("{\"x\":" + "{\"x\":".repeat(100_000))),
                bad("no JSON", described("\n\n\n")),
                bad("JSON of a null", described("null")),
                bad("200,000 classes", described(description("[3,8,8]", "relu", many))),
                bad("classes of two lines", described(description("[3,8,8]", "relu", "\"a\\nb\",\"c\""))),
                bad("layers of two lines", described(description("[3,8,8]", "re\\nlu", "\"a\",\"b\""))),
                bad("a million layers", described(description("[3,8,8]", "relu,".repeat(1_000_000) + "relu", "\"a\",\"b\""))),
                bad("the zip bomb", bomb("architecture.npy"))));
        for (String layers : List.of("conv:2147483647:2147483647:1:1073741823", "conv:1:1:0", "pool:0",
                "dense:2147483647", "conv:1:1:1:2147483647", "conv:10:1:-1", "dropout:NaN", "pool:1:2147483647")) {
            files.add(bad("layers " + layers, described(description("[3,8,8]", layers, "\"a\",\"b\""))));
        }
        for (String input : List.of("[2147483647,2147483647,2147483647]", "[-1,8,8]", "[3,8]", "{}", "\"x\"", "[1e99,1,1]",
                "[30000,30000,1]")) {
            files.add(bad("input " + input, described(description(input, "relu", "\"a\",\"b\""))));
        }
        return files;
    }

    private static String description(String input, String layers, String classes) {
        return "{\"format\":1,\"input\":" + input + ",\"layers\":\"" + layers + "\",\"classes\":[" + classes
                + "],\"factor\":1,\"mean\":\"input.mean\"}";
    }

    private static byte[] described(String json) throws IOException {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("architecture.npy", Wrapping.npy("|u1", text.length + ",", text));
        entries.put("input.mean.npy", Wrapping.npy("<f4", "3, 8, 8", new byte[4 * 192]));
        return Wrapping.zip(entries, true);
    }

    /** 800 MB in less than one. */
    private static byte[] bomb(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(Wrapping.npy("|u1", 800L * MEGABYTE + ",", new byte[0]));
            for (int i = 0; i < 800; i++) {
                zip.write(new byte[MEGABYTE]);
            }
        }
        return out.toByteArray();
    }

    /** A thousand names for the same 20 MB. */
    private static byte[] overlapping() throws IOException {
        byte[] zip = Wrapping.zip(Map.of("0000.npy", Wrapping.npy("|u1", 20 * MEGABYTE + ",", new byte[20 * MEGABYTE])), true);
        ByteBuffer end = ByteBuffer.wrap(zip, zip.length - 22, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
        int start = end.getInt(16);
        byte[] entry = Arrays.copyOfRange(zip, start, zip.length - 22);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(zip, 0, start);
        for (int i = 0; i < 1000; i++) {
            System.arraycopy("%04d".formatted(i).getBytes(StandardCharsets.US_ASCII), 0, entry, 46, 4);
            out.writeBytes(entry);
        }
        end.putShort(8, (short) 1000).putShort(10, (short) 1000).putInt(12, 1000 * entry.length);
        out.write(zip, zip.length - 22, 22);
        return out.toByteArray();
    }

    private static List<Crafted> idx(byte[] seed) throws IOException {
        int most = Integer.MAX_VALUE;
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            members.writeBytes(Wrapping.gzip(new byte[0]));
        }
        members.writeBytes(seed);
        return List.of(
                bad("as many as an int counts", header(most, most, most)),
                bad("a gigabyte", header(1 << 10, 1 << 10, 1 << 10)),
                bad("2^32 in the product", header(1 << 16, 1 << 16, 1)),
                bad("none", header(0, 5, 4)),
                bad("a negative count", header(-3, 5, 4)),
                bad("a gzip bomb", zeros(ByteBuffer.allocate(16).putInt(0x803).putInt(3).putInt(20 * 1024).putInt(10 * 1024)
                        .array(), 600)),
                bad("more than told", zeros(new byte[] {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 4}, 600)),
                new Crafted("100,000 empty gzip members before it", members.toByteArray(), true));
    }

    private static byte[] header(int count, int height, int width) throws IOException {
        return Wrapping.gzip(ByteBuffer.allocate(16).putInt(0x803).putInt(count).putInt(height).putInt(width).array());
    }

    /** A head and so many zeros, gzipped. */
    private static byte[] zeros(byte[] head, int megabytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(out)) {
            zipped.write(head);
            for (int i = 0; i < megabytes; i++) {
                zipped.write(new byte[MEGABYTE]);
            }
        }
        return out.toByteArray();
    }

    private static List<Crafted> tar(byte[] seed, Path outside) throws IOException {
        List<Crafted> files = new ArrayList<>();
        for (String name : List.of("../evil", "set/../../evil", outside + "/evil", "other/evil", "set/../evil", "/",
                "..", "set", "set/a\nb/../../c")) {
            files.add(bad("the name " + name, archive(entry(name, '0', 3, "x"), new byte[512])));
        }
        for (char type : "123467SVM".toCharArray()) {
            files.add(bad("a link or device of type " + (int) type,
                    archive(entry("set/evil", type, 0, outside.toString()),
                            entry("set/evil/file", '0', 0, ""), entry("set/evil", '5', 0, ""))));
        }
        files.add(bad("a sparse file of a terabyte", archive(
                pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=set/sparse",
                        "GNU.sparse.realsize=1099511627776"),
                entry("set/sparse", '0', 512, ""), block("1\n1099511627776\n0\n"))));
        files.add(bad("a sparse file of the older form", archive(
                pax("GNU.sparse.size=1099511627776", "GNU.sparse.numblocks=1", "GNU.sparse.offset=1099511627776",
                        "GNU.sparse.numbytes=0"),
                entry("set/sparse", '0', 0, ""))));
        files.add(bad("a size beyond all", archive(pax("size=9223372036854775807"), entry("set/a", '0', 0, ""))));
        files.add(bad("a negative size", archive(pax("size=-1"), entry("set/a", '0', 0, ""))));
        files.add(bad("a name of 190 MB", zeros(entry("././@LongLink", 'L', 190 * MEGABYTE, ""), 190)));
        files.add(bad("attributes of 190 MB", zeros(entry("attributes", 'x', 190 * MEGABYTE, ""), 190)));
        files.add(bad("an attribute of 190 MB", zeros(concat(entry("attributes", 'x', 190 * MEGABYTE, ""),
                "199229440 comment=".getBytes(StandardCharsets.US_ASCII)), 190)));
        byte[][] attributes = new byte[50_000][];
        Arrays.fill(attributes, pax("comment=x"));
        files.add(bad("50,000 headers of attributes", archive(attributes)));
        files.add(bad("a bomb", zeros(entry("set/a", '0', 900 * MEGABYTE, ""), 900)));
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            members.writeBytes(Wrapping.gzip(new byte[0]));
        }
        members.writeBytes(seed);
        files.add(new Crafted("100,000 empty gzip members before it", members.toByteArray(), true));
        files.add(bad("a wrong checksum of the whole", withByte(seed, seed.length - 8, seed[seed.length - 8] ^ 1)));
        return files;
    }

    private static byte[] archive(byte[]... blocks) throws IOException {
        return Wrapping.gzip(concat(concat(blocks), new byte[1024]));
    }

    private static byte[] entry(String name, char type, int size, String link) {
        byte[] header = new byte[Wrapping.BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644\0000000000\0000000000\0" + "%011o\0".formatted(size) + "00000000000\0");
        header[156] = (byte) type;
        put(header, 157, link.substring(0, Math.min(100, link.length())));
        put(header, 257, "ustar\00000");
        Wrapping.putChecksum(header, 0);
        return header;
    }

    private static byte[] pax(String... attributes) {
        StringBuilder text = new StringBuilder();
        for (String attribute : attributes) {
            int length = attribute.length() + 3;
            length += Integer.toString(length).length() - 1;
            text.append(length).append(' ').append(attribute).append('\n');
        }
        return concat(entry("attributes", 'x', text.length(), ""), block(text.toString()));
    }

    private static byte[] block(String text) {
        byte[] block = new byte[Wrapping.BLOCK];
        put(block, 0, text);
        return block;
    }

    private static void put(byte[] bytes, int at, String text) {
        byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(characters, 0, bytes, at, Math.min(characters.length, bytes.length - at));
    }

    private static List<Crafted> png() throws IOException {
        int most = Integer.MAX_VALUE;
        return List.of(
                bad("2^31 a side", png(most, most, 8, 2, new byte[0])),
                bad("2^32 a side", png(-1, -1, 8, 2, new byte[0])),
                bad("no pixels", png(0, 0, 8, 2, new byte[0])),
                bad("100 megapixels and no data", png(10_000, 10_000, 16, 6, new byte[0])),
                bad("100 megapixels and a little data", png(10_000, 10_000, 16, 6, deflated(1))),
                bad("100 megapixels in one row", png(100_000_000, 1, 16, 6, deflated(763))),
                bad("a chunk as long as an int counts", concat(png(8, 8, 8, 2, new byte[0]), new byte[] {127, -1, -1, -1},
                        "IDAT".getBytes(StandardCharsets.US_ASCII))),
                bad("a palette as long as an int counts", concat(Arrays.copyOf(png(8, 8, 8, 3, new byte[0]), 33),
                        new byte[] {127, -1, -1, -1}, "PLTE".getBytes(StandardCharsets.US_ASCII), new byte[900])),
                bad("a text bomb", concat(Arrays.copyOf(png(8, 8, 8, 2, new byte[0]), 33),
                        chunk("zTXt", concat(new byte[] {'x', 0, 0}, deflated(400))), chunk("IEND", new byte[0]))),
                bad("a profile bomb", concat(Arrays.copyOf(png(8, 8, 8, 2, new byte[0]), 33),
                        chunk("iCCP", concat(new byte[] {'x', 0, 0}, deflated(400))), chunk("IEND", new byte[0]))));
    }

    private static byte[] png(int width, int height, int depth, int colours, byte[] data) throws IOException {
        byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth).put((byte) colours).array();
        return concat(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'}, chunk("IHDR", header),
                chunk("IDAT", data), chunk("IEND", new byte[0]));
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

    private static byte[] deflated(int megabytes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, new Deflater(1))) {
            for (int i = 0; i < megabytes; i++) {
                out.write(new byte[MEGABYTE]);
            }
        }
        return bytes.toByteArray();
    }

    private static List<Crafted> jpeg(List<byte[]> seeds) {
        byte[] baseline = seeds.get(0);
        byte[] progressive = seeds.get(1);
        byte[] start = {(byte) 0xff, (byte) 0xd8};
        byte[] exif = concat("Exif\0\0".getBytes(StandardCharsets.US_ASCII), new byte[] {'M', 'M', 0, 42, 0, 0, 0, 8,
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
                bad("65,535 a side", ofSize(baseline, 0xc0, 65_535, 65_535)),
                bad("no pixels", ofSize(baseline, 0xc0, 0, 0)),
                bad("81 megapixels and a little data", ofSize(baseline, 0xc0, 9_000, 9_000)),
                bad("81 megapixels, progressive, and a little data", large),
                bad("81 megapixels in 300 scans", concat(Arrays.copyOf(large, scan), concat(many),
                        new byte[] {(byte) 0xff, (byte) 0xd9})),
                bad("a segment of no length", concat(start, new byte[] {(byte) 0xff, (byte) 0xe1, 0, 0}, baseline)),
                bad("a table beyond its end", concat(start, new byte[] {(byte) 0xff, (byte) 0xdb, 0, 3, 0})),
                bad("codes of more bits than there are", concat(start, new byte[] {(byte) 0xff, (byte) 0xc4, 0, 19, 0,
                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}, Arrays.copyOfRange(baseline, 2, 200))),
                bad("only a start", start),
                new Crafted("an EXIF directory within itself", concat(start,
                        new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (2 + exif.length)}, exif,
                        Arrays.copyOfRange(baseline, 2, baseline.length)), true),
                new Crafted("100,000 empty comments", concat(start, comments,
                        Arrays.copyOfRange(baseline, 2, baseline.length)), true));
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

    private static byte[] withByte(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static byte[] concat(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }
}
