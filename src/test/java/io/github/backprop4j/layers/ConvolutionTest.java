package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.Golden;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ConvolutionTest {

    /** A geometry that fits; the seed is part of the test's name. */
    record Geometry(int seed, int n, int c, int h, int w, int f, int kh, int kw, int stride, int padding) {

        static Geometry random(int seed) {
            Random random = new Random(seed);
            int kh = 1 + random.nextInt(4);
            int kw = 1 + random.nextInt(4);
            int stride = 1 + random.nextInt(3);
            int padding = random.nextInt(3);
            return new Geometry(seed, 1 + random.nextInt(3), 1 + random.nextInt(3),
                    side(random, kh, stride, padding), side(random, kw, stride, padding), 1 + random.nextInt(3), kh, kw,
                    stride, padding);
        }

        /** Of one to five windows, and at least one pixel. */
        private static int side(Random random, int kernel, int stride, int padding) {
            int side = random.nextInt(5) * stride + kernel - 2 * padding;
            return side < 1 ? side + stride * ((stride - side) / stride) : side;
        }

        INDArray x() {
            return gaussian(new Random(seed), n, c, h, w);
        }

        INDArray weights() {
            return gaussian(new Random(seed + 1), f, c, kh, kw);
        }

        INDArray bias() {
            return gaussian(new Random(seed + 2), f);
        }

        INDArray dOut() {
            return gaussian(new Random(seed + 3), n, f, Convolution.outputSize(h, kh, stride, padding),
                    Convolution.outputSize(w, kw, stride, padding));
        }

        Convolution.Forward forward() {
            return Convolution.forward(x(), weights(), bias(), stride, padding);
        }
    }

    static Stream<Geometry> geometries() {
        return IntStream.range(0, 60).mapToObj(Geometry::random);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void matchesTheNotebook(int example) {
        Golden golden = Golden.load("convolution");
        String c = "c" + example + "_";
        int padding = (int) golden.get(c + "ksize_pad_stride").getLong(1);
        int stride = (int) golden.get(c + "ksize_pad_stride").getLong(2);
        INDArray bias = golden.get(c + "b");

        Convolution.Forward forward = Convolution.forward(
                golden.get(c + "x"), golden.get(c + "W"), bias.reshape(bias.length()), stride, padding);
        Convolution.Gradients gradients = Convolution.backward(golden.get(c + "dZ"), forward.cache());

        assertClose("Z", golden.get(c + "Z"), forward.out(), 1e-14);
        assertClose("dW", golden.get(c + "dW"), gradients.dWeights(), 1e-14);
        assertClose("db", golden.get(c + "db"), gradients.dBias().reshape(bias.shape()), 1e-14);
        assertClose("dx", golden.get(c + "dx"), gradients.dx(), 1e-14);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void matchesTheDefinition(Geometry g) {
        assertClose("out", naive(g), g.forward().out(), 1e-14);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void gradientsMatchDifferences(Geometry g) {
        INDArray dOut = g.dOut();
        Convolution.Gradients gradients = Convolution.backward(dOut, g.forward().cache());
        Differences.assertMatches("dx",
                x -> Convolution.forward(x, g.weights(), g.bias(), g.stride(), g.padding()).out(), g.x(), dOut,
                gradients.dx());
        Differences.assertMatches("dWeights",
                weights -> Convolution.forward(g.x(), weights, g.bias(), g.stride(), g.padding()).out(), g.weights(),
                dOut, gradients.dWeights());
        Differences.assertMatches("dBias",
                bias -> Convolution.forward(g.x(), g.weights(), bias, g.stride(), g.padding()).out(), g.bias(), dOut,
                gradients.dBias());
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void float32IsFloat64Rounded(Geometry g) {
        Convolution.Forward wide = g.forward();
        Convolution.Gradients wideGradients = Convolution.backward(g.dOut(), wide.cache());
        Convolution.Forward narrow = Convolution.forward(Samples.floats(g.x()), Samples.floats(g.weights()),
                Samples.floats(g.bias()), g.stride(), g.padding());
        Convolution.Gradients narrowGradients = Convolution.backward(Samples.floats(g.dOut()), narrow.cache());

        assertEquals(DataType.FLOAT, narrow.out().dataType());
        assertClose("out", wide.out(), narrow.out(), 1e-6);
        assertClose("dx", wideGradients.dx(), narrowGradients.dx(), 1e-6);
        assertClose("dWeights", wideGradients.dWeights(), narrowGradients.dWeights(), 1e-6);
        assertClose("dBias", wideGradients.dBias(), narrowGradients.dBias(), 1e-6);
    }

    @Test
    void aLargeBatchIsItsImagesOneByOne() {
        int n = Columns.LOWERED_AT_ONCE + 5;
        INDArray x = gaussian(new Random(1), n, 2, 6, 6);
        INDArray weights = gaussian(new Random(2), 3, 2, 3, 3);
        INDArray bias = gaussian(new Random(3), 3);
        INDArray dOut = gaussian(new Random(4), n, 3, 6, 6);

        Convolution.Forward batch = Convolution.forward(x, weights, bias, 1, 1);
        assertNull(batch.cache().columns(), "a large batch must not keep its columns");
        Convolution.Gradients gradients = Convolution.backward(dOut, batch.cache());
        INDArray dWeights = Nd4j.zeros(weights.dataType(), weights.shape());
        for (int i = 0; i < n; i++) {
            INDArray image = x.get(NDArrayIndex.interval(i, i + 1));
            Convolution.Forward single = Convolution.forward(image, weights, bias, 1, 1);
            assertNotNull(single.cache().columns());
            Convolution.Gradients gradient =
                    Convolution.backward(dOut.get(NDArrayIndex.interval(i, i + 1)), single.cache());
            assertClose("out " + i, single.out(), batch.out().get(NDArrayIndex.interval(i, i + 1)), 0);
            assertClose("dx " + i, gradient.dx(), gradients.dx().get(NDArrayIndex.interval(i, i + 1)), 0);
            dWeights.addi(gradient.dWeights());
        }
        assertClose("dWeights", dWeights, gradients.dWeights(), 1e-14);
        Convolution.ParameterGradients withoutInput = Convolution.backwardParameters(dOut, batch.cache());
        assertClose("dWeights", gradients.dWeights(), withoutInput.dWeights(), 0);
        assertClose("dBias", gradients.dBias(), withoutInput.dBias(), 0);
    }

    @Test
    void aKernelOfOnePixelIsAMatrixProduct() {
        INDArray x = gaussian(new Random(5), 1, 4, 3, 3);
        INDArray weights = gaussian(new Random(6), 2, 4, 1, 1);
        INDArray product = weights.reshape(2, 4).mmul(x.reshape(4, 9)).reshape(1, 2, 3, 3);
        assertClose("out", product,
                Convolution.forward(x, weights, Nd4j.zeros(x.dataType(), 2), 1, 0).out(), 1e-15);
    }

    @Test
    void takesViewsAndChangesNothing() {
        INDArray x = gaussian(new Random(7), 4, 5, 2, 3).permute(3, 2, 0, 1);
        INDArray weights = gaussian(new Random(8), 3, 2, 2, 2).permute(3, 2, 1, 0);
        INDArray bias = gaussian(new Random(9), 5).get(NDArrayIndex.interval(2, 4));
        INDArray dOut = gaussian(new Random(10), 6, 5, 2, 3).permute(3, 2, 1, 0);
        weights = weights.get(NDArrayIndex.interval(0, 2), NDArrayIndex.all(), NDArrayIndex.all(),
                NDArrayIndex.interval(0, 2));
        INDArray[] given = {x, weights, bias, dOut};
        INDArray[] before = {x.dup(), weights.dup(), bias.dup(), dOut.dup()};

        Convolution.Forward forward = Convolution.forward(x, weights, bias, 1, 1);
        Convolution.Gradients gradients = Convolution.backward(dOut, forward.cache());
        Convolution.Forward copied = Convolution.forward(x.dup('c'), weights.dup('c'), bias.dup('c'), 1, 1);
        Convolution.Gradients copiedGradients = Convolution.backward(dOut.dup('c'), copied.cache());

        assertClose("out", copied.out(), forward.out(), 0);
        assertClose("dx", copiedGradients.dx(), gradients.dx(), 0);
        assertClose("dWeights", copiedGradients.dWeights(), gradients.dWeights(), 0);
        for (int i = 0; i < given.length; i++) {
            assertEquals(before[i], given[i]);
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(4, 3, 8, 8);
        INDArray weights = Nd4j.zeros(2, 3, 3, 3);
        INDArray bias = Nd4j.zeros(2);
        assertError("convolution: x (4, 3, 8, 8) has 3 channels but weights (2, 5, 3, 3) expect 5",
                () -> Convolution.forward(x, Nd4j.zeros(2, 5, 3, 3), bias, 1, 1));
        assertError("convolution: x has shape (4, 3), expected 4 dimensions (N, C, H, W)",
                () -> Convolution.forward(Nd4j.zeros(4, 3), weights, bias, 1, 1));
        assertError("convolution: bias has shape (3), expected (2)",
                () -> Convolution.forward(x, weights, Nd4j.zeros(3), 1, 1));
        assertError("convolution: weights is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> Convolution.forward(x, weights.castTo(DataType.DOUBLE), bias, 1, 1));
        assertError("convolution: windows of 3 with stride 2 and padding 1 do not tile a side of 8: 1 pixels are left"
                + " over; change the stride or the padding", () -> Convolution.forward(x, weights, bias, 2, 1));
        assertError("convolution: a window of 11 is larger than a side of 8 padded by 1; use a smaller window or more"
                + " padding", () -> Convolution.outputSize(8, 11, 1, 1));
        assertError("convolution: dOut has shape (4, 2, 7, 7), expected (4, 2, 8, 8)", () -> Convolution.backward(
                Nd4j.zeros(4, 2, 7, 7), Convolution.forward(x, weights, bias, 1, 1).cache()));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }

    /** The definition, in plain loops. */
    private static INDArray naive(Geometry g) {
        INDArray x = g.x();
        INDArray weights = g.weights();
        INDArray out = Nd4j.zeros(x.dataType(), g.dOut().shape());
        for (int n = 0; n < g.n(); n++) {
            for (int f = 0; f < g.f(); f++) {
                for (int i = 0; i < out.size(2); i++) {
                    for (int j = 0; j < out.size(3); j++) {
                        double sum = g.bias().getDouble(f);
                        for (int c = 0; c < g.c(); c++) {
                            for (int p = 0; p < g.kh(); p++) {
                                for (int q = 0; q < g.kw(); q++) {
                                    int row = i * g.stride() + p - g.padding();
                                    int column = j * g.stride() + q - g.padding();
                                    if (row >= 0 && row < g.h() && column >= 0 && column < g.w()) {
                                        sum += x.getDouble(n, c, row, column) * weights.getDouble(f, c, p, q);
                                    }
                                }
                            }
                        }
                        out.putScalar(n, f, i, j, sum);
                    }
                }
            }
        }
        return out;
    }
}
