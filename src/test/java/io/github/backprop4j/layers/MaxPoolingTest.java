package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.apart;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.Golden;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MaxPoolingTest {

    /** Windows that fit, overlapping or with gaps; the seed is part of the test's name. */
    record Geometry(int seed, int n, int c, int h, int w, int size, int stride, int padding) {

        static Geometry random(int seed) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(4);
            int stride = 1 + random.nextInt(4);
            int padding = random.nextInt(size);
            return new Geometry(seed, 1 + random.nextInt(3), 1 + random.nextInt(3),
                    side(random, size, stride, padding), side(random, size, stride, padding), size, stride, padding);
        }

        private static int side(Random random, int size, int stride, int padding) {
            int side = random.nextInt(5) * stride + size - 2 * padding;
            return side < 1 ? side + stride * ((stride - side) / stride) : side;
        }

        long[] outShape() {
            return new long[] {n, c, MaxPooling.outputSize(h, size, stride, padding),
                MaxPooling.outputSize(w, size, stride, padding)};
        }
    }

    static Stream<Geometry> geometries() {
        return IntStream.range(0, 80).mapToObj(Geometry::random);
    }

    @ParameterizedTest
    @CsvSource({"0,2,2", "1,2,2", "2,2,2", "3,3,3", "4,3,2"})
    void matchesTheNotebook(int example, int size, int stride) {
        Golden golden = Golden.load("maxpool");
        String p = "p" + example + "_";
        MaxPooling.Forward forward = MaxPooling.forward(golden.get(p + "x"), size, stride, 0);
        assertClose("out", golden.get(p + "out"), forward.out(), 0);
        assertClose("argmax", golden.get(p + "argmax"), forward.cache().argmax(), 0);
        if (example < 3) {
            assertClose("dx", golden.get(p + "dx"), MaxPooling.backward(golden.get(p + "d"), forward.cache()), 0);
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void matchesTheDefinition(Geometry g) {
        assertMatchesDefinition(g, gaussian(new Random(g.seed), g.n, g.c, g.h, g.w));
    }

    /** Ties, infinities and NaN in every window: NumPy's argmax takes the first NaN, else the first largest. */
    @ParameterizedTest
    @MethodSource("geometries")
    void matchesTheDefinitionWhereValuesAreEqualOrNoNumbers(Geometry g) {
        double[] values = {0, -0.0, 1, -1, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY, Double.NaN};
        Random random = new Random(g.seed);
        for (int kinds : new int[] {2, 3, 6, 7, 8}) {
            double[] x = random.ints((long) g.n * g.c * g.h * g.w, 0, kinds).mapToDouble(i -> values[i]).toArray();
            assertMatchesDefinition(g, Nd4j.create(x, new long[] {g.n, g.c, g.h, g.w}, 'c'));
        }
        assertMatchesDefinition(g, Nd4j.valueArrayOf(new long[] {g.n, g.c, g.h, g.w}, Double.NEGATIVE_INFINITY,
                DataType.DOUBLE));
    }

    private static void assertMatchesDefinition(Geometry g, INDArray x) {
        INDArray before = x.dup();
        INDArray dOut = gaussian(new Random(g.seed + 1), g.outShape());
        INDArray out = Nd4j.zeros(DataType.DOUBLE, g.outShape());
        INDArray argmax = Nd4j.zeros(DataType.DOUBLE, g.outShape());
        INDArray dx = Nd4j.zeros(DataType.DOUBLE, x.shape());
        for (int n = 0; n < g.n; n++) {
            for (int c = 0; c < g.c; c++) {
                for (int i = 0; i < out.size(2); i++) {
                    for (int j = 0; j < out.size(3); j++) {
                        int best = -1;
                        double largest = Double.NaN;
                        for (int place = 0; place < g.size * g.size; place++) {
                            int row = i * g.stride + place / g.size - g.padding;
                            int column = j * g.stride + place % g.size - g.padding;
                            if (row >= 0 && row < g.h && column >= 0 && column < g.w) {
                                double value = x.getDouble(n, c, row, column);
                                if (best < 0 || value > largest || Double.isNaN(value) && !Double.isNaN(largest)) {
                                    best = place;
                                    largest = value;
                                }
                            }
                        }
                        out.putScalar(n, c, i, j, largest);
                        argmax.putScalar(n, c, i, j, best);
                        int row = i * g.stride + best / g.size - g.padding;
                        int column = j * g.stride + best % g.size - g.padding;
                        dx.putScalar(n, c, row, column, dx.getDouble(n, c, row, column) + dOut.getDouble(n, c, i, j));
                    }
                }
            }
        }

        MaxPooling.Forward forward = MaxPooling.forward(x, g.size, g.stride, g.padding);
        assertClose("argmax", argmax, forward.cache().argmax(), 0);
        assertClose("out + 0", out.add(0), forward.out().add(0), 0);
        assertClose("dx", dx, MaxPooling.backward(dOut, forward.cache()), 1e-15);
        assertArrayEquals(before.data().asDouble(), x.data().asDouble());
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void gradientMatchesDifferences(Geometry g) {
        // of one image: that a batch is its images one by one is a test of its own
        long[] out = g.outShape();
        out[0] = 1;
        INDArray x = apart(new Random(g.seed), 1, g.c, g.h, g.w);
        INDArray dOut = gaussian(new Random(g.seed + 1), out);
        Differences.assertMatches("dx", moved -> MaxPooling.forward(moved, g.size, g.stride, g.padding).out(), x,
                dOut, MaxPooling.backward(dOut, MaxPooling.forward(x, g.size, g.stride, g.padding).cache()));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void anErrorThatIsNoNumberStaysInItsCell(double error) {
        INDArray x = Nd4j.createFromArray(1.0, 2, 4, 3).reshape(1, 1, 2, 2);
        INDArray dx = MaxPooling.backward(Nd4j.valueArrayOf(new long[] {1, 1, 1, 1}, error, DataType.DOUBLE),
                MaxPooling.forward(x, 2, 2, 0).cache());
        assertArrayEquals(new double[] {0, 0, error, 0}, dx.data().asDouble());
    }

    @Test
    void float32IsTheSame() {
        INDArray x = Samples.floats(gaussian(new Random(1), 3, 4, 9, 9));
        INDArray dOut = Samples.floats(gaussian(new Random(2), 3, 4, 4, 4));
        MaxPooling.Forward narrow = MaxPooling.forward(x, 3, 2, 0);
        MaxPooling.Forward wide = MaxPooling.forward(x.castTo(DataType.DOUBLE), 3, 2, 0);
        assertEquals(DataType.FLOAT, narrow.out().dataType());
        assertClose("out", wide.out(), narrow.out(), 0);
        assertClose("argmax", wide.cache().argmax(), narrow.cache().argmax(), 0);
        assertClose("dx", MaxPooling.backward(dOut.castTo(DataType.DOUBLE), wide.cache()),
                MaxPooling.backward(dOut, narrow.cache()), 1e-7);
    }

    @Test
    void takesViews() {
        INDArray x = gaussian(new Random(1), 4, 4, 3, 2).permute(3, 2, 0, 1);
        INDArray dOut = gaussian(new Random(2), 2, 2, 3, 2).permute(3, 2, 0, 1);
        MaxPooling.Forward view = MaxPooling.forward(x, 2, 2, 0);
        MaxPooling.Forward copy = MaxPooling.forward(x.dup('c'), 2, 2, 0);
        assertClose("out", copy.out(), view.out(), 0);
        assertClose("dx", MaxPooling.backward(dOut.dup('c'), copy.cache()), MaxPooling.backward(dOut, view.cache()), 0);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 1, 5, 5);
        assertError("max pooling: windows of 2 with stride 2 and padding 0 do not tile a side of 5: 1 pixels are left"
                + " over; change the stride or the padding", () -> MaxPooling.forward(x, 2, 2, 0));
        assertError("max pooling: a padding of 1 leaves windows of 1 without a pixel; use less padding than the window",
                () -> MaxPooling.forward(x, 1, 1, 1));
        assertError("max pooling: window 2, stride 0, padding 0; expected a window and a stride of at least 1 and a"
                + " padding of at least 0", () -> MaxPooling.forward(x, 2, 0, 0));
        assertError("max pooling: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> MaxPooling.forward(x.castTo(DataType.INT32), 1, 1, 0));
        assertError("max pooling: dOut has shape (1, 1, 5, 5), expected (1, 1, 2, 2)",
                () -> MaxPooling.backward(x, MaxPooling.forward(x, 3, 2, 0).cache()));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
