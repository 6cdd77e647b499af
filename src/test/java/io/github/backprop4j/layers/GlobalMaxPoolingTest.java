package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GlobalMaxPoolingTest {

    /** Images and a gradient of their maxima; the seed is part of the test's name. */
    record Sample(int seed, INDArray x, INDArray dOut) {

        static Sample random(int seed) {
            Random random = new Random(seed);
            int n = 1 + random.nextInt(4);
            int c = 1 + random.nextInt(4);
            return new Sample(seed, Samples.apart(random, n, c, 1 + random.nextInt(6), 1 + random.nextInt(6)),
                    gaussian(random, n, c));
        }

        @Override
        public String toString() {
            return "seed " + seed + " " + Arguments.shape(x);
        }
    }

    static Stream<Sample> samples() {
        return IntStream.range(0, 40).mapToObj(Sample::random);
    }

    // numpy: x = (np.arange(48)**2 % 23).reshape(2, 3, 2, 4); x.max((2, 3)), x.reshape(2, 3, 8).argmax(2)
    @Test
    void isNumpysMaxAndTheFirstOfThemWins() {
        double[] numbers = IntStream.range(0, 48).mapToDouble(i -> i * i % 23).toArray();
        GlobalMaxPooling.Forward forward = GlobalMaxPooling.forward(Nd4j.create(numbers, new long[] {2, 3, 2, 4}, 'c'));
        assertClose("out", Nd4j.createFromArray(new double[][] {{16, 18, 16}, {18, 18, 16}}), forward.out(), 0);
        assertArrayEquals(new int[] {4, 0, 3, 7, 6, 2}, forward.cache().winners());
        INDArray dx = GlobalMaxPooling.backward(
                Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}}), forward.cache());
        double[] expected = new double[48];
        expected[4] = 1;
        expected[8] = 2;
        expected[19] = 3;
        expected[31] = 4;
        expected[38] = 5;
        expected[42] = 6;
        assertArrayEquals(expected, dx.data().asDouble());
        assertArrayEquals(new long[] {2, 3, 2, 4}, dx.shape());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void gradientMatchesDifferences(Sample s) {
        Differences.assertMatches("dx", moved -> GlobalMaxPooling.forward(moved).out(), s.x, s.dOut,
                GlobalMaxPooling.backward(s.dOut, GlobalMaxPooling.forward(s.x).cache()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isMaxPoolingWithAWindowAsLargeAsTheImage(Sample s) {
        long side = Math.min(s.x.size(2), s.x.size(3));
        // few values, so that several are the largest
        INDArray square = s.x.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, side),
                NDArrayIndex.interval(0, side)).mul(3).dup('c');
        IntStream.range(0, (int) square.length()).forEach(i -> square.putScalar(i, Math.rint(square.getDouble(i))));
        MaxPooling.Forward expected = MaxPooling.forward(square, (int) side, 1, 0);
        GlobalMaxPooling.Forward found = GlobalMaxPooling.forward(square);
        assertClose("out", expected.out().reshape(s.dOut.shape()), found.out(), 0);
        assertClose("dx", MaxPooling.backward(s.dOut.reshape(expected.out().shape()), expected.cache()),
                GlobalMaxPooling.backward(s.dOut, found.cache()), 0);
    }

    @Test
    void nanWinsTheFirstOfThem() {
        INDArray x = Nd4j.createFromArray(1, Double.NaN, Double.POSITIVE_INFINITY, Double.NaN, Double.NEGATIVE_INFINITY,
                Double.NEGATIVE_INFINITY, -3, -5).reshape('c', 1, 2, 2, 2);
        GlobalMaxPooling.Forward forward = GlobalMaxPooling.forward(x);
        assertClose("out", Nd4j.createFromArray(new double[][] {{Double.NaN, -3}}), forward.out(), 0);
        assertArrayEquals(new int[] {1, 2}, forward.cache().winners());
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        INDArray x = gaussian(new Random(1), 5, 4, 3, 2).permute(3, 2, 0, 1);
        INDArray dOut = gaussian(new Random(2), 3, 2).transpose();
        INDArray[] before = {x.dup(), dOut.dup()};
        GlobalMaxPooling.Forward view = GlobalMaxPooling.forward(x);
        INDArray dx = GlobalMaxPooling.backward(dOut, view.cache());
        GlobalMaxPooling.Forward copy = GlobalMaxPooling.forward(x.dup('c'));
        GlobalMaxPooling.Forward narrow = GlobalMaxPooling.forward(Samples.floats(x));

        assertClose("out", copy.out(), view.out(), 0);
        assertClose("dx", GlobalMaxPooling.backward(dOut.dup('c'), copy.cache()), dx, 0);
        assertEquals(DataType.FLOAT, narrow.out().dataType());
        assertClose("float out", view.out(), narrow.out(), 1e-7);
        assertClose("float dx", dx, GlobalMaxPooling.backward(Samples.floats(dOut), narrow.cache()), 1e-7);
        assertEquals(before[0], x);
        assertEquals(before[1], dOut);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(2, 3, 4, 5);
        GlobalMaxPooling.Cache cache = GlobalMaxPooling.forward(x).cache();
        assertError("global max pooling: x has shape (2, 3), expected 4 dimensions (N, C, H, W)",
                () -> GlobalMaxPooling.forward(Nd4j.zeros(2, 3)));
        assertError("global max pooling: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> GlobalMaxPooling.forward(x.castTo(DataType.INT32)));
        assertError("global max pooling: dOut has shape (2, 3, 4, 5), expected (2, 3)",
                () -> GlobalMaxPooling.backward(x, cache));
        assertError("global max pooling: dOut is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> GlobalMaxPooling.backward(Nd4j.zeros(DataType.DOUBLE, 2, 3), cache));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
