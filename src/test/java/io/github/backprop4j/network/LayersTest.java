package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.layers.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What every layer has to do, asked of every registered one. */
class LayersTest {

    private static final long DROPS = 9;

    /**
     * A layer and an input for it.
     *
     * @param input shape of one example
     * @param batchwise whether an example's output depends on the others in its batch, in training
     */
    private record Example(String text, long seed, boolean batchwise, long... input) {

        @Override
        public String toString() {
            return text + " on " + Shapes.text(input) + ", seed " + seed;
        }

        Layer layer() {
            // two classes: only the output layer asks
            List<Layer> layers = LayerParser.parse(text, 2);
            return layers.get(0);
        }

        INDArray x(int examples) {
            return Samples.apart(new Random(seed), LongStream.concat(LongStream.of(examples), LongStream.of(input))
                    .toArray());
        }

        Map<String, INDArray> parameters() {
            Random random = new Random(seed + 1);
            Map<String, INDArray> parameters = new HashMap<>();
            for (Parameter parameter : layer().parameters(input)) {
                INDArray numbers = Samples.gaussian(random, parameter.shape()).muli(0.5);
                parameters.put(parameter.name(),
                        parameter.kind() == Parameter.Kind.RUNNING_VARIANCE ? numbers.muli(numbers).addi(0.5) : numbers);
            }
            return parameters;
        }

        boolean isRandom() {
            return text.contains("drop");
        }
    }

    /** Geometries at random for what looks at images, and one of each that differs in kind. */
    static Stream<Example> examples() {
        Random random = new Random(7);
        Stream<Example> fixed = Stream.of(
                new Example("conv:3:3:2:1", 1, false, 2, 6, 6), new Example("conv:3:1:2:0", 2, false, 2, 6, 5),
                new Example("conv:2:2:nobias", 3, false, 3, 4, 5), new Example("conv:2:3:3:2", 4, false, 1, 7, 6),
                new Example("pool:2", 5, false, 2, 4, 4), new Example("pool:3:2", 6, false, 2, 6, 8),
                new Example("pool:2:3", 7, false, 1, 7, 6), new Example("avgpool:2", 8, false, 2, 5, 4),
                new Example("avgpool:3:2", 9, false, 2, 6, 8), new Example("globalavgpool", 10, false, 3, 4, 5),
                new Example("dense:4", 11, false, 2, 3, 3), new Example("dense:3:nobias", 12, false, 5),
                new Example("relu", 13, false, 2, 3, 4), new Example("leakyrelu:0.2", 14, false, 7),
                new Example("gelu", 15, false, 2, 3, 4), new Example("dropout:0.4", 16, false, 2, 4, 4),
                new Example("dropconnect:0.3,dense:4", 17, false, 6),
                new Example("dropconnect:0.3,conv:2:3", 18, false, 2, 4, 4),
                new Example("dropconnect:0.3,residual(conv:2:3,leakyrelu:0.1)", 19, false, 2, 4, 4),
                new Example("batchnorm", 20, true, 2, 3, 4), new Example("batchnorm:noscale", 21, true, 5),
                new Example("residual(conv:2:3,leakyrelu:0.3,conv:2:3)", 22, false, 2, 5, 4),
                new Example("residual(conv:4:3:2,batchnorm,gelu,conv:4:3|conv:4:1:2:0)", 23, true, 2, 6, 6),
                new Example("residual(dense:4,residual(dense:4,gelu),dropout:0.2)", 24, false, 4),
                new Example("chain(conv:3:3,gelu,avgpool:2)", 25, false, 2, 4, 4),
                new Example("output", 26, false, 2, 3, 3), new Example("output:nobias", 27, false, 4),
                new Example("whiten:2", 28, false, 2, 4, 5), new Example("whiten:1", 29, false, 1, 1, 2),
                new Example("conv:3:3:dirac:nobias", 30, false, 2, 4, 4),
                new Example("conv:2:1:2:0:dirac", 31, false, 3, 5, 4),
                new Example("globalmaxpool", 32, false, 3, 4, 5), new Example("scale:-0.25", 33, false, 2, 3, 4),
                new Example("scale:0.1111111111111111", 34, false, 5),
                new Example("batchnorm:1e-12:noscale", 35, true, 2, 3, 4), new Example("batchnorm:0.25", 36, true, 6),
                new Example("residual(chain(whiten:2,conv:2:2:1:1)|conv:2:1)", 37, false, 2, 4, 4));
        Stream<Example> drawn = random.ints(12, 100, 10_000).mapToObj(seed -> {
            Random own = new Random(seed);
            int kernel = 1 + own.nextInt(4);
            int stride = 1 + own.nextInt(3);
            int padding = own.nextInt(3);
            long[] input = {1 + own.nextInt(3), kernel + own.nextInt(5), kernel + own.nextInt(5)};
            return switch (own.nextInt(3)) {
                case 0 -> new Example("pool:" + kernel + ":" + stride, seed, false, input);
                case 1 -> new Example("avgpool:" + kernel + ":" + stride, seed, false, input);
                default -> new Example("conv:2:" + kernel + ":" + stride + ":" + padding, seed, false, input);
            };
        });
        return Stream.concat(fixed, drawn);
    }

    @Test
    void everyRegisteredLayerHasAnExample() {
        Set<String> keywords = examples().flatMap(e -> Stream.of(e.text.split("[^a-z]+"))).collect(Collectors.toSet());
        for (LayerType type : LayerRegistry.types()) {
            // others may be registered by other tests of this process
            boolean ours = type.reader().getClass().getName().startsWith(Layer.class.getPackageName());
            assertTrue(!ours || keywords.contains(type.keyword()),
                    () -> "no example of " + type.usage() + "; add one to LayersTest.examples()");
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itsTextMakesItAgain(Example e) {
        Layer layer = e.layer();
        assertEquals(layer, LayerParser.parse(layer.toString(), 2).get(0));
        assertEquals(layer, LayerParser.parse(layer.toString().toUpperCase(Locale.ROOT), 2).get(0));
        assertEquals(layer.hashCode(), LayerParser.parse(layer.toString(), 2).get(0).hashCode());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itsOutputHasTheShapeThatItTells(Example e) {
        long[] shape = LongStream.concat(LongStream.of(3), LongStream.of(e.layer().outputShape(e.input))).toArray();
        assertArrayEquals(shape, forward(e, e.x(3), e.parameters()::get).out().shape());
        assertArrayEquals(shape, e.layer().predict(e.x(3), e.parameters()::get, Functions.OF_LAYERS).shape());
    }

    /** Also that its passes change neither x nor dOut, and that its parameters' gradients do not need the input's. */
    @ParameterizedTest
    @MethodSource("examples")
    void itsGradientsMatchDifferences(Example e) {
        GradientCheck.of(e.layer(), e.input, e.seed).requireWithin(1e-8);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void withoutDropsOrBatchStatisticsItPredictsWhatItTrainsWith(Example e) {
        assumeTrue(!e.isRandom() && !e.batchwise, "is another in training");
        assertClose("out", forward(e, e.x(4), e.parameters()::get).out(),
                e.layer().predict(e.x(4), e.parameters()::get, Functions.OF_LAYERS), 0);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itPredictsABatchAsItsExamplesOneByOne(Example e) {
        INDArray x = e.x(4);
        Map<String, INDArray> parameters = e.parameters();
        INDArray all = e.layer().predict(x, parameters::get, Functions.OF_LAYERS);
        for (int i = 0; i < 4; i++) {
            INDArray one = e.layer().predict(
                    x.get(NDArrayIndex.interval(i, i + 1)).dup('c'), parameters::get, Functions.OF_LAYERS);
            assertClose("example " + i, one, all.get(NDArrayIndex.interval(i, i + 1)), 1e-13);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void inAFileItIsWhatItWas(Example e, @TempDir Path folder) throws IOException {
        assumeTrue(e.input.length == 3, "a network takes images");
        Architecture architecture = Architecture.parse(
                e.text, (int) e.input[0], (int) e.input[1], (int) e.input[2], List.of("a", "b"));
        Network network = Network.initialize(
                architecture, InputScaling.none((int) e.input[0], (int) e.input[1], (int) e.input[2]), e.seed,
                () -> e.x(9).castTo(DataType.FLOAT));
        network.save(folder.resolve("model.npz"));
        Network loaded = Network.load(folder.resolve("model.npz"));
        assertEquals(architecture, loaded.architecture());
        INDArray x = e.x(3).castTo(DataType.FLOAT);
        assertClose("logits", network.predictLogits(x), loaded.predictLogits(x), 0);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void whatLooksAtImagesRefusesFeatures(Example e) {
        assumeTrue(Stream.of("conv", "pool", "avgpool", "globalavgpool", "globalmaxpool", "whiten")
                .anyMatch(e.layer().kind()::equals), "takes features");
        assertEquals("expected images (C, H, W); put it before the first dense layer", assertThrows(
                IllegalArgumentException.class, () -> e.layer().outputShape(new long[] {5})).getMessage());
    }

    private static Layer.Forward forward(Example e, INDArray x, NamedArrays parameters) {
        return e.layer().forward(x, parameters, Functions.OF_LAYERS, new SplittableRandom(DROPS));
    }

    /** {@code floor((H + 2·padding - size) / stride) + 1} windows from the top left, as PyTorch lays them, in plain loops. */
    @ParameterizedTest
    @MethodSource("examples")
    void windowsThatDoNotTileLieAsInPyTorch(Example e) {
        assumeTrue(e.layer() instanceof ConvLayer, "is no convolution");
        ConvLayer conv = (ConvLayer) e.layer();
        INDArray x = e.x(2);
        Map<String, INDArray> parameters = e.parameters();
        INDArray out = forward(e, x, parameters::get).out();
        long rows = Math.floorDiv(e.input[1] + 2L * conv.padding() - conv.kernelSize(), conv.stride()) + 1;
        long columns = Math.floorDiv(e.input[2] + 2L * conv.padding() - conv.kernelSize(), conv.stride()) + 1;
        INDArray expected = Nd4j.create(DataType.DOUBLE, 2, conv.filters(), rows, columns);
        for (int n = 0; n < 2; n++) {
            for (int f = 0; f < conv.filters(); f++) {
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        double bias = conv.bias() ? parameters.get("bias").getDouble(f) : 0;
                        expected.putScalar(new int[] {n, f, i, j}, bias + window(conv, x, parameters.get("weights"), n, f, i, j));
                    }
                }
            }
        }
        assertClose("out", expected, out, 1e-12);
    }

    private static double window(ConvLayer conv, INDArray x, INDArray weights, int n, int f, int i, int j) {
        double sum = 0;
        for (int c = 0; c < x.size(1); c++) {
            for (int p = 0; p < conv.kernelSize(); p++) {
                for (int q = 0; q < conv.kernelSize(); q++) {
                    int h = i * conv.stride() + p - conv.padding();
                    int w = j * conv.stride() + q - conv.padding();
                    if (h >= 0 && h < x.size(2) && w >= 0 && w < x.size(3)) {
                        sum += x.getDouble(n, c, h, w) * weights.getDouble(f, c, p, q);
                    }
                }
            }
        }
        return sum;
    }
}
