package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NpzTest {

    private static final long LIMIT = 1 << 20;
    private static final Path SHELL = Path.of("/bin/sh");

    @TempDir
    private Path folder;

    @Test
    void givesBackWhatWasWritten() throws IOException {
        INDArray counted = Nd4j.arange(24).castTo(DataType.DOUBLE).reshape(2, 3, 4);
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("z", counted);
        arrays.put("float32", counted.castTo(DataType.FLOAT).reshape(24, 1));
        arrays.put("int32", counted.castTo(DataType.INT32));
        arrays.put("int64", counted.castTo(DataType.INT64));
        arrays.put("uint8", counted.castTo(DataType.UINT8));
        arrays.put("scalar", Nd4j.scalar(Math.PI));
        arrays.put("vector", Nd4j.createFromArray(Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE));
        arrays.put("view", counted.permute(2, 0, 1).get(NDArrayIndex.interval(1, 3)));
        arrays.put("column order", counted.dup('f'));
        Path file = folder.resolve("a.npz");

        Npz.write(file, arrays);
        Map<String, INDArray> read = Npz.read(file, LIMIT);

        assertEquals(new ArrayList<>(arrays.keySet()), new ArrayList<>(read.keySet()));
        arrays.forEach((name, array) -> {
            assertEquals(array.dataType(), read.get(name).dataType(), name);
            assertArrayEquals(array.shape(), read.get(name).shape(), name);
            assertArrayEquals(array.dup('c').data().asDouble(), read.get(name).data().asDouble(), name);
        });
    }

    /** {@code np.lib.format.header_data_from_array_1_0} and friends write these bytes for {@code np.arange(2.)[:, None]}. */
    @Test
    void headersAreNumpys() {
        byte[] expected = ("\u0093NUMPY\u0001\0v\0{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"
                + " ".repeat(58) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        assertArrayEquals(expected, Npy.header(Nd4j.zeros(DataType.DOUBLE, 2, 1)));
        assertTrue(text(Nd4j.zeros(DataType.FLOAT, 7)).contains("'descr': '<f4', 'fortran_order': False, 'shape': (7,), }"));
        assertTrue(text(Nd4j.scalar(1.0)).contains("'shape': (), }"));
        assertThrows(IllegalArgumentException.class, () -> Npy.header(Nd4j.zeros(DataType.BFLOAT16, 2)));
    }

    private static String text(INDArray array) {
        byte[] header = Npy.header(array);
        assertEquals(0, header.length % 64);
        return new String(header, StandardCharsets.ISO_8859_1);
    }

    /** Java writes the instant of an entry's date, too, if that is the very first that a zip file can have. */
    @Test
    void theTimeZoneIsNotInTheBytes() throws IOException {
        TimeZone zone = TimeZone.getDefault();
        Map<String, INDArray> arrays = Map.of("a", Nd4j.arange(3));
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
            Npz.write(folder.resolve("utc"), arrays);
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            Npz.write(folder.resolve("kathmandu"), arrays);
        } finally {
            TimeZone.setDefault(zone);
        }
        assertEquals(-1, Files.mismatch(folder.resolve("utc"), folder.resolve("kathmandu")));
    }

    @Test
    void equalArraysGiveEqualBytes() throws IOException, InterruptedException {
        Map<String, INDArray> arrays = Map.of("a", Nd4j.arange(100));
        Npz.write(folder.resolve("1"), arrays);
        Thread.sleep(2100); // a zip file counts time in steps of two seconds
        Npz.write(folder.resolve("2"), Map.of("a", Nd4j.arange(100)));
        assertArrayEquals(Files.readAllBytes(folder.resolve("1")), Files.readAllBytes(folder.resolve("2")));
    }

    @Test
    void readsFortranOrder() throws IOException {
        String header = "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }\n";
        INDArray read = Npz.read(zip("a.npy", npy(header, new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5,
            0, 0, 0, 6, 0, 0, 0})), LIMIT).get("a");
        assertArrayEquals(new int[] {1, 3, 5, 2, 4, 6}, read.dup('c').data().asInt());
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n";
        byte[] good = npy(header, new byte[8]);
        assertEquals(0, Npz.read(zip("a.npy", good), LIMIT).get("a").getDouble(0));

        assertProblem("holds a.txt, expected npy arrays only", zip("a.txt", good));
        assertProblem("a.npy is no npy array of version 1.0", zip("a.npy", new byte[0]));
        assertProblem("a.npy is no npy array of version 1.0", zip("a.npy", "hello, hello".getBytes(StandardCharsets.UTF_8)));
        assertProblem("a.npy ends 1 bytes too early", zip("a.npy", npy(header, new byte[7])));
        assertProblem("a.npy is damaged: its length or its checksum is wrong", zip("a.npy", npy(header, new byte[9])));
        assertProblem("a.npy has the header {'descr': '>f8', 'fortran_order': False, 'shape': (1,), }, expected one of",
                zip("a.npy", npy(header.replace('<', '>'), new byte[8])));
        assertProblem("a.npy has the header __import__('os'), expected one of",
                zip("a.npy", npy("__import__('os')", new byte[8])));
        assertProblem("a.npy has the shape [0], expected 1 to 32 sizes above 0",
                zip("a.npy", npy(header.replace("(1,)", "(0,)"), new byte[8])));
        assertProblem("a.npy claims 8000000000 bytes, expected at most 85",
                zip("a.npy", npy(header.replace("(1,)", "(1000000000,)"), new byte[8])));
        assertProblem("a.npy claims the shape (4000000000, 4000000000, 4000000000), too large for any file",
                zip("a.npy", npy(header.replace("(1,)", "(4000000000, 4000000000, 4000000000)"), new byte[8])));
        assertProblem("a.npy claims the shape (99999999999999999999,), too large for any file",
                zip("a.npy", npy(header.replace("(1,)", "(99999999999999999999,)"), new byte[8])));

        Path file = folder.resolve("whole.npz");
        Npz.write(file, Map.of("a", Nd4j.arange(1000)));
        byte[] bytes = Files.readAllBytes(file);
        bytes[2000] ^= 1;
        assertProblem("a.npy is damaged: its length or its checksum is wrong", Files.write(file, bytes));
        assertProblem("is no npz file or is damaged", Files.write(file, java.util.Arrays.copyOf(bytes, 1000)));
        assertProblem("is no npz file or is damaged", Files.write(file, new byte[0]));
        assertThrows(NoSuchFileException.class, () -> Npz.read(folder.resolve("nowhere.npz"), LIMIT));
    }

    @Test
    void passesOnWhatItCaught() throws IOException {
        Path noZip = Files.write(folder.resolve("no.npz"), new byte[100]);
        assertInstanceOf(ZipException.class,
                assertThrows(InvalidFileException.class, () -> Npz.read(noZip, LIMIT)).getCause());
        Path noArray = zip("a.npy", new byte[100]);
        assertEquals("is no npy array of version 1.0",
                assertThrows(InvalidFileException.class, () -> Npz.read(noArray, LIMIT)).getCause().getMessage());
    }

    @Test
    void boundsAllArraysTogether() throws IOException {
        Path file = folder.resolve("two.npz");
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("a", Nd4j.zeros(DataType.DOUBLE, 100));
        arrays.put("b", Nd4j.zeros(DataType.DOUBLE, 100));
        Npz.write(file, arrays);
        assertEquals(2, Npz.read(file, 1600).size());
        assertEquals(file + ": b.npy claims 800 bytes, expected at most 799",
                assertThrows(InvalidFileException.class, () -> Npz.read(file, 1599)).getMessage());
    }

    /** A bit in each byte of a small file, those of names, lengths and places among them. */
    @Test
    void noDamagedByteLosesAnArray() throws IOException {
        Path file = folder.resolve("a.npz");
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        for (String name : List.of("layer1.scale", "layer1.shift", "state")) {
            arrays.put(name, Nd4j.arange(arrays.size(), arrays.size() + 3));
        }
        Npz.write(file, arrays);
        byte[] good = Files.readAllBytes(file);
        int refused = 0;
        for (int at = 0; at < good.length; at++) {
            byte[] damaged = good.clone();
            damaged[at] ^= (byte) (1 << at % 7);
            try {
                assertEquals(arrays, Npz.read(Files.write(file, damaged), LIMIT), "byte " + at);
            } catch (InvalidFileException e) {
                refused++;
            }
        }
        assertTrue(refused > good.length / 2, refused + " refused");
    }

    /** Names that changed in both places, as if they had been written so. */
    @Test
    void refusesOtherNamesThanThoseThatWereWritten() throws IOException {
        Path file = folder.resolve("a.npz");
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("a.scale", Nd4j.arange(3));
        arrays.put("a.shift", Nd4j.arange(3).addi(1));
        Npz.write(file, arrays);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);

        for (String damaged : List.of(bytes.replace("a.shift", "b.shift"),
                bytes.replace("a.scale", "?").replace("a.shift", "a.scale").replace("?", "a.shift"))) {
            assertProblem("is damaged: its list of entries is not the one that was written",
                    Files.writeString(file, damaged, StandardCharsets.ISO_8859_1));
        }
    }

    /** Of files of others, which have no checksum over the names. */
    @Test
    void refusesADirectoryThatIsNotThatOfTheFile() throws IOException {
        byte[] good = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }\n", new byte[1]);
        Path file = folder.resolve("two.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a.npy"));
            zip.write(good);
            zip.putNextEntry(new ZipEntry("b.npy"));
            zip.write(good);
        }
        assertEquals(List.of("a", "b"), List.copyOf(Npz.read(file, LIMIT).keySet()));
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        int directory = bytes.indexOf("PK\1\2");
        int second = bytes.indexOf("PK\1\2", directory + 1);

        StringBuilder renamed = new StringBuilder(bytes);
        renamed.setCharAt(bytes.indexOf("b.npy", directory), 'c');
        String problem = "is damaged, or laid out as npz files are not: its directory has ";
        assertProblem(problem + "the entry c.npy, which is not at byte 117", rewrite(file, renamed));
        StringBuilder missing = new StringBuilder(bytes).delete(second, bytes.indexOf("PK\5\6"));
        missing.setCharAt(second + 12, (char) (second - directory));
        assertProblem(problem + "1 entries, but there is another at byte 117", rewrite(file, missing));
        StringBuilder twice = new StringBuilder(bytes.replace("b.npy", "a.npy"));
        assertProblem("holds a.npy twice", rewrite(file, twice));
    }

    /** Java writes sizes behind what it deflates; here they look like the beginning of what follows, {@code PK}. */
    @Test
    void readsADeflatedArrayOfAnySize() throws IOException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4788,), }\n";
        String padded = header.strip() + " ".repeat(0x4b50 - 10 - 4 * 4788 - header.length()) + "\n";
        Path file = folder.resolve("deflated.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : List.of("a.npy", "b.npy")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(npy(padded, new byte[4 * 4788]));
            }
        }
        assertEquals(4788, Npz.read(file, LIMIT).get("b").length());
    }

    /** As Python's zipfile does where it cannot go back, with eight bytes each, and NumPy wants these for all arrays. */
    @Test
    void readsWhatPythonWroteToAPipe() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(SHELL) && run("command -v python3") == 0, "needs python3");
        Path array = Files.write(folder.resolve("a.npy"), npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n",
                new byte[] {7, 8, 9}));
        for (String zip64 : List.of("True", "False")) {
            Path file = folder.resolve(zip64 + ".npz");
            String program = "import sys, zipfile; z = zipfile.ZipFile(sys.stdout.buffer, 'w');"
                    + " [z.open(name, 'w', force_zip64=" + zip64 + ").write(open('a.npy', 'rb').read())"
                    + " for name in ('a.npy', 'b.npy')]; z.close()";
            assertEquals(0, run("cd '" + folder + "' && python3 -c \"" + program + "\" | cat > " + file.getFileName()));
            assertEquals(List.of("a", "b"), List.copyOf(Npz.read(file, LIMIT).keySet()), zip64);
        }
    }

    private static int run(String command) throws IOException, InterruptedException {
        return new ProcessBuilder(SHELL.toString(), "-c", command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    @Test
    void readsInAThreadThatWasInterrupted() throws IOException {
        Path file = folder.resolve("a.npz");
        Npz.write(file, Map.of("a", Nd4j.arange(3)));
        try {
            Thread.currentThread().interrupt();
            assertEquals(Map.of("a", Nd4j.arange(3)), Npz.read(file, LIMIT));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void readsOverACommentThatIsNoText() throws IOException {
        Path file = folder.resolve("a.npz");
        Npz.write(file, Map.of("a", Nd4j.arange(3)));
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        int comment = bytes.lastIndexOf("backprop4j entries");
        rewrite(file, bytes.substring(0, comment) + "\u00ff".repeat(bytes.length() - comment));
        assertEquals(Map.of("a", Nd4j.arange(3)), Npz.read(file, LIMIT));
    }

    private static Path rewrite(Path file, CharSequence bytes) throws IOException {
        return Files.writeString(file, bytes, StandardCharsets.ISO_8859_1);
    }

    private void assertProblem(String expected, Path file) {
        String message = assertThrows(InvalidFileException.class, () -> Npz.read(file, LIMIT)).getMessage();
        assertTrue(message.startsWith(file + ": " + expected), message);
    }

    private Path zip(String name, byte[] content) throws IOException {
        Path file = Files.createTempFile(folder, "made", ".npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return file;
    }

    private static byte[] npy(String header, byte[] elements) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(),
            (byte) (header.length() >> 8)});
        bytes.write(header.getBytes(StandardCharsets.ISO_8859_1));
        bytes.write(elements);
        return bytes.toByteArray();
    }
}
