package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImagesTest {

    private final Images images = new Images(1, 1, 2, List.of("a", "b"),
            new byte[] {0, (byte) 200, 2, (byte) 255, 7, (byte) 250}, new byte[] {0, 1, 1});

    @Test
    void copiesARange() {
        Images range = images.range(1, 3);
        assertArrayEquals(new byte[] {2, (byte) 255, 7, (byte) 250}, range.pixels());
        assertArrayEquals(new byte[] {1, 1}, range.labels());
        assertEquals(0, images.range(2, 2).count());
        assertEquals("images: 1 to 4, but there are 3",
                assertThrows(InvalidInputException.class, () -> images.range(1, 4)).getMessage());
        assertEquals("images: 2 to 1, but there are 3",
                assertThrows(InvalidInputException.class, () -> images.range(2, 1)).getMessage());
        assertEquals("images: -1 to 1, but there are 3",
                assertThrows(InvalidInputException.class, () -> images.range(-1, 1)).getMessage());
    }

    /** {@code x = np.array([[0, 200], [2, 255], [7, 250]]); x.mean(0); np.sqrt(((x - x.mean(0)) ** 2).mean())} */
    @Test
    void knowsMeanAndDeviation() {
        assertArrayEquals(new float[] {3, 235}, images.meanImage());
        assertEquals(17.682382946499793, images.standardDeviation(), 1e-12);
        assertEquals(0, images.range(1, 2).standardDeviation());
        assertEquals("images: there are none, so they have no mean",
                assertThrows(IllegalStateException.class, () -> images.range(1, 1).meanImage()).getMessage());
    }

    @Test
    void aDatasetHasImagesOfOneKind() {
        Images wider = new Images(1, 2, 2, List.of("a", "b"), new byte[4], new byte[1]);
        Images others = new Images(1, 1, 2, List.of("a", "c"), new byte[2], new byte[1]);
        assertProblem("d: images for training are 1x1x2, but those for testing 1x2x2", wider);
        assertProblem("d: classes for training are [a, b], but those for testing [a, c]", others);
        assertProblem("d: 3 images for training and 0 for testing, expected at least one of each",
                images.range(0, 0));
    }

    @Test
    void refusesWhatIsNoImages() {
        assertRefused("images: 0x1x2, expected channels and sides of at least 1", 0, 1, 2, new byte[0]);
        assertRefused("images: 1x-1x-2, expected channels and sides of at least 1", 1, -1, -2, new byte[2]);
        assertRefused("images: 3 pixels, expected 1 images of 1x1x2", 1, 1, 2, new byte[3]);
        assertEquals("images: label 200, expected below 2", assertThrows(InvalidInputException.class,
                () -> new Images(1, 1, 1, List.of("a", "b"), new byte[1], new byte[] {(byte) 200})).getMessage());
    }

    private static void assertRefused(String message, int channels, int height, int width, byte[] pixels) {
        assertEquals(message, assertThrows(InvalidInputException.class,
                () -> new Images(channels, height, width, List.of("a"), pixels, new byte[1])).getMessage());
    }

    @Test
    void copiesWhatIsChosen() {
        Images chosen = images.subset(new int[] {2, 0, 2});
        assertArrayEquals(new byte[] {7, (byte) 250, 0, (byte) 200, 7, (byte) 250}, chosen.pixels());
        assertArrayEquals(new byte[] {1, 0, 1}, chosen.labels());
        assertEquals(1, chosen.label(2));
    }

    private void assertProblem(String message, Images test) {
        assertEquals(message,
                assertThrows(InvalidInputException.class, () -> new Dataset("d", images, test)).getMessage());
    }
}
