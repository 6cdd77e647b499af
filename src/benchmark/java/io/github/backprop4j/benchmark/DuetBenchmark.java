package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.data.Cifar10;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.notebook.Hyperparameters;
import io.github.backprop4j.notebook.TrainingLoop;
import io.github.backprop4j.parallel.Scratch;
import io.github.backprop4j.parallel.Workers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.nd4j.linalg.api.memory.MemoryWorkspace;

/**
 * One thing that two versions of this library are compared by, on one thread.
 *
 * @param name tells it from the others, and is the same in both versions
 * @param operation the work, some milliseconds of it
 */
record DuetBenchmark(String name, Group group, Operation operation) {

    /** Work that can be repeated. */
    @FunctionalInterface
    interface Operation {
        /** Does it once. */
        void run() throws IOException;
    }

    private static final int BATCH = 32;
    /** A wide step takes twenty times the notebook's for each image. */
    private static final int WIDE_BATCH = 8;
    private static final int NOTEBOOK_IMAGES = 20;
    private static final List<String> CIFAR_FILES =
            List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch");
    private static final int RECORDS = 500;
    /** Of an epoch. */
    private static final int STEPS = 30;

    /**
     * Prepares all of them.
     *
     * @param scratch an empty folder for files that are read
     */
    static List<DuetBenchmark> all(Path scratch) throws IOException {
        List<DuetBenchmark> all = new ArrayList<>();
        for (Engine engine : Engine.values()) {
            all.add(step(BenchmarkNetwork.NOTEBOOK, engine, BATCH));
            all.add(step(BenchmarkNetwork.WIDE, engine, WIDE_BATCH));
        }
        all.addAll(layers());
        Path model = model(scratch);
        all.add(new DuetBenchmark("loading a model", Group.LOADING, () -> Network.load(model)));
        Path cifar = cifar(Files.createDirectory(scratch.resolve("cifar")));
        all.add(new DuetBenchmark("loading " + CIFAR_FILES.size() * RECORDS + " CIFAR-10 images", Group.LOADING,
                () -> new Cifar10().read(cifar)));
        byte[] image = png(noise(1));
        Classifier classifier = Classifier.load(model);
        all.add(new DuetBenchmark("prediction, 1 PNG file", Group.PREDICTION, () -> classifier.classify(image)));
        all.add(notebook());
        return all;
    }

    /** Of CIFAR-10's size; what they show costs no time, but drawing it would. */
    private static Images noise(int count) {
        byte[] pixels = new byte[count * 3 * 32 * 32];
        new Random(count).nextBytes(pixels);
        return new Images(3, 32, 32, Cifar10.CLASS_NAMES, pixels, IntStream.range(0, count).map(i -> i % 10).toArray());
    }

    private static DuetBenchmark step(BenchmarkNetwork network, Engine engine, int batch) {
        return new DuetBenchmark("step, " + network + ", " + engine + ", batch " + batch, Group.STEP,
                SteppedTraining.start(network, engine, noise(STEPS * batch), batch)::step);
    }

    /** Each layer with its forward and backward, in all sizes that {@link LayerPass} has of it. */
    private static List<DuetBenchmark> layers() {
        Map<String, List<LayerPass>> layers = Arrays.stream(LayerPass.values()).collect(Collectors.groupingBy(
                pass -> pass.label().replaceAll(" \\d| forward( and backward)?| backward", ""),
                LinkedHashMap::new, Collectors.toList()));
        List<DuetBenchmark> benchmarks = new ArrayList<>();
        layers.forEach((layer, passes) -> {
            List<? extends Supplier<?>> prepared = passes.stream().map(LayerPass::prepare).toList();
            benchmarks.add(new DuetBenchmark(layer, Group.LAYER, () -> {
                // as in training
                try (MemoryWorkspace scratch = Scratch.open("layer")) {
                    prepared.forEach(Supplier::get);
                }
            }));
        });
        return benchmarks;
    }

    private static Path model(Path scratch) throws IOException {
        Images images = noise(1);
        Architecture architecture = Architecture.parse(BenchmarkNetwork.NOTEBOOK.layers(), images.channels(),
                images.height(), images.width(), images.classNames());
        Path file = scratch.resolve("model.npz");
        Network.initialize(architecture, InputScaling.none(images.channels(), images.height(), images.width()), 1)
                .save(file);
        return file;
    }

    private static Path cifar(Path folder) throws IOException {
        for (String name : CIFAR_FILES) {
            Contestants.writeImages(noise(RECORDS), folder.resolve(name + ".bin"));
        }
        return folder;
    }

    private static byte[] png(Images images) throws IOException {
        BufferedImage image = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = images.pixels();
        int plane = images.width() * images.height();
        for (int i = 0; i < plane; i++) {
            image.setRGB(i % images.width(), i / images.width(),
                    (pixels[i] & 0xff) << 16 | (pixels[plane + i] & 0xff) << 8 | pixels[2 * plane + i] & 0xff);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** At a rate with which nothing overflows, however often it is repeated. */
    private static DuetBenchmark notebook() {
        Hyperparameters its = Hyperparameters.NOTEBOOK;
        Hyperparameters tamed = new Hyperparameters(its.depth2(), its.depth4(), its.kernelSize(), its.stride(),
                its.padding(), its.poolSize(), its.poolStride(), its.poolPadding(), its.hidden(), 1e-6, its.penalty(),
                its.keepProbability());
        TrainingLoop loop = new TrainingLoop(tamed, noise(NOTEBOOK_IMAGES), 0, new Workers(1));
        return new DuetBenchmark("notebook iteration, " + NOTEBOOK_IMAGES + " images", Group.NOTEBOOK,
                () -> loop.iterate(passed -> {}));
    }
}
