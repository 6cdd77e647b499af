package io.github.backprop4j.files;

import java.io.EOFException;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Named arrays in NumPy's npz format: a zip file with an npy file for each, which {@code numpy.load} reads.
 *
 * <p>ND4J's own reader is native code that trusts what it is given and knows no compressed entries, and its writer
 * writes the buffer behind a view instead of the view.
 */
public final class Npz {

    private static final String SUFFIX = ".npy";

    /**
     * Every entry's date, so that equal arrays make equal files. Java takes the very first that a zip file can have for one
     * before it, and then writes the instant, too, which depends on the time zone.
     */
    private static final LocalDateTime NO_DATE = LocalDateTime.of(1980, 2, 1, 0, 0);

    /** The most bytes that each byte of a large file may unpack to. Weights stay far below; a zip bomb does not. */
    private static final long MAX_DEFLATION = 32;
    private static final long ANY_DEFLATION = 64L << 20;

    private Npz() {}

    /**
     * Writes the arrays in the map's order, uncompressed; equal arrays give equal bytes. The zip file's comment has a
     * checksum over their names and contents, which NumPy reads over.
     *
     * @param file replaced if it exists; either all is written or nothing
     * @param arrays of float32, float64, int32, int64 or uint8, by their names
     * @throws InvalidFileException if the file cannot be written to, as {@link AtomicFile#write} tells
     * @throws IllegalArgumentException if an array is of another type
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Map<String, INDArray> arrays) throws IOException {
        AtomicFile.write(file, out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            List<ZipEntry> entries = new ArrayList<>();
            for (Map.Entry<String, INDArray> array : arrays.entrySet()) {
                INDArray rowMajor = array.getValue().dup('c');
                entries.add(writeEntry(zip, array.getKey(), rowMajor));
                if (rowMajor.closeable()) {
                    // now, as the garbage collector does not see how much there is of it
                    rowMajor.close();
                }
            }
            zip.setComment(Inventory.seal(entries));
            zip.finish();
        });
    }

    private static ZipEntry writeEntry(ZipOutputStream zip, String name, INDArray array) throws IOException {
        byte[] header = Npy.header(array);
        ByteBuffer elements = Npy.elements(array);
        CRC32 checksum = new CRC32();
        checksum.update(header);
        checksum.update(elements.duplicate());
        ZipEntry entry = new ZipEntry(name + SUFFIX);
        entry.setTimeLocal(NO_DATE);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(header.length + elements.remaining());
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(header);
        Channels.newChannel(zip).write(elements);
        zip.closeEntry();
        Reference.reachabilityFence(array);
        return entry;
    }

    /**
     * Reads all arrays, compressed or not, in the file's order. None is missed because its name is damaged: names must
     * be the same before the arrays and in the file's directory, and a file that was written here has a checksum over them.
     * So that none can be missed, the arrays must lie one behind the other from the first byte on, in the directory's order,
     * as NumPy and this class write them; other zip files of arrays, with something before, between or in another order, are
     * refused. A file that is replaced by another while it is read gives the arrays of one of them.
     *
     * @param file an npz file of float32, float64, int32, int64 or uint8 arrays
     * @param maxBytes the most that the arrays may take together; they may also take at most 32 times as much as the file,
     *     or 64 MB if that is more
     * @return the arrays by their names, in the file's order
     * @throws InvalidFileException if the file is no npz file, is damaged or laid out otherwise, or holds more
     * @throws IOException if the file cannot be read
     */
    public static Map<String, INDArray> read(Path file, long maxBytes) throws IOException {
        Identity before = Identity.of(file);
        try {
            return readOnce(file, maxBytes);
        } catch (InvalidFileException e) {
            if (before.equals(Identity.of(file))) {
                throw e;
            }
            // it is opened twice, and was replaced meanwhile
            return readOnce(file, maxBytes);
        }
    }

    /** @param key null where the system has none */
    private record Identity(Object key, FileTime modified, long bytes) {

        static Identity of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Identity(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        }
    }

    private static Map<String, INDArray> readOnce(Path file, long maxBytes) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new InvalidFileException(file, "is no file, expected an npz file");
        }
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            long left = Math.min(maxBytes, Math.max(ANY_DEFLATION, MAX_DEFLATION * Files.size(file)));
            List<? extends ZipEntry> entries = Collections.list(zip.entries());
            Inventory.requireSame(file, entries, comment(zip));
            for (ZipEntry entry : entries) {
                String name = entry.getName();
                if (!name.endsWith(SUFFIX)) {
                    throw new InvalidFileException(file, "holds " + name + ", expected npy arrays only");
                }
                INDArray array = readEntry(file, zip, entry, left);
                left -= array.length() * array.dataType().width();
                if (arrays.put(name.substring(0, name.length() - SUFFIX.length()), array) != null) {
                    throw new InvalidFileException(file, "holds " + name + " twice");
                }
            }
        } catch (EOFException e) {
            throw new InvalidFileException(file, "is no npz file or is damaged (its directory ends too early)"
                    + advice(file), e);
        } catch (ZipException | IllegalArgumentException e) {
            // ZipFile reports a name that is no UTF-8 as an IllegalArgumentException
            throw new InvalidFileException(file, "is no npz file or is damaged (" + e.getMessage() + ")" + advice(file),
                    e);
        }
        return arrays;
    }

    /** Returns null if there is none, or one that is no UTF-8, which was not written here. */
    private static String comment(ZipFile zip) {
        try {
            return zip.getComment();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String advice(Path file) {
        boolean isOnnx = file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
        return isOnnx ? "; an ONNX file: import it first" : "";
    }

    private static INDArray readEntry(Path file, ZipFile zip, ZipEntry entry, long maxBytes) throws IOException {
        CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
        try (in) {
            Npy.Header header = Npy.readHeader(in);
            long most = Math.min(maxBytes, entry.getSize());
            if (header.bytes() > most) {
                throw new IOException("claims " + header.bytes() + " bytes, expected at most " + most);
            }
            INDArray array = Npy.readElements(in, header);
            if (in.read() >= 0 || in.getChecksum().getValue() != entry.getCrc()) {
                throw new IOException("is damaged: its length or its checksum is wrong");
            }
            return array;
        } catch (IOException e) {
            throw new InvalidFileException(file, entry.getName() + " " + e.getMessage(), e);
        }
    }
}
