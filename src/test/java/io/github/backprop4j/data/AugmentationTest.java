package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {

    private static final String ALL = "flip,shift,crop,rotate,scale,brightness,contrast,saturation,cutout";

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
        for (String all : List.of(ALL, "flip,shift:3,crop:7,rotate:5.25,scale:0.5,brightness:0.00001,cutout:1",
                "altflip,reflect", "altflip,shift:4", "flip,reflect:3,cutout")) {
            assertEquals(all, Augmentation.parse(all).toString());
        }
        assertEquals(Augmentation.parse("altflip,reflect:2"), Augmentation.parse("reflect,altflip,shift:0"));
        assertEquals(Augmentation.parse("flip,rotate"), Augmentation.parse("rotate:15,flip"));
        for (String wrong : List.of("blur", "flip, shift", "", "rotate:-1", "crop:")) {
            String word = wrong.substring(wrong.indexOf(',') + 1);
            assertEquals("augment: '" + word + "', expected flip, altflip, shift[:PIXELS], reflect[:PIXELS],"
                    + " crop[:PIXELS], rotate[:DEGREES], scale[:SHARE], brightness[:SHARE], contrast[:SHARE],"
                    + " saturation[:SHARE], cutout[:PIXELS], or none",
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
        Augmentation.NONE.copy(images, new Augmentation.Draw(1, 1, 0, none), target, 5);
        for (int i = 0; i < 40; i++) {
            assertEquals(Byte.toUnsignedInt(images.pixels()[40 + i]), target[5 + i]);
        }
        assertArrayEquals(new float[5], Arrays.copyOf(target, 5));
        assertArrayEquals(new float[5], Arrays.copyOfRange(target, 45, 50));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "flip:1 | flip:1, expected flip alone", "scale:1 | scale:1, expected a number from 0 to 0.9",
        "altflip:2 | altflip:2, expected altflip alone",
        "reflect:0.5 | reflect:0.5, expected a whole number from 0 to 999999999",
        "altflip,crop,flip | flip and altflip both mirror the images, expected one of them",
        "reflect,shift:3 | shift:3 and reflect both move the images, expected one of them",
        "cutout:1025 | cutout:1025, expected a whole number from 0 to 1024",
        "brightness:1.5 | brightness:1.5, expected a number from 0 to 1"})
    void refusesAmountsOutOfRangeAndWordsThatDoTheSame(String text, String message) {
        assertEquals("augment: " + message,
                assertThrows(InvalidInputException.class, () -> Augmentation.parse(text)).getMessage());
    }

    @Test
    void anAmountOf0IsNoChange() {
        assertEquals(Augmentation.NONE, Augmentation.parse("shift:0,crop:0,rotate:0,scale:0,brightness:0,contrast:0.0,"
                + "saturation:0,cutout:0"));
    }

    /** Every word, alone and with the others, in images of gray and of colour that are no squares. */
    @ParameterizedTest
    @ValueSource(strings = {"crop", "crop:9", "rotate", "rotate:180", "scale", "scale:0.9", "brightness:1", "contrast:1",
        "saturation:1", "cutout:3", "cutout:99", ALL})
    void eachDependsOnTheSeedAndStaysInRange(String text) {
        Augmentation augmentation = Augmentation.parse(text);
        for (int channels : new int[] {1, 3}) {
            Images images = random(4, channels, 7, 5);
            boolean changed = false;
            for (int i = 0; i < 100; i++) {
                float[] image = copy(augmentation, images, i % 4, i);
                assertArrayEquals(image, copy(augmentation, images, i % 4, i));
                changed |= !Arrays.equals(image, copy(Augmentation.NONE, images, i % 4, i));
                for (float value : image) {
                    assertTrue(value >= 0 && value <= 255, text + " made " + value);
                }
            }
            assertEquals(channels == 3 || !text.startsWith("saturation"), changed);
        }
    }

    @Test
    void aCutoutIsASquareAndAllElseStays() {
        Images images = new Images(3, 9, 8, List.of("a"), new byte[216], new byte[1]);
        Set<List<Integer>> corners = new HashSet<>();
        for (int seed = 0; seed < 500; seed++) {
            float[] image = copy(Augmentation.parse("cutout:3"), images, 0, seed);
            int first = indices(image, 128).get(0);
            List<Integer> square = new ArrayList<>();
            for (int plane = 0; plane < 3; plane++) {
                for (int y = 0; y < 3; y++) {
                    for (int x = 0; x < 3; x++) {
                        square.add(plane * 72 + first + y * 8 + x);
                    }
                }
            }
            assertEquals(square, indices(image, 128));
            assertEquals(216 - 27, indices(image, 0).size());
            corners.add(List.of(first / 8, first % 8));
        }
        assertEquals(7 * 6, corners.size());
    }

    @Test
    void aCropHasABlackMargin() {
        Images images = random(1, 2, 6, 5);
        Set<List<Integer>> offsets = new HashSet<>();
        for (int seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int down = random.nextInt(-2, 3);
            int right = random.nextInt(-2, 3);
            float[] image = copy(Augmentation.parse("crop:2"), images, 0, seed);
            for (int i = 0; i < image.length; i++) {
                int x = i % 5 - right;
                int y = i / 5 % 6 - down;
                boolean inside = x >= 0 && x < 5 && y >= 0 && y < 6;
                assertEquals(inside ? Byte.toUnsignedInt(images.pixels()[i / 30 * 30 + y * 5 + x]) : 0, image[i]);
            }
            offsets.add(List.of(down, right));
        }
        assertEquals(25, offsets.size());
    }

    private static float[] copy(Augmentation augmentation, Images images, int index, int seed) {
        float[] target = new float[images.size()];
        augmentation.copy(images, new Augmentation.Draw(index, 1, 0, new SplittableRandom(seed)), target, 0);
        return target;
    }

    private static List<Integer> indices(float[] image, float value) {
        return IntStream.range(0, image.length).filter(i -> image[i] == value).boxed().toList();
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
            augmentation.copy(images, new Augmentation.Draw(image, 1, 0, random), target, 0);
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

    /** Each pixel is looked up in an image that is extended by itself in reverse, but for its border. */
    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2", "false, 3"})
    void reflectsAtTheBorder(boolean flip, int most) {
        int height = 4;
        int width = 5;
        Images images = random(2, 3, height, width);
        Augmentation augmentation = Augmentation.parse((flip ? "flip," : "") + "reflect:" + most);
        SplittableRandom random = new SplittableRandom(most);
        SplittableRandom same = new SplittableRandom(most);
        Set<List<Integer>> offsets = new HashSet<>();
        float[] target = new float[images.size()];
        for (int i = 0; i < 500; i++) {
            augmentation.copy(images, new Augmentation.Draw(i % 2, 1, 0, random), target, 0);
            boolean mirror = flip && same.nextBoolean();
            int down = same.nextInt(-most, most + 1);
            int right = same.nextInt(-most, most + 1);
            for (int p = 0; p < target.length; p++) {
                int x = mirror ? width - 1 - p % width : p % width;
                int y = p / width % height;
                int sourceX = List.of(3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1).get(3 + x - right);
                int sourceY = List.of(3, 2, 1, 0, 1, 2, 3, 2, 1, 0).get(3 + y - down);
                int source = i % 2 * target.length + (p / width / height * height + sourceY) * width + sourceX;
                assertEquals(Byte.toUnsignedInt(images.pixels()[source]), target[p], "pixel " + p + " of copy " + i);
            }
            offsets.add(List.of(down, right));
        }
        assertEquals((2 * most + 1) * (2 * most + 1), offsets.size());
    }

    @Test
    void refusesToReflectMoreThanThereIs() {
        Augmentation.parse("reflect:3").copy(random(1, 1, 4, 5), new Augmentation.Draw(0, 1, 0, new SplittableRandom(1)),
                new float[20], 0);
        for (int[] size : new int[][] {{3, 5}, {5, 3}, {1, 1}}) {
            Images images = random(1, 1, size[0], size[1]);
            assertEquals("augment: reflect:3 with images of " + size[0] + "x" + size[1]
                    + ", expected less than their height and width", assertThrows(InvalidInputException.class,
                            () -> copy(Augmentation.parse("reflect:3"), images, 0, 1)).getMessage());
        }
    }

    /** Nor does it draw from the generator, so that the other changes are what they are without it. */
    @Test
    void altflipAlternates() {
        Images images = random(1000, 1, 1, 3);
        RandomGenerator none = () -> {
            throw new AssertionError("a number was drawn");
        };
        List<Set<Integer>> mirroredOfSeed = new ArrayList<>();
        for (long seed : new long[] {1, 2, 1L << 40}) {
            Set<Integer> mirrored = new HashSet<>();
            for (int epoch = 1; epoch <= 4; epoch++) {
                for (int i = 0; i < 1000; i++) {
                    float[] target = new float[3];
                    Augmentation.parse("altflip").copy(images, new Augmentation.Draw(i, epoch, seed, none), target, 0);
                    float[] as = copy(Augmentation.NONE, images, i, 1);
                    boolean mirror = !Arrays.equals(as, target);
                    assertArrayEquals(mirror ? new float[] {as[2], as[1], as[0]} : as, target);
                    if (as[0] == as[2]) {
                        continue;
                    }
                    if (epoch == 1 && mirror) {
                        mirrored.add(i);
                    }
                    assertEquals(mirrored.contains(i) ^ epoch % 2 == 0, mirror, "image " + i + " in epoch " + epoch);
                }
            }
            assertEquals(500, mirrored.size(), 80);     // 5 deviations
            for (Set<Integer> other : mirroredOfSeed) {
                Set<Integer> both = new HashSet<>(other);
                both.retainAll(mirrored);
                assertEquals(250, both.size(), 70);
            }
            mirroredOfSeed.add(mirrored);
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
            new Augmentation(true, 1).copy(images, new Augmentation.Draw(0, 1, 0, random), target, 0);
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
