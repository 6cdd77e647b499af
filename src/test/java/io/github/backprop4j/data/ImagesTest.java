package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {

    private final Images images = new Images(1, 1, 2, List.of("a", "b"),
            new byte[] {0, (byte) 200, 2, (byte) 255, 7, (byte) 250}, new byte[] {0, 1, 1});

    @Test
    void copiesARange() {
        Images range = images.range(1, 3);
        assertArrayEquals(new byte[] {2, (byte) 255, 7, (byte) 250}, range.pixels());
        assertArrayEquals(new int[] {1, 1}, range.labels());
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
    void thereMayBeThousandsOfClasses() {
        List<String> names = IntStream.range(0, 3000).mapToObj(Integer::toString).toList();
        Images many = new Images(1, 1, 1, names, new byte[3], new int[] {2999, 256, 0});
        assertEquals(List.of(2999, 256, 0), List.of(many.label(0), many.label(1), many.label(2)));
        assertArrayEquals(new int[] {256, 2999}, many.subset(new int[] {1, 0}).labels());
        MiniBatch batch = ImageBatches.inOrder(many.range(0, 2), 2).epoch(1).next();
        assertEquals(List.of(1f, 1f), List.of(batch.labels()[2999], batch.labels()[3000 + 256]));
        assertNotEquals(many.digest(), new Images(1, 1, 1, names, new byte[3], new int[] {2999, 0, 0}).digest());
    }

    /** Models and checkpoints have the digest of their data, as it was when labels were bytes. */
    @ParameterizedTest
    @ValueSource(ints = {2, 256})
    void theDigestIsThatOfLabelsInBytes(int classes) throws NoSuchAlgorithmException {
        List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        byte[] labels = {1, 0, (byte) (classes - 1)};
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        expected.update(("1x1x2 " + names + "\n").getBytes(StandardCharsets.UTF_8));
        expected.update(labels);
        expected.update(images.pixels());
        assertEquals(HexFormat.of().formatHex(expected.digest()), new Images(1, 1, 2, names, images.pixels(), labels).digest());
    }

    @Test
    void refusesWhatIsNoImages() {
        assertRefused("images: 0x1x2, expected channels and sides of at least 1", 0, 1, 2, new byte[0]);
        assertRefused("images: 1x-1x-2, expected channels and sides of at least 1", 1, -1, -2, new byte[2]);
        assertRefused("images: 3 pixels, expected 1 images of 1x1x2", 1, 1, 2, new byte[3]);
        assertEquals("images: label 200, expected at least 0 and below 2", assertThrows(InvalidInputException.class,
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
        assertArrayEquals(new int[] {1, 0, 1}, chosen.labels());
        assertEquals(1, chosen.label(2));
    }

    private void assertProblem(String message, Images test) {
        assertEquals(message,
                assertThrows(InvalidInputException.class, () -> new Dataset("d", images, test)).getMessage());
    }
}
