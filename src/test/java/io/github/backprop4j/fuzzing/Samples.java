package io.github.backprop4j.fuzzing;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.onnx.OnnxExport;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small valid files of all kinds but images; the same each time. */
final class Samples {

    private static final List<String> CLASSES = List.of("x", "y", "z");
    private static final List<String> LAYERS = List.of("conv:2:3,batchnorm,relu,pool:2,dense:3",
            "conv:2:3:dirac,gelu,residual(conv:2:3:1:1:nobias,batchnorm:1e-5:noscale|conv:2:1:1:0),leakyrelu:0.1,"
            + "dropout:0.5,globalavgpool,scale:0.5",
            "avgpool:2,conv:2:1,globalmaxpool,dropconnect:0.5,dense:2,output:nobias");

    private Samples() {}

    static List<byte[]> npz(Path scratch) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        arrays.put("a", Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}}));
        arrays.put("b.c", Nd4j.createFromArray(1.5, 2.5));
        arrays.put("counts", Nd4j.createFromArray(1L, 2L, 3L));
        arrays.put("bytes", Nd4j.createFromArray(new int[] {1, 2, 255}).castTo(DataType.UINT8));
        Npz.write(scratch.resolve("arrays.npz"), arrays);
        byte[] stored = Files.readAllBytes(scratch.resolve("arrays.npz"));
        return List.of(stored, Wrapping.zip(Wrapping.unzip(stored), true));
    }

    static List<byte[]> models(Path scratch) throws IOException {
        List<byte[]> models = new ArrayList<>();
        for (String layers : LAYERS) {
            network(layers).save(scratch.resolve("model.npz"));
            models.add(Files.readAllBytes(scratch.resolve("model.npz")));
        }
        return models;
    }

    private static Network network(String layers) {
        return Network.initialize(Architecture.parse(layers, 1, 4, 4, CLASSES), InputScaling.none(1, 4, 4), 1);
    }

    static List<byte[]> checkpoint(Path scratch) throws IOException {
        Random random = new Random(2);
        byte[] pixels = new byte[12 * 4 * 4];
        random.nextBytes(pixels);
        byte[] labels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
        Images images = new Images(1, 4, 4, CLASSES, pixels, labels);
        Path directory = Files.createTempDirectory(scratch, "run");
        try (RunDirectory run = RunDirectory.create(directory)) {
            ImageBatches batches = ImageBatches.shuffled(images, 4, Augmentation.NONE, 1);
            Trainer.builder(TrainingSettings.builder().epochs(1).checkpointEvery(1).build())
                    .threads(1).checkpoints(run).build().train(network(LAYERS.get(0)), batches);
        }
        return List.of(Files.readAllBytes(directory.resolve("checkpoint-3.npz")));
    }

    static List<byte[]> settings(Path scratch) {
        return List.of(Json.pretty(TrainingSettings.builder().build().toJson()),
                Json.pretty(TrainingSettings.builder().data("cifar10").layers(LAYERS.get(1)).limit(100).momentum(0.9)
                        .optimizer(Optimizer.NESTEROVS).freeze(1).freezeAfter(1)
                        .augment(new Augmentation(true, 2)).build().toJson()));
    }

    static List<byte[]> layers(Path scratch) {
        return Stream.concat(LAYERS.stream(), Stream.of("", "whiten:2, relu,chain(relu,conv:2:1)"))
                .map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    static List<byte[]> idx(Path scratch) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 3 * 5 * 4).putInt(0x803).putInt(3).putInt(5).putInt(4);
        for (int i = 0; images.hasRemaining(); i++) {
            images.put((byte) (i * i));
        }
        return List.of(Wrapping.gzip(images.array()));
    }

    static byte[] idxLabels() {
        return ByteBuffer.allocate(11).putInt(0x801).putInt(3).put(new byte[] {1, 2, 3}).array();
    }

    static List<byte[]> cifar(Path scratch) {
        byte[] records = new byte[2 * 3073];
        new Random(3).nextBytes(records);
        records[0] = 9;
        records[3073] = 4;
        return List.of(records);
    }

    static List<byte[]> tar(Path scratch) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(tar)) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            out.putArchiveEntry(new TarArchiveEntry("set/"));
            out.closeArchiveEntry();
            Random random = new Random(4);
            for (String name : List.of("set/data_batch_1.bin", "set/" + "long".repeat(40), "set/deep/er/a.txt")) {
                byte[] content = new byte[100 + random.nextInt(600)];
                for (int i = 0; i < content.length; i++) {
                    content[i] = (byte) (random.nextInt(4) * i);
                }
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setModTime(0);
                entry.setSize(content.length);
                out.putArchiveEntry(entry);
                out.write(content);
                out.closeArchiveEntry();
            }
        }
        return List.of(Wrapping.gzip(tar.toByteArray()));
    }

    static List<byte[]> onnx(Path scratch) throws IOException {
        List<byte[]> models = new ArrayList<>();
        for (String layers : LAYERS) {
            OnnxExport.write(network(layers), scratch.resolve("model.onnx"));
            models.add(Files.readAllBytes(scratch.resolve("model.onnx")));
        }
        for (String name : List.of("preprocessed", "activations", "lenet")) {
            try (InputStream in = Samples.class.getResourceAsStream("/onnx/" + name + ".onnx")) {
                models.add(in.readAllBytes());
            }
        }
        return models;
    }
}
