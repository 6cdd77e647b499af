package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Differences.dot;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
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

class PaddingTest {

    /** Sides padded, cropped or left alone; the seed is part of the test's name. */
    record Geometry(int seed, int n, int c, int h, int w, int top, int bottom, int left, int right) {

        static Geometry random(int seed) {
            Random random = new Random(seed);
            int h = 1 + random.nextInt(6);
            int w = 1 + random.nextInt(6);
            int top = side(random, h - 1);
            int left = side(random, w - 1);
            return new Geometry(seed, 1 + random.nextInt(3), 1 + random.nextInt(3), h, w, top,
                    side(random, h - 1 + Math.min(top, 0)), left, side(random, w - 1 + Math.min(left, 0)));
        }

        private static int side(Random random, int mostCropped) {
            return random.nextInt(4) - Math.min(mostCropped, random.nextInt(4));
        }

        INDArray x() {
            return gaussian(new Random(seed), n, c, h, w);
        }

        INDArray dOut() {
            return gaussian(new Random(seed + 1), n, c, h + top + bottom, w + left + right);
        }

        INDArray forward(INDArray x, double value) {
            return Padding.forward(x, top, bottom, left, right, value);
        }

        INDArray backward(INDArray dOut) {
            return Padding.backward(dOut, top, bottom, left, right);
        }
    }

    static Stream<Geometry> geometries() {
        return IntStream.range(0, 80).mapToObj(Geometry::random);
    }

    // numpy: x = np.arange(1., 13).reshape(1, 1, 3, 4)
    //        np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 2)), constant_values=7)[:, :, :-1, 1:]
    //        np.pad(np.arange(1., 16).reshape(1, 1, 3, 5), ((0, 0), (0, 0), (0, 1), (1, 0)))[:, :, 1:, :-2]
    @Test
    void isNumpysPad() {
        INDArray x = Nd4j.arange(1, 13).castTo(DataType.DOUBLE).reshape(1, 1, 3, 4);
        INDArray out = Padding.forward(x, 1, -1, -1, 2, 7);
        assertArrayEquals(new long[] {1, 1, 3, 5}, out.shape());
        assertArrayEquals(new double[] {7, 7, 7, 7, 7, 2, 3, 4, 7, 7, 6, 7, 8, 7, 7}, out.data().asDouble());
        INDArray dOut = Nd4j.arange(1, 16).castTo(DataType.DOUBLE).reshape(1, 1, 3, 5);
        INDArray dx = Padding.backward(dOut, 1, -1, -1, 2);
        assertArrayEquals(x.shape(), dx.shape());
        assertArrayEquals(new double[] {0, 6, 7, 8, 0, 11, 12, 13, 0, 0, 0, 0}, dx.data().asDouble());
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void matchesTheDefinition(Geometry g) {
        INDArray x = g.x();
        INDArray expected = g.dOut();
        for (int n = 0; n < g.n; n++) {
            for (int c = 0; c < g.c; c++) {
                for (int i = 0; i < expected.size(2); i++) {
                    for (int j = 0; j < expected.size(3); j++) {
                        int row = i - g.top;
                        int column = j - g.left;
                        boolean inside = row >= 0 && row < g.h && column >= 0 && column < g.w;
                        expected.putScalar(n, c, i, j, inside ? x.getDouble(n, c, row, column) : -0.5);
                    }
                }
            }
        }
        assertClose("out", expected, g.forward(x, -0.5), 0);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void gradientMatchesDifferences(Geometry g) {
        Differences.assertMatches(
                "dx", moved -> g.forward(moved, 3), g.x(), g.dOut(), g.backward(g.dOut()));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void backwardIsTheAdjointOfForward(Geometry g) {
        assertEquals(dot(g.forward(g.x(), 0), g.dOut()), dot(g.x(), g.backward(g.dOut())), 1e-12);
    }

    @Test
    void takesViewsAndFloatsAndChangesNothing() {
        INDArray x = gaussian(new Random(1), 5, 4, 3, 2).permute(3, 2, 0, 1);
        INDArray before = x.dup();
        for (int[] sides : new int[][] {{1, 2, 0, 1}, {-1, 0, -2, 0}, {-1, 2, 1, -1}}) {
            INDArray out = Padding.forward(x, sides[0], sides[1], sides[2], sides[3], 9);
            assertClose("out", Padding.forward(x.dup('c'), sides[0], sides[1], sides[2], sides[3], 9), out, 0);
            INDArray narrow = Padding.forward(Samples.floats(x), sides[0], sides[1], sides[2], sides[3], 9);
            assertEquals(DataType.FLOAT, narrow.dataType());
            assertClose("float out", out, narrow, 1e-7);
            out.assign(0);
            assertEquals(before, x);
        }
        assertSame(x, Padding.forward(x, 0, 0, 0, 0, 9));
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(1, 1, 4, 3);
        assertError("padding: -3 and -1 pixels leave nothing of a height of 4; cut off fewer",
                () -> Padding.forward(x, -3, -1, 0, 0, 0));
        assertError("padding: 5 and -3 pixels leave nothing of a width of 3; cut off fewer",
                () -> Padding.forward(x, 0, 0, 5, -3, 0));
        assertError("padding: -2 and -2 pixels leave nothing of a height of 4; cut off fewer",
                () -> Padding.backward(x, 2, 2, 0, 0));
        assertError("padding: x has shape (4, 3), expected 4 dimensions (N, C, H, W)",
                () -> Padding.forward(x.reshape(4, 3), 1, 1, 1, 1, 0));
        assertError("padding: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> Padding.forward(x.castTo(DataType.INT32), 1, 1, 1, 1, 0));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
