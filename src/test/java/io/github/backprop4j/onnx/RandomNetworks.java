package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small networks of all layers in random order, whose parameters and running statistics are all random. */
final class RandomNetworks {

    private static final List<String> CLASSES = List.of("cat", "dog", "fox", "owl's");

    private final Random random;

    private RandomNetworks(long seed) {
        random = new Random(seed);
    }

    /** Returns another network for each seed. */
    static Network network(long seed) {
        RandomNetworks networks = new RandomNetworks(seed);
        return Stream.generate(networks::any).filter(RandomNetworks::tellsImagesApart).findFirst().orElseThrow();
    }

    private static boolean tellsImagesApart(Network network) {
        return network.predictProbabilities(images(network, 10, 1)).std(true, 0).minNumber().doubleValue() > 0.01;
    }

    /** Returns images for a network, with whole numbers from 0 to 255. */
    static INDArray images(Network network, int count, long seed) {
        Architecture architecture = network.architecture();
        long[] shape = {count, architecture.channels(), architecture.height(), architecture.width()};
        long length = shape[0] * shape[1] * shape[2] * shape[3];
        return Nd4j.create(new Random(seed).ints(length, 0, 256).asDoubleStream().toArray(), shape, 'c')
                .castTo(DataType.FLOAT);
    }

    private Network any() {
        Architecture architecture = architecture();
        long[] image = {architecture.channels(), architecture.height(), architecture.width()};
        Network network = Network.initialize(architecture, new InputScaling(uniform(image, 100, 150), 1 / 64.0), 1,
                () -> uniform(new long[] {8, image[0], image[1], image[2]}, 0, 255));
        network.parameters().names().forEach(name -> draw(name, network.parameters().get(name)));
        return network;
    }

    private void draw(String name, INDArray array) {
        if (name.endsWith(".variance") || name.endsWith(".scale")) {
            array.assign(uniform(array.shape(), 0.5, 2));
        } else if (name.endsWith(".weights")) {
            long fanIn = array.rank() == 4 ? array.length() / array.size(0) : array.size(0);
            array.assign(uniform(array.shape(), -1, 1).muli(Math.sqrt(3.0 / fanIn)));
        } else {
            array.assign(uniform(array.shape(), -0.5, 0.5));
        }
    }

    private INDArray uniform(long[] shape, double least, double most) {
        long length = Nd4j.createUninitialized(DataType.FLOAT, shape).length();
        return Nd4j.create(random.doubles(length, least, most).toArray(), shape, 'c').castTo(DataType.FLOAT);
    }

    /** Layers are drawn until they fit together. */
    private Architecture architecture() {
        while (true) {
            try {
                return Architecture.parse(text(), random.nextBoolean() ? 3 : 1, 11 + random.nextInt(6),
                        11 + random.nextInt(6), CLASSES.subList(0, 2 + random.nextInt(3)));
            } catch (InvalidInputException e) {
                // the next one
            }
        }
    }

    private String text() {
        Stream<String> images = Stream.generate(this::onImages).limit(3 + random.nextInt(4));
        Stream<String> pooling =
                random.nextInt(3) > 0 ? Stream.of(any("globalmaxpool", "globalavgpool")) : Stream.of();
        Stream<String> flat = Stream.generate(this::onFeatures).limit(1 + random.nextInt(3));
        Stream<String> output =
                random.nextBoolean() ? Stream.of(any("output:nobias", "dropconnect:0.5,output")) : Stream.of();
        String begin = random.nextInt(3) == 0 ? "whiten:" + (1 + random.nextInt(3)) + "," : "";
        return begin + Stream.of(images, pooling, flat, output).flatMap(layers -> layers)
                .collect(Collectors.joining(","));
    }

    private String onImages() {
        return one(List.of(this::convolution, () -> "dropconnect:0.2," + convolution(), this::pooling, this::pointwise,
                () -> "chain(" + convolution() + "," + pointwise() + ")", () -> "conv:3:3,residual(" + keeping() + ")",
                () -> "residual(" + resized() + "|" + any("pool:1:2,", "avgpool:2,") + "conv:4:1" + any("", ":nobias") + ")",
                () -> "residual(" + resized() + "|" + resized() + ")," + pointwise()));
    }

    private String onFeatures() {
        return one(List.of(() -> "dense:" + (3 + random.nextInt(8)) + any("", ":nobias"), this::pointwise,
                () -> "residual(dense:6," + pointwise() + "|dense:6:nobias)"));
    }

    private String convolution() {
        int kernel = 1 + random.nextInt(4);
        return "conv:" + (3 + random.nextInt(4)) + ":" + kernel + ":" + any("1", "2", "3") + ":" + random.nextInt(3)
                + (kernel % 2 == 1 ? any("", ":dirac") : "") + any("", ":nobias");
    }

    /** Keeps the shape of three channels. */
    private String keeping() {
        return "conv:3:3,batchnorm," + pointwise() + ",conv:3:" + any("3", "1") + "," + pointwise();
    }

    /** Makes four channels of half the size, rounded up. */
    private String resized() {
        return "conv:4:" + any("3:2:1", "1:2:0", "4:2:2,pool:2:1") + "," + pointwise();
    }

    private String pooling() {
        return any("pool", "avgpool") + ":" + (1 + random.nextInt(3)) + any("", ":1", ":2", ":3");
    }

    private String pointwise() {
        return any("relu", "leakyrelu:0.2", "gelu", "dropout:0.3", "batchnorm", "batchnorm:0.01:noscale", "scale:-1.5");
    }

    private String any(String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    private String one(List<Supplier<String>> texts) {
        return texts.get(random.nextInt(texts.size())).get();
    }
}
