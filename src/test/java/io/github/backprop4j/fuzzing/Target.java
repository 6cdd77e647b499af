package io.github.backprop4j.fuzzing;

import io.github.backprop4j.data.Cifar10;
import io.github.backprop4j.data.ImageFile;
import io.github.backprop4j.data.ImageFolder;
import io.github.backprop4j.data.ImageReading;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.Mnist;
import io.github.backprop4j.download.Unpacking;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxImport;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.StateDescription;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A reader, valid files for it, and what it reads in a form that can be compared. */
enum Target {

    NPZ("arrays.npz", Wrapping.ZIP, Samples::npz, file -> arrays(Npz.read(file, 1L << 30))),
    MODEL("model.npz", Wrapping.ZIP, Samples::models, file -> network(Network.load(file))),
    CHECKPOINT("checkpoint-3.npz", Wrapping.ZIP, Samples::checkpoint, Target::checkpoint),
    SETTINGS("settings.json", Wrapping.NONE, Samples::settings, Target::settings),
    /** No file, but the option {@code --layers}, which strangers' settings and models have as well. */
    LAYERS("layers.txt", Wrapping.NONE, Samples::layers, Target::layers),
    /** One of four files; the others are valid. */
    IDX("train-images-idx3-ubyte.gz", Wrapping.GZIP, Samples::idx,
            file -> images(new Mnist().read(file.getParent()).training())),
    CIFAR("data_batch_3.bin", Wrapping.NONE, Samples::cifar,
            file -> images(new Cifar10().read(file.getParent()).training())),
    TAR("set.tar.gz", Wrapping.TAR_GZIP, Samples::tar, Target::unpacked),
    /** A directory, or one image in a directory of others. */
    FOLDER("images/train/cat/1.png", Wrapping.FOLDER, ImageSamples::folders, Target::folder),
    /** PNG, JPEG, GIF, BMP or WebP, by what it begins with. */
    IMAGE("image", Wrapping.NONE, ImageSamples::all, Target::image),
    ONNX("model.onnx", Wrapping.NONE, Samples::onnx, file -> network(OnnxImport.read(file)));

    /** Makes valid files. */
    private interface Seeds {
        List<byte[]> in(Path scratch) throws IOException;
    }

    private interface Reader {
        List<Object> read(Path file) throws IOException;
    }

    private final String fileName;
    private final Wrapping wrapping;
    private final Seeds seeds;
    private final Reader reader;

    Target(String fileName, Wrapping wrapping, Seeds seeds, Reader reader) {
        this.fileName = fileName;
        this.wrapping = wrapping;
        this.seeds = seeds;
        this.reader = reader;
    }

    /** Where the file lies in its folder. */
    String fileName() {
        return fileName;
    }

    Wrapping wrapping() {
        return wrapping;
    }

    /** Returns valid files. */
    List<byte[]> seeds(Path scratch) throws IOException {
        return seeds.in(scratch);
    }

    /** Reads a file; what lies in the answer is equal if what was read is. */
    List<Object> read(Path file) throws IOException {
        return reader.read(file);
    }

    /** Puts valid files beside it that the reader wants as well. */
    void furnish(Path folder) throws IOException {
        switch (this) {
            case IDX -> {
                Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), Wrapping.gzip(Samples.idxLabels()));
                Files.write(folder.resolve("t10k-labels-idx1-ubyte"), Samples.idxLabels());
                Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), Samples.idx(folder).get(0));
            }
            case CIFAR -> {
                for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_4", "data_batch_5", "test_batch")) {
                    Files.write(folder.resolve(name + ".bin"), Samples.cifar(folder).get(0));
                }
            }
            default -> {}
        }
    }

    private static List<Object> checkpoint(Path file) throws IOException {
        try (RunDirectory run = RunDirectory.resume(file.getParent())) {
            return StateDescription.of(run.latestCheckpoint().orElseThrow());
        }
    }

    private static List<Object> settings(Path file) throws IOException {
        TrainingSettings settings = RunDirectory.settings(file.getParent());
        require(settings.equals(TrainingSettings.fromJson(settings.toJson())),
                "settings are other ones when written and read again");
        return List.of(settings);
    }

    private static List<Object> layers(Path file) throws IOException {
        List<String> classes = List.of("x", "y", "z");
        Architecture architecture = Architecture.parse(
                new String(Files.readAllBytes(file), StandardCharsets.UTF_8), 3, 8, 8, classes);
        require(architecture.equals(Architecture.parse(architecture.text(), 3, 8, 8, classes)),
                "layers are other ones in their own text");
        return List.of(architecture);
    }

    private static List<Object> unpacked(Path file) throws IOException {
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

    /** Leaves no image out. */
    private static List<Object> folder(Path file) throws IOException {
        Path directory = file.getParent().getParent().getParent();
        return images(new ImageFolder().read(directory, ImageReading.USUAL.strict(true)).training());
    }

    private static List<Object> image(Path file) throws IOException {
        byte[] pixels = ImageFile.read(file, 3, 16, 16);
        require(pixels.length == 3 * 16 * 16, "read " + pixels.length + " pixels");
        return List.of(Arrays.toString(pixels));
    }

    private static List<Object> network(Network network) {
        List<Object> description = arrays(network.toArrays());
        description.add(network.architecture());
        return description;
    }

    private static List<Object> arrays(Map<String, INDArray> arrays) {
        List<Object> description = new ArrayList<>();
        arrays.forEach((name, array) -> description.add(name + array.dataType() + Arrays.toString(array.shape())
                + Arrays.toString(array.reshape(array.length()).toDoubleVector())));
        return description;
    }

    private static List<Object> images(Images images) {
        return List.of(Arrays.toString(images.pixels()), Arrays.toString(images.labels()));
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalStateException(otherwise);
        }
    }
}
