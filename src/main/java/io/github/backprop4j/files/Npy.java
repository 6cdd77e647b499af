package io.github.backprop4j.files;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One array in NumPy's npy format, version 1.0: a magic number, the length of the header, the header (a Python
 * dictionary padded with spaces to a multiple of 64), and the elements row by row, little-endian.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private static final Map<String, DataType> TYPES = Map.of("<f4", DataType.FLOAT, "<f8", DataType.DOUBLE, "<i4",
            DataType.INT32, "<i8", DataType.INT64, "|u1", DataType.UINT8);

    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '([^']{1,9})', 'fortran_order': (True|False), 'shape': \\(([0-9, ]{0,200})\\), }\\s*");

    /** What a header says about an array, which has at least one element. */
    record Header(DataType type, boolean fortranOrder, long[] shape) {

        /**
         * Counts the bytes of the elements.
         *
         * @throws ArithmeticException if a long cannot count them
         */
        long bytes() {
            return Math.multiplyExact(Arrays.stream(shape).reduce(1, Math::multiplyExact), type.width());
        }
    }

    private Npy() {}

    /** Encodes everything that goes before the elements. */
    static byte[] header(INDArray array) {
        String type = TYPES.entrySet().stream().filter(entry -> entry.getValue() == array.dataType())
                .map(Map.Entry::getKey).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("npy: no descr for an array of " + array.dataType()));
        String sizes = Arrays.stream(array.shape()).mapToObj(size -> size + ",").collect(Collectors.joining(" "));
        String shape = array.rank() > 1 ? sizes.substring(0, sizes.length() - 1) : sizes;
        String dictionary = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        int unpadded = MAGIC.length + 2 + dictionary.length() + 1;
        int padding = Math.floorMod(-unpadded, 64);
        byte[] text = (dictionary + " ".repeat(padding) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(MAGIC.length + 2 + text.length).put(MAGIC)
                .put((byte) text.length).put((byte) (text.length >> 8)).put(text).array();
    }

    /**
     * Reads everything before the first element.
     *
     * @throws IOException if there is no such header; the message says what is there instead
     */
    static Header readHeader(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        byte[] start = data.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("is no npy array of version 1.0");
        }
        int length = (start[MAGIC.length] & 255) | (start[MAGIC.length + 1] & 255) << 8;
        String text = new String(data.readNBytes(length), StandardCharsets.ISO_8859_1);
        Matcher matcher = HEADER.matcher(text);
        if (!matcher.matches() || !TYPES.containsKey(matcher.group(1))) {
            throw new IOException("has the header " + text.strip() + ", expected one of the types " + TYPES.keySet());
        }
        try {
            long[] shape = Pattern.compile("[, ]+").splitAsStream(matcher.group(3)).filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong).toArray();
            Header header = new Header(TYPES.get(matcher.group(1)), matcher.group(2).equals("True"), shape);
            if (header.bytes() == 0 || shape.length > 32) {
                throw new IOException("has the shape " + Arrays.toString(shape) + ", expected 1 to 32 sizes above 0");
            }
            return header;
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IOException("claims the shape (" + matcher.group(3) + "), too large for any file", e);
        }
    }

    /** Reads the elements that follow a header. */
    static INDArray readElements(InputStream in, Header header) throws IOException {
        INDArray array = Nd4j.createUninitialized(header.type, header.shape, header.fortranOrder ? 'f' : 'c');
        ByteBuffer elements = elements(array);
        byte[] chunk = new byte[1 << 16];
        while (elements.hasRemaining()) {
            int count = in.readNBytes(chunk, 0, Math.min(chunk.length, elements.remaining()));
            if (count == 0) {
                throw new IOException("ends " + elements.remaining() + " bytes too early");
            }
            elements.put(chunk, 0, count);
        }
        return array;
    }

    /**
     * Returns the memory of an array whose elements lie in its own order without gaps. It is valid only while the array is
     * reachable.
     */
    static ByteBuffer elements(INDArray array) {
        long bytes = array.length() * array.dataType().width();
        return new BytePointer(array.data().addressPointer()).capacity(bytes).asByteBuffer();
    }
}
