package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Differences.dot;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.layers.MaxPoolingTest.Geometry;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class AveragePoolingTest {

    static Stream<Geometry> geometries() {
        return MaxPoolingTest.geometries();
    }

    @Test
    void isTheWorkedExample() {
        INDArray x = Nd4j.createFromArray(1.0, 2, 3, 4, 5, 6, 7, 8, 9).reshape(1, 1, 3, 3);
        AveragePooling.Forward overlapping = AveragePooling.forward(x, 2, 1, 0);
        assertArrayEquals(new double[] {3, 4, 6, 7}, overlapping.out().data().asDouble());
        INDArray dOut = Nd4j.createFromArray(4.0, 8, 12, 16).reshape(1, 1, 2, 2);
        assertArrayEquals(new double[] {1, 3, 2, 4, 10, 6, 3, 7, 4},
                AveragePooling.backward(dOut, overlapping.cache()).data().asDouble());

        // windows of 3×3 at the corners, of which 2×2 are inside
        AveragePooling.Forward padded = AveragePooling.forward(x, 3, 2, 1);
        assertArrayEquals(new double[] {3, 4, 6, 7}, padded.out().data().asDouble());
        assertArrayEquals(new double[] {1, 3, 2, 4, 10, 6, 3, 7, 4},
                AveragePooling.backward(dOut, padded.cache()).data().asDouble());
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void matchesTheDefinition(Geometry g) {
        INDArray x = gaussian(new Random(g.seed()), g.n(), g.c(), g.h(), g.w());
        INDArray dOut = gaussian(new Random(g.seed() + 1), g.outShape());
        INDArray out = Nd4j.zeros(DataType.DOUBLE, g.outShape());
        INDArray dx = Nd4j.zeros(DataType.DOUBLE, x.shape());
        for (int n = 0; n < g.n(); n++) {
            for (int c = 0; c < g.c(); c++) {
                for (int i = 0; i < out.size(2); i++) {
                    for (int j = 0; j < out.size(3); j++) {
                        int top = Math.max(i * g.stride() - g.padding(), 0);
                        int left = Math.max(j * g.stride() - g.padding(), 0);
                        int bottom = Math.min(i * g.stride() - g.padding() + g.size(), g.h());
                        int right = Math.min(j * g.stride() - g.padding() + g.size(), g.w());
                        int cells = (bottom - top) * (right - left);
                        double sum = 0;
                        for (int row = top; row < bottom; row++) {
                            for (int column = left; column < right; column++) {
                                sum += x.getDouble(n, c, row, column);
                                dx.putScalar(n, c, row, column,
                                        dx.getDouble(n, c, row, column) + dOut.getDouble(n, c, i, j) / cells);
                            }
                        }
                        out.putScalar(n, c, i, j, sum / cells);
                    }
                }
            }
        }

        AveragePooling.Forward forward = AveragePooling.forward(x, g.size(), g.stride(), g.padding());
        assertClose("out", out, forward.out(), 1e-15);
        assertClose("dx", dx, AveragePooling.backward(dOut, forward.cache()), 1e-15);
    }

    /** So few because forward is linear: {@link #backwardIsTheAdjointOfForward} says the same, and much faster. */
    static Stream<Geometry> someGeometries() {
        return geometries().limit(16);
    }

    @ParameterizedTest
    @MethodSource("someGeometries")
    void gradientMatchesDifferences(Geometry g) {
        INDArray x = gaussian(new Random(g.seed()), g.n(), g.c(), g.h(), g.w());
        INDArray dOut = gaussian(new Random(g.seed() + 1), g.outShape());
        AveragePooling.Forward forward = AveragePooling.forward(x, g.size(), g.stride(), g.padding());
        Differences.assertMatches("dx",
                moved -> AveragePooling.forward(moved, g.size(), g.stride(), g.padding()).out(), x, dOut,
                AveragePooling.backward(dOut, forward.cache()));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void backwardIsTheAdjointOfForward(Geometry g) {
        INDArray x = gaussian(new Random(g.seed()), g.n(), g.c(), g.h(), g.w());
        INDArray y = gaussian(new Random(g.seed() + 1), g.outShape());
        AveragePooling.Forward forward = AveragePooling.forward(x, g.size(), g.stride(), g.padding());
        assertEquals(dot(forward.out(), y), dot(x, AveragePooling.backward(y, forward.cache())), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void aBatchIsItsImagesOneByOne(Geometry g) {
        INDArray x = gaussian(new Random(g.seed()), g.n(), g.c(), g.h(), g.w());
        INDArray dOut = gaussian(new Random(g.seed() + 1), g.outShape());
        AveragePooling.Forward batch = AveragePooling.forward(x, g.size(), g.stride(), g.padding());
        INDArray dx = AveragePooling.backward(dOut, batch.cache());
        for (int n = 0; n < g.n(); n++) {
            INDArray image = x.get(NDArrayIndex.interval(n, n + 1));
            INDArray error = dOut.get(NDArrayIndex.interval(n, n + 1));
            AveragePooling.Forward one = AveragePooling.forward(image, g.size(), g.stride(), g.padding());
            assertClose("out " + n, batch.out().get(NDArrayIndex.interval(n, n + 1)), one.out(), 0);
            assertClose("dx " + n, dx.get(NDArrayIndex.interval(n, n + 1)),
                    AveragePooling.backward(error, one.cache()), 0);
        }
    }

    @Test
    void whatIsNoNumberStaysInItsWindows() {
        INDArray x = Nd4j.createFromArray(Double.NaN, 1, 1, 2, 2, 3, 2, Double.POSITIVE_INFINITY).reshape(1, 1, 2, 4);
        AveragePooling.Forward forward = AveragePooling.forward(x, 2, 1, 0);
        assertArrayEquals(
                new double[] {Double.NaN, 1.75, Double.POSITIVE_INFINITY}, forward.out().data().asDouble());
        INDArray dOut = Nd4j.createFromArray(4, 0, Double.NaN).reshape(1, 1, 1, 3);
        assertArrayEquals(new double[] {1, 1, Double.NaN, Double.NaN, 1, 1, Double.NaN, Double.NaN},
                AveragePooling.backward(dOut, forward.cache()).data().asDouble());
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        INDArray x = gaussian(new Random(1), 5, 5, 3, 2).permute(3, 2, 0, 1);
        INDArray dOut = gaussian(new Random(2), 3, 3, 3, 2).permute(3, 2, 0, 1);
        INDArray[] before = {x.dup(), dOut.dup()};
        AveragePooling.Forward view = AveragePooling.forward(x, 3, 2, 1);
        INDArray dx = AveragePooling.backward(dOut, view.cache());
        AveragePooling.Forward copy = AveragePooling.forward(x.dup('c'), 3, 2, 1);
        AveragePooling.Forward narrow = AveragePooling.forward(Samples.floats(x), 3, 2, 1);

        assertClose("out", copy.out(), view.out(), 0);
        assertClose("dx", AveragePooling.backward(dOut.dup('c'), copy.cache()), dx, 0);
        assertEquals(DataType.FLOAT, narrow.out().dataType());
        assertClose("float out", view.out(), narrow.out(), 1e-6);
        assertClose("float dx", dx, AveragePooling.backward(Samples.floats(dOut), narrow.cache()), 1e-6);
        assertEquals(before[0], x);
        assertEquals(before[1], dOut);
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 1, 5, 5);
        assertError("average pooling: windows of 2 with stride 2 and padding 0 do not tile a side of 5: 1 pixels are"
                + " left over; change the stride or the padding", () -> AveragePooling.forward(x, 2, 2, 0));
        assertError("average pooling: a padding of 1 leaves windows of 1 without a pixel; use less padding than the"
                + " window", () -> AveragePooling.forward(x, 1, 1, 1));
        assertError("average pooling: a window of 6 is larger than a side of 5 padded by 0; use a smaller window or more"
                + " padding", () -> AveragePooling.forward(x, 6, 1, 0));
        assertError("average pooling: window 2, stride 0, padding 0; expected a window and a stride of at least 1 and a"
                + " padding of at least 0", () -> AveragePooling.forward(x, 2, 0, 0));
        assertError("average pooling: x has shape (5, 5), expected 4 dimensions (N, C, H, W)",
                () -> AveragePooling.forward(x.reshape(5, 5), 1, 1, 0));
        assertError("average pooling: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> AveragePooling.forward(x.castTo(DataType.INT32), 1, 1, 0));
        AveragePooling.Cache cache = AveragePooling.forward(x, 3, 2, 0).cache();
        assertError("average pooling: dOut has shape (1, 1, 5, 5), expected (1, 1, 2, 2)",
                () -> AveragePooling.backward(x, cache));
        assertError("average pooling: dOut is FLOAT but x is DOUBLE, expected one data type for all; use castTo",
                () -> AveragePooling.backward(Nd4j.zeros(DataType.FLOAT, 1, 1, 2, 2), cache));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
