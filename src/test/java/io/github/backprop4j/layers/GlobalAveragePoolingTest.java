package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Differences.dot;
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

class GlobalAveragePoolingTest {

    /** Images and a gradient of their means; the seed is part of the test's name. */
    record Sample(int seed, INDArray x, INDArray dOut) {

        static Sample random(int seed) {
            Random random = new Random(seed);
            int n = 1 + random.nextInt(4);
            int c = 1 + random.nextInt(4);
            return new Sample(seed, gaussian(random, n, c, 1 + random.nextInt(6), 1 + random.nextInt(6)),
                    gaussian(random, n, c));
        }

        @Override
        public String toString() {
            return "seed " + seed + " " + Arguments.shape(x);
        }
    }

    static Stream<Sample> samples() {
        return IntStream.range(0, 60).mapToObj(Sample::random);
    }

    // numpy: x = (np.arange(48)**2 % 17).reshape(2, 3, 2, 4); x.mean((2, 3))
    @Test
    void isNumpysMean() {
        double[] numbers = IntStream.range(0, 48).mapToDouble(i -> i * i % 17).toArray();
        GlobalAveragePooling.Forward forward =
                GlobalAveragePooling.forward(Nd4j.create(numbers, new long[] {2, 3, 2, 4}, 'c'));
        assertClose("out", Nd4j.createFromArray(new double[][] {{6.875, 10, 5.125}, {11.375, 5.375, 10.5}}),
                forward.out(), 0);
        INDArray dx = GlobalAveragePooling.backward(
                Nd4j.createFromArray(new double[][] {{8, 16, 24}, {32, 40, 48}}), forward.cache());
        assertArrayEquals(IntStream.range(0, 48).mapToDouble(i -> 1 + i / 8).toArray(), dx.data().asDouble());
        assertArrayEquals(new long[] {2, 3, 2, 4}, dx.shape());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void gradientMatchesDifferences(Sample s) {
        Differences.assertMatches("dx", moved -> GlobalAveragePooling.forward(moved).out(), s.x, s.dOut,
                GlobalAveragePooling.backward(s.dOut, GlobalAveragePooling.forward(s.x).cache()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void backwardIsTheAdjointOfForward(Sample s) {
        GlobalAveragePooling.Forward forward = GlobalAveragePooling.forward(s.x);
        assertEquals(dot(forward.out(), s.dOut), dot(s.x, GlobalAveragePooling.backward(s.dOut, forward.cache())),
                1e-13);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isAveragePoolingWithAWindowAsLargeAsTheImage(Sample s) {
        long side = Math.min(s.x.size(2), s.x.size(3));
        INDArray square = s.x.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, side),
                NDArrayIndex.interval(0, side));
        assertClose("out", AveragePooling.forward(square, (int) side, 1, 0).out()
                .reshape(s.dOut.shape()), GlobalAveragePooling.forward(square).out(), 1e-14);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aBatchIsItsImagesOneByOne(Sample s) {
        GlobalAveragePooling.Forward batch = GlobalAveragePooling.forward(s.x);
        INDArray dx = GlobalAveragePooling.backward(s.dOut, batch.cache());
        for (int n = 0; n < s.x.size(0); n++) {
            INDArray image = s.x.get(NDArrayIndex.interval(n, n + 1));
            INDArray error = s.dOut.get(NDArrayIndex.interval(n, n + 1));
            GlobalAveragePooling.Forward one = GlobalAveragePooling.forward(image);
            assertClose("out " + n, batch.out().get(NDArrayIndex.interval(n, n + 1)), one.out(), 0);
            assertClose("dx " + n, dx.get(NDArrayIndex.interval(n, n + 1)),
                    GlobalAveragePooling.backward(error, one.cache()), 0);
        }
    }

    @Test
    void whatIsNoNumberStaysInItsChannel() {
        INDArray x = Nd4j.createFromArray(1, Double.NaN, 3, 5, Double.POSITIVE_INFINITY, 0).reshape(1, 3, 1, 2);
        GlobalAveragePooling.Forward forward = GlobalAveragePooling.forward(x);
        assertClose("out", Nd4j.createFromArray(new double[][] {{Double.NaN, 4, Double.POSITIVE_INFINITY}}),
                forward.out(), 0);
        assertArrayEquals(
                new double[] {Double.NaN, Double.NaN, 1, 1, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY},
                GlobalAveragePooling.backward(
                        Nd4j.createFromArray(new double[][] {{Double.NaN, 2, Double.NEGATIVE_INFINITY}}),
                        forward.cache()).data().asDouble());
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        INDArray x = gaussian(new Random(1), 5, 4, 3, 2).permute(3, 2, 0, 1);
        INDArray dOut = gaussian(new Random(2), 3, 2).transpose();
        INDArray[] before = {x.dup(), dOut.dup()};
        GlobalAveragePooling.Forward view = GlobalAveragePooling.forward(x);
        INDArray dx = GlobalAveragePooling.backward(dOut, view.cache());
        GlobalAveragePooling.Forward copy = GlobalAveragePooling.forward(x.dup('c'));
        GlobalAveragePooling.Forward narrow = GlobalAveragePooling.forward(Samples.floats(x));

        assertClose("out", copy.out(), view.out(), 1e-15);
        assertClose("dx", GlobalAveragePooling.backward(dOut.dup('c'), copy.cache()), dx, 0);
        assertEquals(DataType.FLOAT, narrow.out().dataType());
        assertClose("float out", view.out(), narrow.out(), 1e-6);
        assertClose("float dx", dx, GlobalAveragePooling.backward(Samples.floats(dOut), narrow.cache()), 1e-7);
        assertEquals(before[0], x);
        assertEquals(before[1], dOut);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(2, 3, 4, 5);
        GlobalAveragePooling.Cache cache = GlobalAveragePooling.forward(x).cache();
        assertError("global average pooling: x has shape (2, 3), expected 4 dimensions (N, C, H, W)",
                () -> GlobalAveragePooling.forward(Nd4j.zeros(2, 3)));
        assertError("global average pooling: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> GlobalAveragePooling.forward(x.castTo(DataType.INT32)));
        assertError("global average pooling: dOut has shape (2, 3, 4, 5), expected (2, 3)",
                () -> GlobalAveragePooling.backward(x, cache));
        assertError("global average pooling: dOut is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> GlobalAveragePooling.backward(Nd4j.zeros(DataType.DOUBLE, 2, 3), cache));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
