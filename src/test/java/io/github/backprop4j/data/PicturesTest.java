package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class PicturesTest {

    private final Pictures pictures = new Pictures(1, 1, 2, List.of("a", "b"),
            new byte[] {0, (byte) 200, 2, (byte) 255, 7, (byte) 250}, new byte[] {0, 1, 1});

    @Test
    void copiesARange() {
        Pictures range = pictures.range(1, 3);
        assertArrayEquals(new byte[] {2, (byte) 255, 7, (byte) 250}, range.pixels());
        assertArrayEquals(new byte[] {1, 1}, range.labels());
        assertEquals(0, pictures.range(2, 2).count());
        assertEquals("pictures: 1 to 4, but there are 3",
                assertThrows(IllegalArgumentException.class, () -> pictures.range(1, 4)).getMessage());
        assertEquals("pictures: 2 to 1, but there are 3",
                assertThrows(IllegalArgumentException.class, () -> pictures.range(2, 1)).getMessage());
        assertEquals("pictures: -1 to 1, but there are 3",
                assertThrows(IllegalArgumentException.class, () -> pictures.range(-1, 1)).getMessage());
    }

    /** {@code x = np.array([[0, 200], [2, 255], [7, 250]]); x.mean(0); np.sqrt(((x - x.mean(0)) ** 2).mean())} */
    @Test
    void knowsMeanAndDeviation() {
        assertArrayEquals(new float[] {3, 235}, pictures.meanPicture());
        assertEquals(17.682382946499793, pictures.standardDeviation(), 1e-12);
        assertEquals(0, pictures.range(1, 2).standardDeviation());
        assertEquals("pictures: there are none, so they have no mean",
                assertThrows(IllegalStateException.class, () -> pictures.range(1, 1).meanPicture()).getMessage());
    }

    @Test
    void aDatasetHasPicturesOfOneKind() {
        Pictures wider = new Pictures(1, 2, 2, List.of("a", "b"), new byte[4], new byte[1]);
        Pictures others = new Pictures(1, 1, 2, List.of("a", "c"), new byte[2], new byte[1]);
        assertProblem("d: pictures for training are 1x1x2, but those for testing 1x2x2", wider);
        assertProblem("d: classes for training are [a, b], but those for testing [a, c]", others);
        assertProblem("d: 3 pictures for training and 0 for testing, expected at least one of each",
                pictures.range(0, 0));
    }

    private void assertProblem(String message, Pictures test) {
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> new Dataset("d", pictures, test)).getMessage());
    }
}
