package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureTest {

    private static final int SIDE = 6;
    private static final int PLANE = SIDE * SIDE;

    private final float[] before = values();
    private final float[] after = before.clone();
    private final Picture picture = new Picture(after, 1, 3, SIDE, SIDE);

    /** An image with a number before and one behind it, which have to stay. */
    private static float[] values() {
        Random random = new Random(3);
        float[] values = new float[3 * PLANE + 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(256);
        }
        return values;
    }

    /** What every pixel comes from. */
    private interface Source {
        double of(int plane, int y, int x);
    }

    private void assertIs(double tolerance, Source source) {
        float[] expected = before.clone();
        for (int i = 0; i < 3 * PLANE; i++) {
            expected[1 + i] = (float) source.of(i / PLANE, i / SIDE % SIDE, i % SIDE);
        }
        assertArrayEquals(expected, after, (float) tolerance);
    }

    private double old(int plane, int y, int x) {
        return before[1 + plane * PLANE + y * SIDE + x];
    }

    private double grey(int y, int x) {
        return 0.299 * old(0, y, x) + 0.587 * old(1, y, x) + 0.114 * old(2, y, x);
    }

    private static double cut(double value) {
        return Math.max(0, Math.min(255, value));
    }

    @Test
    void turnedBy0ItIsTheSame() {
        picture.turn(0, 1);
        assertArrayEquals(before, after);
    }

    @Test
    void turnedBy90DegreesTheTopIsOnTheRight() {
        picture.turn(90, 1);
        assertIs(1e-3, (plane, y, x) -> old(plane, SIDE - 1 - x, y));
    }

    @Test
    void turnedBy180DegreesItIsUpsideDown() {
        picture.turn(-180, 1);
        assertIs(1e-3, (plane, y, x) -> old(plane, SIDE - 1 - y, SIDE - 1 - x));
    }

    /** At twice the size the middle of four pixels is found half a pixel from the centre, a quarter of one before. */
    @Test
    void enlargesByLinearInterpolation() {
        picture.turn(0, 2);
        assertIs(1e-3, (plane, y, x) -> {
            double sourceX = 2.5 + (x - 2.5) / 2;
            double sourceY = 2.5 + (y - 2.5) / 2;
            int left = (int) sourceX;
            int top = (int) sourceY;
            double right = sourceX - left;
            double down = sourceY - top;
            return (1 - down) * ((1 - right) * old(plane, top, left) + right * old(plane, top, left + 1))
                    + down * ((1 - right) * old(plane, top + 1, left) + right * old(plane, top + 1, left + 1));
        });
    }

    @Test
    void brightensByAFactor() {
        picture.brighten(1.5f);
        assertIs(1e-3, (plane, y, x) -> cut(1.5 * old(plane, y, x)));
    }

    @Test
    void contrastIsTheDistanceFromTheMeanGrey() {
        double sum = 0;
        for (int i = 0; i < PLANE; i++) {
            sum += grey(i / SIDE, i % SIDE);
        }
        double mean = sum / PLANE;
        picture.contrast(1.7f);
        assertIs(1e-3, (plane, y, x) -> cut(mean + 1.7 * (old(plane, y, x) - mean)));
    }

    @Test
    void saturationIsTheDistanceFromThePixelsGrey() {
        picture.saturate(0.25f);
        assertIs(1e-3, (plane, y, x) -> grey(y, x) + 0.25 * (old(plane, y, x) - grey(y, x)));
    }

    @Test
    void aFactorOf1IsNoChange() {
        picture.brighten(1);
        assertArrayEquals(before, after);
        picture.contrast(1);
        picture.saturate(1);
        assertArrayEquals(before, after, 1e-4f);
    }
}
