package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentationTest {

    @Test
    void readsItsText() {
        assertEquals(new Augmentation(true, 2), Augmentation.parse("flip,shift"));
        assertEquals(new Augmentation(true, 0), Augmentation.parse("flip"));
        assertEquals(new Augmentation(false, 2), Augmentation.parse("shift"));
        assertEquals(Augmentation.NONE, Augmentation.parse("none"));
        assertEquals(new Augmentation(false, 4), Augmentation.parse("shift:4"));
        for (Augmentation each : List.of(Augmentation.NONE, new Augmentation(true, 0), new Augmentation(true, 2),
                new Augmentation(true, 5))) {
            assertEquals(each, Augmentation.parse(each.toString()));
        }
        for (String wrong : List.of("rotate", "flip, shift", "")) {
            String word = wrong.substring(wrong.indexOf(',') + 1);
            assertEquals("augmentation: '" + word + "', expected flip, shift or shift:PIXELS, or none",
                    assertThrows(InvalidInputException.class, () -> Augmentation.parse(wrong)).getMessage());
        }
        assertEquals("shift: -1, expected at least 0",
                assertThrows(InvalidInputException.class, () -> new Augmentation(false, -1)).getMessage());
    }

    @Test
    void noneOnlyConverts() {
        Images images = random(3, 2, 4, 5);
        RandomGenerator none = () -> {
            throw new AssertionError("a number was drawn");
        };
        float[] target = new float[50];
        Augmentation.NONE.copy(images, 1, none, target, 5);
        for (int i = 0; i < 40; i++) {
            assertEquals(Byte.toUnsignedInt(images.pixels()[40 + i]), target[5 + i]);
        }
        assertArrayEquals(new float[5], Arrays.copyOf(target, 5));
        assertArrayEquals(new float[5], Arrays.copyOfRange(target, 45, 50));
    }

    /** Each result is what looking up every pixel of its own gives; the shift may be wider than the image. */
    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1", "true, 2", "false, 4", "true, 9"})
    void mirrorsAndMoves(boolean flip, int shift) {
        int height = 4;
        int width = 5;
        Images images = random(6, 3, height, width);
        Augmentation augmentation = new Augmentation(flip, shift);
        SplittableRandom random = new SplittableRandom(shift);
        SplittableRandom same = new SplittableRandom(shift);
        float[] target = new float[images.size()];
        for (int i = 0; i < 200; i++) {
            int image = i % images.count();
            augmentation.copy(images, image, random, target, 0);
            boolean mirror = flip && same.nextBoolean();
            int down = shift == 0 ? 0 : same.nextInt(-shift, shift + 1);
            int right = shift == 0 ? 0 : same.nextInt(-shift, shift + 1);
            for (int p = 0; p < target.length; p++) {
                int x = mirror ? width - 1 - p % width : p % width;
                int y = p / width % height;
                int sourceX = Math.max(0, Math.min(width - 1, x - right));
                int sourceY = Math.max(0, Math.min(height - 1, y - down));
                int source = image * target.length + (p / width / height * height + sourceY) * width + sourceX;
                assertEquals(Byte.toUnsignedInt(images.pixels()[source]), target[p], "pixel " + p + " of copy " + i);
            }
        }
    }

    @Test
    void everyChangeIsAsLikelyAsTheOthers() {
        byte[] pixels = new byte[81];
        pixels[4 * 9 + 4] = 1;
        pixels[4 * 9 + 5] = 2;
        Images images = new Images(1, 9, 9, List.of("a"), pixels, new byte[1]);
        TreeMap<List<Integer>, Integer> counts = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        SplittableRandom random = new SplittableRandom(1);
        float[] target = new float[81];
        for (int i = 0; i < 18_000; i++) {
            new Augmentation(true, 1).copy(images, 0, random, target, 0);
            List<Float> values = new ArrayList<>();
            for (float value : target) {
                values.add(value);
            }
            counts.merge(List.of(values.indexOf(1f), values.indexOf(2f)), 1, Integer::sum);
        }
        assertEquals(18, counts.size());
        counts.forEach((change, count) -> assertEquals(1000, count, 150, "times of " + change));    // 5 deviations
    }

    private static Images random(int count, int channels, int height, int width) {
        byte[] pixels = new byte[count * channels * height * width];
        new Random(count).nextBytes(pixels);
        return new Images(channels, height, width, List.of("a"), pixels, new byte[count]);
    }
}
