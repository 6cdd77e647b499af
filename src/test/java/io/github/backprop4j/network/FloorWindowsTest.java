package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.backprop4j.layers.Samples;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolution and pooling of images that windows need not tile, against plain loops over PyTorch's definition: windows
 * number {@code floor((side + 2·padding - size) / stride) + 1}, and start at {@code i·stride - padding}.
 */
class FloorWindowsTest {

    private static final double TOLERANCE = 1e-12;

    /** Sizes drawn by a seed, among them windows that see no pixel and sides that end before the last stride. */
    private record Geometry(int n, int c, int h, int w, int filters, int size, int stride, int padding) {

        static Geometry draw(Random random, int mostPadding) {
            int padding = random.nextInt(mostPadding + 1);
            int size = 1 + random.nextInt(4);
            int least = Math.max(1, size - 2 * padding);
            return new Geometry(1 + random.nextInt(2), 1 + random.nextInt(2), least + random.nextInt(7),
                    least + random.nextInt(7), 1 + random.nextInt(3), size, 1 + random.nextInt(5), padding);
        }

        int windows(int side) {
            return Math.floorDiv(side + 2 * padding - size, stride) + 1;
        }

        long[] image() {
            return new long[] {n, c, h, w};
        }
    }

    /** What is done with each cell of each window: indices into the output and the image, row by row. */
    @FunctionalInterface
    private interface Visitor {
        void cell(int n, int c, int out, int i, int j, int inWindow);
    }

    /** Visits all pixels of all windows, for each channel; padding is not visited. */
    private static void visit(Geometry g, Visitor visitor) {
        for (int image = 0; image < g.n; image++) {
            for (int channel = 0; channel < g.c; channel++) {
                for (int oi = 0; oi < g.windows(g.h); oi++) {
                    for (int oj = 0; oj < g.windows(g.w); oj++) {
                        visitWindow(g, image, channel, oi, oj, visitor);
                    }
                }
            }
        }
    }

    private static void visitWindow(Geometry g, int image, int channel, int oi, int oj, Visitor visitor) {
        for (int p = 0; p < g.size; p++) {
            for (int q = 0; q < g.size; q++) {
                int i = oi * g.stride + p - g.padding;
                int j = oj * g.stride + q - g.padding;
                if (i >= 0 && i < g.h && j >= 0 && j < g.w) {
                    visitor.cell(image, channel, oi * g.windows(g.w) + oj, i, j, p * g.size + q);
                }
            }
        }
    }

    @RepeatedTest(60)
    void convolvesAsPlainLoopsDo(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        assertConvolves(Geometry.draw(random, 4), random);
    }

    /** As PyTorch allows, if to no purpose. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 3, 1", "1, 2, 3, 10, 5", "2, 1, 1, 5, 2", "1, 7, 1, 3, 1"})
    void convolvesWithWindowsThatSeePaddingAlone(int h, int w, int size, int stride, int padding) {
        assertConvolves(new Geometry(2, 2, h, w, 3, size, stride, padding), new Random(1));
    }

    private static void assertConvolves(Geometry g, Random random) {
        ConvLayer layer = new ConvLayer(g.filters, g.size, g.stride, g.padding, true);
        int oh = g.windows(g.h);
        int ow = g.windows(g.w);
        assertArrayEquals(new long[] {g.filters, oh, ow}, layer.outputShape(new long[] {g.c, g.h, g.w}), g.toString());
        INDArray x = Samples.gaussian(random, g.image());
        INDArray weights = Samples.gaussian(random, g.filters, g.c, g.size, g.size);
        INDArray bias = Samples.gaussian(random, g.filters);
        INDArray dOut = Samples.gaussian(random, g.n, g.filters, oh, ow);
        INDArray out = Nd4j.zeros(DataType.DOUBLE, dOut.shape()).addi(bias.reshape(1, g.filters, 1, 1));
        INDArray dx = Nd4j.zeros(DataType.DOUBLE, g.image());
        INDArray dWeights = Nd4j.zeros(DataType.DOUBLE, weights.shape());
        visit(g, (n, c, at, i, j, inWindow) -> {
            int p = inWindow / g.size;
            int q = inWindow % g.size;
            for (int f = 0; f < g.filters; f++) {
                long[] o = {n, f, at / ow, at % ow};
                add(out, x.getDouble(n, c, i, j) * weights.getDouble(f, c, p, q), o);
                add(dx, dOut.getDouble(o) * weights.getDouble(f, c, p, q), n, c, i, j);
                add(dWeights, dOut.getDouble(o) * x.getDouble(n, c, i, j), f, c, p, q);
            }
        });

        Map<String, INDArray> gradients = Map.of("weights", weights.like(), "bias", bias.like());
        Layer.Forward forward = layer.forward(
                x, Map.of("weights", weights, "bias", bias)::get, Functions.OF_LAYERS, null);
        assertClose(g + " out", out, forward.out(), TOLERANCE);
        assertClose(g + " dx", dx, forward.backward().apply(dOut, gradients::get, true), TOLERANCE);
        assertClose(g + " dWeights", dWeights, gradients.get("weights"), TOLERANCE);
        assertClose(g + " dBias", dOut.sum(0, 2, 3), gradients.get("bias"), TOLERANCE);

        gradients.get("weights").assign(Double.NaN);
        forward.backward().apply(dOut, gradients::get, false);
        assertClose(g + " dWeights alone", dWeights, gradients.get("weights"), TOLERANCE);
    }

    @RepeatedTest(40)
    void poolsAsPlainLoopsDo(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        Geometry g = Geometry.draw(random, 0);
        INDArray x = Samples.gaussian(random, g.image());
        long[] shape = {g.n, g.c, g.windows(g.h), g.windows(g.w)};
        INDArray dOut = Samples.gaussian(random, shape);
        INDArray largest = Nd4j.zeros(DataType.DOUBLE, shape).assign(Double.NEGATIVE_INFINITY);
        INDArray mean = Nd4j.zeros(DataType.DOUBLE, shape);
        INDArray dMean = Nd4j.zeros(DataType.DOUBLE, g.image());
        visit(g, (n, c, at, i, j, inWindow) -> {
            long[] o = {n, c, at / shape[3], at % shape[3]};
            largest.putScalar(o, Math.max(largest.getDouble(o), x.getDouble(n, c, i, j)));
            add(mean, x.getDouble(n, c, i, j) / (g.size * g.size), o);
            add(dMean, dOut.getDouble(o) / (g.size * g.size), n, c, i, j);
        });
        INDArray dLargest = Nd4j.zeros(DataType.DOUBLE, g.image());
        visit(g, (n, c, at, i, j, inWindow) -> {
            long[] o = {n, c, at / shape[3], at % shape[3]};
            if (x.getDouble(n, c, i, j) == largest.getDouble(o)) {
                add(dLargest, dOut.getDouble(o), n, c, i, j);
            }
        });

        assertPools(g, new MaxPoolLayer(g.size, g.stride), x, dOut, largest, dLargest);
        assertPools(g, new AveragePoolLayer(g.size, g.stride), x, dOut, mean, dMean);
    }

    private static void assertPools(Geometry g, Layer layer, INDArray x, INDArray dOut, INDArray out, INDArray dx) {
        String what = layer + " of " + g;
        assertArrayEquals(Shapes.ofOne(out), layer.outputShape(Shapes.ofOne(x)), what);
        Layer.Forward forward = layer.forward(x, name -> null, Functions.OF_LAYERS, null);
        assertClose(what + " out", out, forward.out(), TOLERANCE);
        assertClose(what + " dx", dx, forward.backward().apply(dOut, name -> null, true), TOLERANCE);
    }

    private static void add(INDArray sums, double value, long... at) {
        sums.putScalar(at, sums.getDouble(at) + value);
    }

    /** As torch.nn.Conv2d and MaxPool2d document their output. */
    @ParameterizedTest
    @CsvSource({
        "conv:8:3:2:1, 32, 16",
        "conv:8:1:2:0, 32, 16",
        "conv:8:1:2:0, 33, 17",
        "conv:8:7:2:3, 224, 112",
        "pool:3:2, 32, 15",
        "pool:3:2, 33, 16",
        "pool:2, 33, 16",
        "avgpool:2, 5, 2",
        "pool:2:5, 4, 1"})
    void givesThisSide(String text, int side, int expected) {
        Layer layer = LayerParser.parse(text, 2).get(0);
        long[] out = layer.outputShape(new long[] {3, side, side + 1});
        assertEquals(expected, out[1], Arrays.toString(out));
    }
}
