package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

class WhiteningTest {

    /** Images whose neighbouring pixels and channels go together, as those of photographs do. */
    record Sample(int seed, INDArray x, int kernelSize) {

        static Sample random(int seed) {
            Random random = new Random(seed);
            int kernelSize = 1 + random.nextInt(3);
            long height = kernelSize + random.nextInt(5);
            long width = kernelSize + random.nextInt(5);
            int channels = 1 + random.nextInt(3);
            INDArray x = gaussian(random, 6 + random.nextInt(30), channels, height, width);
            INDArray mix = gaussian(random, channels, channels);
            for (int n = 0; n < x.size(0); n++) {
                INDArray image = x.get(NDArrayIndex.point(n));
                image.assign(mix.mmul(image.dup('c').reshape('c', channels, height * width))
                        .reshape('c', channels, height, width).add(random.nextGaussian()));
            }
            return new Sample(seed, x, kernelSize);
        }

        @Override
        public String toString() {
            return "seed " + seed + " " + Arguments.shape(x) + " kernel " + kernelSize;
        }
    }

    static Stream<Sample> samples() {
        return IntStream.range(0, 40).mapToObj(Sample::random);
    }

    /** The mean of p·pᵀ in plain loops. */
    private static double[][] moments(INDArray x, int k) {
        int size = (int) x.size(1) * k * k;
        double[][] sum = new double[size][size];
        int patches = 0;
        for (int n = 0; n < x.size(0); n++) {
            for (int i = 0; i + k <= x.size(2); i++) {
                for (int j = 0; j + k <= x.size(3); j++) {
                    double[] patch = new double[size];
                    for (int d = 0; d < size; d++) {
                        patch[d] = x.getDouble(n, d / (k * k), i + d / k % k, j + d % k);
                    }
                    for (int a = 0; a < size; a++) {
                        for (int b = 0; b < size; b++) {
                            sum[a][b] += patch[a] * patch[b];
                        }
                    }
                    patches++;
                }
            }
        }
        for (double[] row : sum) {
            for (int b = 0; b < size; b++) {
                row[b] /= patches;
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void covarianceIsThatOfPlainLoops(Sample s) {
        INDArray before = s.x.dup();
        assertClose("covariance", Nd4j.createFromArray(moments(s.x, s.kernelSize)),
                Whitening.covariance(s.x, s.kernelSize), 1e-12);
        assertEquals(before, s.x);
    }

    /** Of λ a filter v / √(λ + ε) leaves λ / (λ + ε), which is 1 - ε·|filter|²; and different filters nothing in common. */
    @ParameterizedTest
    @MethodSource("samples")
    void whatTheFiltersGiveIsUncorrelatedAndOfOneSize(Sample s) {
        INDArray filters = Whitening.filters(s.x, s.kernelSize);
        long size = filters.size(0) / 2;
        INDArray out = Convolution.forward(
                s.x, filters, Nd4j.zeros(DataType.DOUBLE, 2 * size), 1, 0).out();
        double[][] found = moments(out, 1);
        double last = Double.POSITIVE_INFINITY;
        for (int a = 0; a < size; a++) {
            double squares = filters.get(NDArrayIndex.point(a)).norm2Number().doubleValue();
            squares *= squares;
            double eigenvalue = 1 / squares - Whitening.EPSILON;
            assertTrue(eigenvalue <= last + 1e-9, "eigenvalues descend");
            last = eigenvalue;
            for (int b = 0; b < size; b++) {
                double expected = a == b ? eigenvalue / (eigenvalue + Whitening.EPSILON) : 0;
                assertEquals(expected, found[a][b], 1e-8, "moment " + a + ", " + b);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theLargestElementIsPositiveAndTheNegativesFollow(Sample s) {
        INDArray filters = Whitening.filters(s.x, s.kernelSize);
        long size = filters.size(0) / 2;
        assertArrayEquals(new long[] {2 * s.x.size(1) * s.kernelSize * s.kernelSize, s.x.size(1), s.kernelSize,
            s.kernelSize}, filters.shape());
        for (long f = 0; f < size; f++) {
            INDArray filter = filters.get(NDArrayIndex.point(f));
            assertTrue(filter.maxNumber().doubleValue() >= -filter.minNumber().doubleValue(), "filter " + f);
            assertClose("negative " + f, filter.neg(), filters.get(NDArrayIndex.point(size + f)), 0);
        }
    }

    /** Mean of p·pᵀ: 1 and 4 on the diagonal, so that the second channel comes first. */
    @Test
    void isWhatOneFindsByHand() {
        INDArray x = Nd4j.createFromArray(-Math.sqrt(2), 0, 0, Math.sqrt(8)).reshape('c', 2, 2, 1, 1);
        double first = 1 / Math.sqrt(4.0005);
        double second = 1 / Math.sqrt(1.0005);
        assertClose("filters", Nd4j.createFromArray(0, first, second, 0, 0, -first, -second, 0).reshape('c', 4, 2, 1, 1),
                Whitening.filters(x, 1), 1e-14);
    }

    @Test
    void imagesWithoutContrastGiveFiniteFilters() {
        INDArray filters = Whitening.filters(Nd4j.zeros(DataType.FLOAT, 3, 1, 4, 4), 2);
        assertEquals(DataType.FLOAT, filters.dataType());
        assertEquals(1 / Math.sqrt(Whitening.EPSILON), filters.get(NDArrayIndex.point(0)).norm2Number().doubleValue(), 1e-3);
    }

    /** More patches than are in memory at once: 700·30·30·12 numbers. */
    @Test
    void manyImagesAreTheMeanOfTheirParts() {
        INDArray x = gaussian(new Random(4), 700, 3, 31, 31).castTo(DataType.FLOAT);
        INDArray parts = Nd4j.zeros(DataType.DOUBLE, 12, 12);
        for (int part = 0; part < 7; part++) {
            parts.addi(Whitening.covariance(x.get(NDArrayIndex.interval(100 * part, 100 * part + 100)), 2).div(7));
        }
        assertClose("covariance", parts, Whitening.covariance(x, 2), 1e-13);
    }

    @Test
    void takesViewsAndIsTheSameEachTime() {
        INDArray x = gaussian(new Random(5), 6, 5, 3, 20).permute(3, 2, 0, 1);
        INDArray filters = Whitening.filters(x.dup('c'), 2);
        assertClose("view", filters, Whitening.filters(x, 2), 0);
        assertClose("floats", filters.castTo(DataType.FLOAT), Whitening.filters(Samples.floats(x), 2), 1e-4);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(2, 3, 4, 5);
        assertError("whitening: x has shape (2, 3), expected 4 dimensions (N, C, H, W)",
                () -> Whitening.filters(Nd4j.zeros(2, 3), 1));
        assertError("whitening: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> Whitening.filters(x.castTo(DataType.INT32), 1));
        assertError("whitening: kernel of 5 on images (2, 3, 4, 5), expected at least 1 and no more than their sides",
                () -> Whitening.filters(x, 5));
        assertError("whitening: kernel of 0 on images (2, 3, 4, 5), expected at least 1 and no more than their sides",
                () -> Whitening.filters(x, 0));
        assertError("whitening: x holds NaN or infinite numbers, expected finite ones",
                () -> Whitening.filters(x.dup().putScalar(7, Double.NaN), 2));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
