package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands as their users call them. */
@Timeout(300)
class CommandIT {

    private static final List<String> RECIPE = List.of("--limit", "900", "--batch-size", "128", "--epochs", "8",
            "--layers", "conv:8:3,batchnorm,relu,pool:4,dense:32,relu", "--augment", "flip,shift");

    @TempDir
    private Path folder;

    private Path log;

    @BeforeEach
    void place() {
        log = folder.resolve("log.txt");
    }

    private Process start(List<String> recipe, String... arguments) throws IOException {
        Path build = Path.of("target/spark").toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + build.resolve("java.options"), "-cp", build.resolve("classes") + File.pathSeparator
                        + Files.readString(build.resolve("spark.classpath")).strip(), "io.github.backprop4j.cli.SparkMain"));
        command.addAll(List.of(arguments));
        command.addAll(recipe);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return builder.start();
    }

    private int run(List<String> recipe, String... arguments) throws IOException, InterruptedException {
        return start(recipe, arguments).waitFor();
    }

    private String said() throws IOException {
        return Files.readString(log);
    }

    @Test
    void sparkTrainWritesTheModelOfTrainAlsoWhenItIsKilledAndGoesOn() throws IOException, InterruptedException {
        assertEquals(0, run(RECIPE, "train", "--output", "here"), said());
        Process killed = start(RECIPE, "spark-train", "--master", "local[2]", "--partitions", "3", "--output", "there",
                "--checkpoint-every", "2");
        while (!said().contains("epoch 1 loss") && killed.isAlive()) {
            Thread.sleep(5);
        }
        killed.destroyForcibly().waitFor();
        assertFalse(Files.exists(folder.resolve("there/model.npz")), "it was killed too late");
        assertEquals(2, run(List.of(), "spark-train", "--local-steps", "2", "--resume", "there"), said());
        assertTrue(said().contains("local-steps: 2, but the checkpoint is of a training with 0"), said());
        assertEquals(0, run(List.of(), "spark-train", "--master", "local[2]", "--resume", "there"), said());
        assertTrue(said().contains("resumed at step "), said());
        assertTrue(said().contains("A step took "), said());
        assertFalse(said().contains("WARN"), said());
        assertArrayEquals(Files.readAllBytes(folder.resolve("here/model.npz")),
                Files.readAllBytes(folder.resolve("there/model.npz")));
        try (Stream<Path> files = Files.list(folder.resolve("there"))) {
            List<String> names = files.map(each -> each.getFileName().toString()).toList();
            assertTrue(names.containsAll(List.of("report.html", "metrics.csv", "training.png")), names.toString());
        }
    }

    @Test
    void dataComeFromAnyFileSystemOfHadoop() throws IOException, InterruptedException {
        Path data = Files.createDirectory(folder.resolve("numbers"));
        Digits.write(DrawnShapes.training(200), data);
        List<String> recipe = List.of("--epochs", "1", "--layers", "dense:8,relu");
        assertEquals(0, run(recipe, "spark-train", "--data", data.toUri().toString(), "--output", "there"), said());
        assertEquals(0, run(recipe, "train", "--data", data.toString(), "--output", "here"), said());
        assertArrayEquals(Files.readAllBytes(folder.resolve("here/model.npz")),
                Files.readAllBytes(folder.resolve("there/model.npz")));
    }

    @Test
    void whatIsWrongIsSaidInOneLineAndNothingIsWritten() throws IOException, InterruptedException {
        refused("--master: spark://127.0.0.1:1 does not answer", "--master", "spark://127.0.0.1:1");
        refused("--master: 'spark://host', expected spark://HOST:PORT", "--master", "spark://host");
        refused("--master: 'sprak', expected local", "--master", "sprak");
        refused("--data: file:/nowhere/at/all is not there", "--data", "file:/nowhere/at/all");
        refused("--data: gopher://host/folder, but Hadoop knows no such file system", "--data", "gopher://host/folder");
        refused("--data: hdfs://no.such.host/folder cannot be read", "--data", "hdfs://no.such.host/folder");
        refused("--partitions: 0, expected at least 1", "--partitions", "0");
    }

    private void refused(String line, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("spark-train", "--output", "never"));
        all.addAll(List.of(arguments));
        assertEquals(2, run(List.of("--limit", "50", "--epochs", "1", "--layers", "dense:8", "--validation", "0"),
                all.toArray(String[]::new)), said());
        assertTrue(said().startsWith("backprop4j: " + line), said());
        assertEquals(1, said().lines().count(), said());
        assertFalse(Files.exists(folder.resolve("never")));
    }

    /** Writes images as a folder of PNGs for each class would be slow; MNIST's format takes one grey plane. */
    private static final class Digits {

        private Digits() {}

        static void write(Images images, Path folder) throws IOException {
            for (String part : List.of("train", "t10k")) {
                byte[] labels = new byte[8 + images.count()];
                header(labels, 2049, images.count());
                byte[] pixels = new byte[16 + images.count() * images.height() * images.width()];
                header(pixels, 2051, images.count(), images.height(), images.width());
                int plane = images.height() * images.width();
                for (int i = 0; i < images.count(); i++) {
                    labels[8 + i] = (byte) images.label(i);
                    System.arraycopy(images.pixels(), i * images.size(), pixels, 16 + i * plane, plane);
                }
                Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels);
                Files.write(folder.resolve(part + "-images-idx3-ubyte"), pixels);
            }
        }

        private static void header(byte[] file, int... numbers) {
            for (int i = 0; i < numbers.length; i++) {
                for (int b = 0; b < Integer.BYTES; b++) {
                    file[i * Integer.BYTES + b] = (byte) (numbers[i] >>> 8 * (3 - b));
                }
            }
        }
    }
}
