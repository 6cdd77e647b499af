package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data set that is larger than Java's heap. */
class HeapTest {

    private static final int IMAGES = 1000;
    private static final int HEIGHT = 400;
    private static final int WIDTH = 500;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeData() throws IOException {
        writeZeros("train-images-idx3-ubyte", (long) IMAGES * HEIGHT * WIDTH, 0x803, IMAGES, HEIGHT, WIDTH);
        writeZeros("train-labels-idx1-ubyte", IMAGES, 0x801, IMAGES);
        writeZeros("t10k-images-idx3-ubyte", HEIGHT * WIDTH, 0x803, 1, HEIGHT, WIDTH);
        writeZeros("t10k-labels-idx1-ubyte", 1, 0x801, 1);
    }

    /** Most file systems give such a file no room on the disk. */
    private void writeZeros(String name, long count, int... header) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            for (int word : header) {
                file.writeInt(word);
            }
            file.setLength(file.getFilePointer() + count);
        }
    }

    /** What is told is what would be kept. */
    @ParameterizedTest
    @ValueSource(ints = {IMAGES, 500})
    void isToldInOneLineWithWhatToDo(int limit) {
        CliProcess process = new CliProcess(folder, List.of("-Xmx64m"), Main.class);
        CliProcess.Result result = process.run("train", "--data", folder.toString(), "--layers", "dense:2", "--epochs", "1",
                "--limit", Integer.toString(limit));
        String problem = "backprop4j: " + folder.resolve("train-images-idx3-ubyte")
                + ": holds " + limit + " images of 400x500, which take " + limit * HEIGHT * WIDTH
                + " bytes, but Java's heap has at most ";
        String line = result.err().lines().filter(each -> each.startsWith("backprop4j: ")).findFirst().orElse("");
        assertTrue(line.startsWith(problem), result::err);
        assertTrue(line.endsWith("; give it more (JDK_JAVA_OPTIONS=-Xmx8g before the command), or train on fewer images"
                + " (--limit)"), result::err);
        assertEquals(2, result.exitCode());
    }

    @Test
    void aPartCanBeHad() {
        CliProcess process = new CliProcess(folder, List.of("-Xmx64m"), Main.class);
        CliProcess.Result result = process.run("train", "--data", folder.toString(), "--layers", "pool:100", "--epochs", "1",
                "--limit", "20", "--batch-size", "4", "--output", folder.resolve("run").toString());
        assertEquals(0, result.exitCode(), result::err);
    }
}
