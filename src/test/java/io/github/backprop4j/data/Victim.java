package io.github.backprop4j.data;

import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.download.Unpacking;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.StateDescription;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingSettings;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.io.file.PathUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A reader, valid files for it, and what it reads in a form that can be compared. */
enum Victim {

    NPZ("arrays.npz", Wrapping.ZIP) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            arrays.put("a", Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}}));
            arrays.put("b.c", Nd4j.createFromArray(1.5, 2.5));
            arrays.put("counts", Nd4j.createFromArray(1L, 2L, 3L));
            arrays.put("bytes", Nd4j.createFromArray(new int[] {1, 2, 255}).castTo(DataType.UINT8));
            Npz.write(scratch.resolve("arrays.npz"), arrays);
            byte[] stored = Files.readAllBytes(scratch.resolve("arrays.npz"));
            return List.of(stored, wrapping().within(stored, entry -> entry, new Random(1)));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(Npz.read(file, 1L << 30).values());
        }
    },

    MODEL("model.npz", Wrapping.ZIP) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            network().save(scratch.resolve("model.npz"));
            return List.of(Files.readAllBytes(scratch.resolve("model.npz")));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(Network.load(file));
        }
    },

    CHECKPOINT("checkpoint-3.npz", Wrapping.ZIP) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            Random random = new Random(2);
            byte[] pixels = new byte[12 * 3 * 8 * 8];
            random.nextBytes(pixels);
            byte[] labels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
            Images images = new Images(3, 8, 8, List.of("x", "y", "z"), pixels, labels);
            try (RunDirectory run = RunDirectory.create(scratch.resolve("run"))) {
                ImageBatches batches = ImageBatches.shuffled(images, 4, Augmentation.NONE, 1);
                Trainer.builder(TrainingSettings.builder().epochs(1).checkpointEvery(1).build()).threads(1).checkpoints(run).build()
                        .train(network(), batches);
            }
            return List.of(Files.readAllBytes(scratch.resolve("run/checkpoint-3.npz")));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            try (RunDirectory run = RunDirectory.resume(file.getParent())) {
                return StateDescription.of(run.latestCheckpoint().orElseThrow());
            }
        }
    },

    IDX("train-images-idx3-ubyte.gz", Wrapping.GZIP) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            return List.of(images());
        }

        private byte[] images() throws IOException {
            ByteBuffer images = ByteBuffer.allocate(16 + 3 * 5 * 4).putInt(0x803).putInt(3).putInt(5).putInt(4);
            for (int i = 0; images.hasRemaining(); i++) {
                images.put((byte) (i * i));
            }
            return Wrapping.gzip(images.array());
        }

        @Override
        void furnish(Path folder) throws IOException {
            byte[] labels = ByteBuffer.allocate(11).putInt(0x801).putInt(3).put(new byte[] {1, 2, 3}).array();
            Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), Wrapping.gzip(labels));
            Files.write(folder.resolve("t10k-labels-idx1-ubyte"), labels);
            Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), images());
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(new Mnist().read(file.getParent()).training());
        }
    },

    CIFAR("data_batch_3.bin", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) {
            return List.of(records());
        }

        private byte[] records() {
            byte[] records = new byte[2 * 3073];
            new Random(3).nextBytes(records);
            records[0] = 9;
            records[3073] = 4;
            return records;
        }

        @Override
        void furnish(Path folder) throws IOException {
            for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_4", "data_batch_5", "test_batch")) {
                Files.write(folder.resolve(name + ".bin"), records());
            }
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(new Cifar10().read(file.getParent()).training());
        }
    },

    TAR("set.tar.gz", Wrapping.TAR_GZIP) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
                out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                out.putArchiveEntry(new TarArchiveEntry("set/"));
                out.closeArchiveEntry();
                Random random = new Random(4);
                for (String name : List.of("set/data_batch_1.bin", "set/" + "long".repeat(40), "set/deep/er/a.txt")) {
                    byte[] content = new byte[700 + random.nextInt(2000)];
                    for (int i = 0; i < content.length; i++) {
                        content[i] = (byte) (random.nextInt(4) * i);
                    }
                    TarArchiveEntry entry = new TarArchiveEntry(name);
                    entry.setSize(content.length);
                    out.putArchiveEntry(entry);
                    out.write(content);
                    out.closeArchiveEntry();
                }
            }
            return List.of(Wrapping.gzip(tar.toByteArray()));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            Path folder = file.resolveSibling("set");
            try {
                Unpacking.unpack(file, folder, 100, 200_000_000);
                List<Object> description = new ArrayList<>();
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path each : files.sorted().toList()) {
                        description.add(folder.relativize(each)
                                + (Files.isDirectory(each) ? "" : Arrays.toString(Files.readAllBytes(each))));
                    }
                }
                return description;
            } finally {
                if (Files.exists(folder)) {
                    PathUtils.deleteDirectory(folder);
                }
            }
        }
    },

    PNG("image.png", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            IndexColorModel palette = new IndexColorModel(4, 3, new byte[] {0, 99, -1}, new byte[] {5, -1, 77},
                    new byte[] {1, 2, 3}, 1);
            return List.of(encode(image(BufferedImage.TYPE_INT_RGB), "png", false),
                    encode(image(BufferedImage.TYPE_INT_ARGB), "png", true),
                    encode(image(BufferedImage.TYPE_USHORT_GRAY), "png", false),
                    encode(new BufferedImage(20, 9, BufferedImage.TYPE_BYTE_BINARY, palette), "png", true));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(file);
        }
    },

    JPEG("image.jpg", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            return List.of(encode(image(BufferedImage.TYPE_INT_RGB), "jpeg", false),
                    encode(image(BufferedImage.TYPE_INT_RGB), "jpeg", true),
                    encode(image(BufferedImage.TYPE_BYTE_GRAY), "jpeg", false), photo(scratch));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(file);
        }
    },

    GIF("image.gif", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            return List.of(encode(image(BufferedImage.TYPE_BYTE_INDEXED), "gif", false));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(file);
        }
    },

    BMP("image.bmp", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            return List.of(encode(image(BufferedImage.TYPE_INT_RGB), "bmp", false),
                    encode(image(BufferedImage.TYPE_BYTE_INDEXED), "bmp", false));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(file);
        }
    },

    WEBP("image.webp", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            return List.of(ImageFileTest.webP("lossy"), ImageFileTest.webP("lossless"));
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(file);
        }
    },

    /** Reads the headers of all images before the images. */
    FOLDER("train/cat/1.png", Wrapping.NONE) {
        @Override
        List<byte[]> seeds(Path scratch) throws IOException {
            return Stream.concat(PNG.seeds(scratch).stream(), JPEG.seeds(scratch).stream()).toList();
        }

        @Override
        void furnish(Path folder) throws IOException {
            for (String place : List.of("train/cat/2.jpg", "train/dog/1.png", "test/cat/1.png", "test/dog/1.png")) {
                Files.createDirectories(folder.resolve(place).getParent());
                Files.write(folder.resolve(place), encode(image(BufferedImage.TYPE_INT_RGB), "png", false));
            }
        }

        @Override
        List<Object> read(Path file) throws IOException {
            return describe(new ImageFolder().read(file.getParent().getParent().getParent(), ImageReading.USUAL.strict(true)).training());
        }
    };

    private final String fileName;
    private final Wrapping wrapping;

    Victim(String fileName, Wrapping wrapping) {
        this.fileName = fileName;
        this.wrapping = wrapping;
    }

    /** Where the file lies in its folder. */
    String fileName() {
        return fileName;
    }

    Wrapping wrapping() {
        return wrapping;
    }

    /** Valid files. */
    abstract List<byte[]> seeds(Path scratch) throws IOException;

    /** Reads a file; what lies in the answer is equal if what was read is. */
    abstract List<Object> read(Path file) throws IOException;

    /** Puts valid files beside it that the reader wants as well. */
    void furnish(Path folder) throws IOException {}

    private static Network network() {
        Architecture architecture = Architecture.builder(3, 8, 8).conv(2, 3).batchNorm().relu().maxPool(4).dense(3)
                .classes(List.of("x", "y", "z"));
        return Network.initialize(architecture, InputScaling.none(3, 8, 8), 1);
    }

    private static List<Object> describe(Network network) {
        List<Object> description = describe(network.toArrays().values());
        description.add(network.architecture());
        return description;
    }

    private static List<Object> describe(Iterable<INDArray> arrays) {
        List<Object> description = new ArrayList<>();
        arrays.forEach(array -> description.add(array.dataType() + Arrays.toString(array.shape())
                + Arrays.toString(array.reshape(array.length()).toDoubleVector())));
        return description;
    }

    private static List<Object> describe(Images images) {
        return List.of(Arrays.toString(images.pixels()), Arrays.toString(images.labels()));
    }

    private static List<Object> describe(Path image) throws IOException {
        byte[] pixels = ImageFile.read(image, 3, 16, 16);
        if (pixels.length != 3 * 16 * 16) {
            throw new IllegalStateException("read " + pixels.length + " pixels");
        }
        return List.of(Arrays.toString(pixels));
    }

    /** A JPEG with EXIF. */
    private static byte[] photo(Path scratch) throws IOException {
        Path file = Files.write(scratch.resolve("photo.jpg"), encode(image(BufferedImage.TYPE_INT_RGB), "jpeg", false));
        return Files.readAllBytes(ImageFileTest.withOrientation(file, 6));
    }

    private static BufferedImage image(int type) {
        BufferedImage image = new BufferedImage(40, 33, type);
        Random random = new Random(5);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt() & 0x0f0f0f0f | (6 * x << 16) | 7 * y << 8 | 0x80000000);
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, String format, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), format).next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        if (parameters.canWriteProgressive()) {
            parameters.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
