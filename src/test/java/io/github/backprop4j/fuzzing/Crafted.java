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

    static Crafted bad(String name, byte[] bytes) {
        return new Crafted(name, bytes, false);
    }

    /** What it is read as does not matter. */
    static Crafted maybe(String name, byte[] bytes) {
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
            // see onnx.DamagedFilesTest, too
            case CHECKPOINT, ONNX -> List.of();
            case SETTINGS -> settings(new String(seeds.get(0), StandardCharsets.UTF_8));
            case LAYERS -> layers();
            case IDX -> idx(seeds.get(0));
            case CIFAR -> List.of(bad("a label of 10", withByte(seeds.get(0), 3073, 10)));
            case TAR -> tar(seeds.get(0), outside);
            case FOLDER -> CraftedImages.png();
            case IMAGE -> CraftedImages.all();
        });
        return files;
    }

    private static List<Crafted> settings(String seed) {
        List<Crafted> files = new ArrayList<>();
        for (String text : List.of("null", "[]", "{}", "[".repeat(30_000), "{\"x\":".repeat(10_000), "\n".repeat(1_000_000),
                seed.replace("\"epochs\" : 10", "\"epochs\" : " + "9".repeat(60_000)), seed + seed,
                seed.replaceFirst("\"data\" : \"[^\"]*\"", "\"data\" : \"\\\\u0000\""),
                seed.replaceFirst("\"layers\" : \"[^\"]*\"", "\"layers\" : \"" + "residual(".repeat(6_000) + "\""),
                seed.replaceFirst("\"layers\" : \"[^\"]*\"", "\"layers\" : \"" + "relu,".repeat(9_990) + "relu\""),
                seed.replaceFirst("\"optimizer\" : \"[^\"]*\"", "\"optimizer\" : \"a\\\\nb\""))) {
            files.add(maybe(text.substring(0, Math.min(text.length(), 40)).strip(), text.getBytes(StandardCharsets.UTF_8)));
        }
        return files;
    }

    private static List<Crafted> layers() {
        List<Crafted> files = new ArrayList<>();
        for (String text : List.of("(".repeat(200_000), "residual(".repeat(9_000),
                "residual(".repeat(9_000) + ")".repeat(9_000), "dropconnect:0.5,".repeat(9_000) + "relu",
                ",".repeat(9_000), "|".repeat(9_000), "conv:" + "9".repeat(1_000_000),
                "conv:1" + ":1".repeat(1_000_000), "dropout:1e" + "9".repeat(100_000),
                "conv:2147483647:2147483647:1:1073741823",
                "dense:2147483647,dense:2147483647", "pool:-1", "dropout:NaN", "a\nb", "\u202e", "x".repeat(1_000_000))) {
            files.add(bad(text.substring(0, Math.min(text.length(), 40)), text.getBytes(StandardCharsets.UTF_8)));
        }
        for (String text : List.of("relu,".repeat(9_990) + "relu", "conv:1:1,".repeat(5_000),
                "residual(relu),".repeat(4_990),
                "pool:1,".repeat(9_900), "dense:1,".repeat(5_000), "batchnorm,".repeat(5_000), "residual(".repeat(8) + "relu"
                + ")".repeat(8))) {
            files.add(maybe(text.substring(0, Math.min(text.length(), 40)), text.getBytes(StandardCharsets.UTF_8)));
        }
        return files;
    }

    private static List<Crafted> npz() throws IOException {
        List<Crafted> files = new ArrayList<>();
        for (String shape : List.of("9223372036854775807,", "99999999999999999999,", "4294967296, 4294967296",
                "1000000000,", "0,", "-1,", "1, ".repeat(60) + "1", "65536, 65536, 65536, 65536")) {
            Map<String, byte[]> array = Map.of("a.npy", Wrapping.npy("<f8", shape, new byte[8]));
            files.add(bad("shape (" + shape + ")", Wrapping.zip(array, true)));
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
                bad("a million layers",
                        described(description("[3,8,8]", "relu,".repeat(1_000_000) + "relu", "\"a\",\"b\""))),
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
    private static byte[] bomb(String name) {
        return new Bombs(Wrapping.npy("|u1", 800L * MEGABYTE + ",", new byte[0]), 800).zip(name);
    }

    /** A thousand names for the same 20 MB. */
    private static byte[] overlapping() throws IOException {
        byte[] array = Wrapping.npy("|u1", 20 * MEGABYTE + ",", new byte[20 * MEGABYTE]);
        byte[] zip = Wrapping.zip(Map.of("0000.npy", array), true);
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
        return List.of(
                bad("as many as an int counts", header(most, most, most)),
                bad("a gigabyte", header(1 << 10, 1 << 10, 1 << 10)),
                bad("2^32 in the product", header(1 << 16, 1 << 16, 1)),
                bad("none", header(0, 5, 4)),
                bad("a negative count", header(-3, 5, 4)),
                bad("a gzip bomb", zeros(ByteBuffer.allocate(16).putInt(0x803).putInt(3).putInt(20 * 1024).putInt(10 * 1024)
                        .array(), 600)),
                bad("more than told", zeros(new byte[] {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 4}, 600)),
                new Crafted("100,000 empty gzip members before it", behindEmptyMembers(seed), true));
    }

    private static byte[] header(int count, int height, int width) throws IOException {
        return Wrapping.gzip(ByteBuffer.allocate(16).putInt(0x803).putInt(count).putInt(height).putInt(width).array());
    }

    /** A head and so many zeros, gzipped. */
    private static byte[] zeros(byte[] head, int megabytes) {
        return new Bombs(head, megabytes).gzip();
    }

    private static byte[] behindEmptyMembers(byte[] gzipped) throws IOException {
        byte[] empty = Wrapping.gzip(new byte[0]);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            members.writeBytes(empty);
        }
        members.writeBytes(gzipped);
        return members.toByteArray();
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
        files.add(new Crafted("100,000 empty gzip members before it", behindEmptyMembers(seed), true));
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

    private static byte[] withByte(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    static byte[] concat(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }
}
