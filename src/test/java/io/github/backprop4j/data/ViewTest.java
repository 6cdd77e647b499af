package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ViewTest {

    private static final int HEIGHT = 3;
    private static final int WIDTH = 4;
    private static final int SIZE = 2 * HEIGHT * WIDTH;

    private final float[] images = images();

    private static float[] images() {
        Random random = new Random(1);
        float[] images = new float[5 * SIZE];
        IntStream.range(0, images.length).forEach(i -> images[i] = random.nextFloat());
        return images;
    }

    /** First mirrored, then moved over an image that is extended by itself in reverse, but for its border. */
    @ParameterizedTest
    @CsvSource({"false, 0, 0", "true, 0, 0", "false, 1, 1", "false, -1, -1", "true, 1, 1", "true, -1, -1", "true, 2, -3",
        "false, -2, 3"})
    void isWhatEveryPixelGives(boolean mirrored, int down, int right) {
        float[] before = images.clone();
        INDArray seen = new View(mirrored, down, right).of(images, 1, 4, 2, HEIGHT, WIDTH);
        assertArrayEquals(new long[] {3, 2, HEIGHT, WIDTH}, seen.shape());
        assertArrayEquals(new long[] {SIZE, HEIGHT * WIDTH, WIDTH, 1}, seen.stride());
        for (int n = 0; n < 3; n++) {
            for (int c = 0; c < 2; c++) {
                for (int y = 0; y < HEIGHT; y++) {
                    for (int x = 0; x < WIDTH; x++) {
                        int fromY = List.of(2, 1, 0, 1, 2, 1, 0).get(2 + y - down);
                        int fromX = List.of(3, 2, 1, 0, 1, 2, 3, 2, 1, 0).get(3 + x - right);
                        int column = mirrored ? WIDTH - 1 - fromX : fromX;
                        assertEquals(images[(n + 1) * SIZE + (c * HEIGHT + fromY) * WIDTH + column],
                                seen.getFloat(n, c, y, x), List.of(n, c, y, x).toString());
                    }
                }
            }
        }
        assertArrayEquals(before, images);
    }

    @Test
    void refusesAMoveByAWholeSide() {
        assertEquals("view: moved by -3 down and 0 right over images of 3x4, expected less than their height and width",
                assertThrows(IllegalArgumentException.class,
                        () -> new View(false, -3, 0).of(images, 0, 1, 2, HEIGHT, WIDTH)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new View(true, 0, 4).of(images, 0, 1, 2, HEIGHT, WIDTH));
    }
}
