package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.Logged;
import io.github.backprop4j.files.InvalidInputException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class BatchesTest {

    /** Image i is a single pixel i, of class i modulo 3. */
    private static Images numbered(int count) {
        byte[] pixels = new byte[count];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            pixels[i] = (byte) i;
            labels[i] = (byte) (i % 3);
        }
        return new Images(1, 1, 1, List.of("a", "b", "c"), pixels, labels);
    }

    private static List<Integer> pixels(Iterator<MiniBatch> batches) {
        List<Integer> pixels = new ArrayList<>();
        while (batches.hasNext()) {
            MiniBatch batch = batches.next();
            for (int i = 0; i < batch.size(); i++) {
                int pixel = (int) batch.images()[i];
                pixels.add(pixel);
                for (int k = 0; k < 3; k++) {
                    assertEquals(pixel % 3 == k ? 1 : 0, batch.labels()[3 * i + k]);
                }
            }
        }
        return pixels;
    }

    @Test
    void inOrderTheyAreAllThereInOrder() {
        ImageBatches batches = ImageBatches.inOrder(numbered(23), 10);
        assertEquals(3, batches.perEpoch());
        assertEquals(IntStream.range(0, 23).boxed().toList(), pixels(batches.epoch(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "flip,shift", "altflip,crop", "reflect:1,rotate,scale",
        "brightness,contrast,saturation,cutout:2"})
    void aPassMayMakeSomeImagesOnlyAndThoseAreTheSame(String changes) {
        Images images = DrawnShapes.training(50);
        ImageBatches batches = ImageBatches.shuffled(images, 20, Augmentation.parse(changes), 3);
        Iterator<MiniBatch> whole = batches.epoch(2);
        whole.next();
        ImageBatches.Pass some = batches.epoch(2);
        assertEquals(-1, some.number());
        some.advance();
        some.advance();
        assertEquals(1, some.number());
        MiniBatch expected = whole.next();
        MiniBatch found = some.current(5, 12);
        int each = images.size();
        assertArrayEquals(Arrays.copyOfRange(expected.images(), 5 * each, 12 * each),
                Arrays.copyOfRange(found.images(), 5 * each, 12 * each));
        assertArrayEquals(new float[5 * each], Arrays.copyOf(found.images(), 5 * each));
        assertArrayEquals(expected.labels(), found.labels());
        assertArrayEquals(expected.images(), some.current(0, 20).images());
        assertArrayEquals(whole.next().images(), some.next().images());
        assertEquals(10, some.currentSize());
        assertThrows(NoSuchElementException.class, some::advance);
    }

    @Test
    void shuffledTheyAreAllThereInAnOrderOfSeedAndEpoch() {
        ImageBatches batches = ImageBatches.shuffled(numbered(200), 32, Augmentation.NONE, 5);
        List<Integer> first = pixels(batches.epoch(1));
        assertEquals(IntStream.range(0, 200).boxed().toList(), first.stream().sorted().toList());
        assertEquals(first, pixels(batches.epoch(1)));
        assertNotEquals(first, pixels(batches.epoch(2)));
        assertNotEquals(first, pixels(ImageBatches.shuffled(numbered(200), 32, Augmentation.NONE, 6).epoch(1)));
    }

    /** The digests are of what version 96f844e made, before there were reflect and altflip. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "none | 43c311771678e380", "flip | c27fdfd5c2c47629", "shift | e51a310974b04066", "shift:20 | 2fd470a5420d9479",
        "flip,shift:3 | d49941efefb7f068", "crop | 31d31670ffbaa9a2", "rotate | 425d908904852bf8",
        "scale | 2588536f0bba13d6", "rotate,scale | 463ca902aa5056cc", "brightness,contrast,saturation | 4e19354a930791c2",
        "cutout:3 | 7cab7b3377b71e7b",
        "flip,shift,crop,rotate,scale,brightness,contrast,saturation,cutout | 4735174effe7ccc9"})
    void augmentedTheyStayAsTheyWere(String text, String expected) throws NoSuchAlgorithmException {
        byte[] noise = new byte[40 * 3 * 9 * 7];
        new Random(40).nextBytes(noise);
        Images images = new Images(3, 9, 7, List.of("a", "b"), noise, new byte[40]);
        ImageBatches batches = ImageBatches.shuffled(images, 16, Augmentation.parse(text), 11);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int epoch = 1; epoch <= 3; epoch++) {
            batches.epoch(epoch).forEachRemaining(batch -> {
                ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * batch.images().length);
                bytes.asFloatBuffer().put(batch.images());
                digest.update(bytes);
            });
        }
        assertEquals(expected, HexFormat.of().formatHex(digest.digest(), 0, 8));
    }

    /** Images of two pixels, i and 0, of which mirrored ones are 0 and i. */
    private static List<Integer> mirrored(int epoch, long seed) {
        byte[] pixels = new byte[400];
        IntStream.range(0, 200).forEach(i -> pixels[2 * i] = (byte) (i + 1));
        Images images = new Images(1, 1, 2, List.of("a"), pixels, new byte[200]);
        List<Integer> mirrored = new ArrayList<>();
        ImageBatches.shuffled(images, 32, Augmentation.parse("altflip"), seed).epoch(epoch).forEachRemaining(batch -> {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.images()[2 * i] == 0) {
                    mirrored.add((int) batch.images()[2 * i + 1]);
                }
            }
        });
        return mirrored.stream().sorted().toList();
    }

    @Test
    void anImageIsMirroredInEveryOtherEpochWhereverItStands() {
        List<Integer> first = mirrored(1, 5);
        assertEquals(100, first.size(), 35);    // 5 deviations
        assertEquals(IntStream.rangeClosed(1, 200).filter(i -> !first.contains(i)).boxed().toList(), mirrored(2, 5));
        assertEquals(first, mirrored(3, 5));
        assertEquals(mirrored(2, 5), mirrored(10, 5));
        assertNotEquals(first, mirrored(1, 6));
    }

    @Test
    void takesADataSetIteratorWithAnyStrides() {
        DataSet data = new DataSet(Nd4j.arange(24).reshape('f', 4, 1, 2, 3).castTo(DataType.DOUBLE),
                Nd4j.eye(4).get(Nd4j.createFromArray(new int[] {3, 2, 1, 0})).reshape(4, 4));
        MiniBatch batch = new IteratorBatches(new SingletonDataSetIterator(data)).epoch(1).next();
        assertEquals(4, batch.size());
        assertArrayEquals(data.getFeatures().dup('c').reshape(24).castTo(DataType.FLOAT).toFloatVector(),
                batch.images());
        assertArrayEquals(new float[] {0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0}, batch.labels());
    }

    private static MiniBatch first(DataSet data) {
        return new IteratorBatches(new SingletonDataSetIterator(data)).epoch(1).next();
    }

    private static void assertRefused(String message, DataSet data) {
        assertEquals(message, assertThrows(InvalidInputException.class, () -> first(data)).getMessage());
    }

    private static DataSet labelled(float[]... labels) {
        return new DataSet(Nd4j.ones(DataType.FLOAT, labels.length, 1, 2, 2), Nd4j.createFromArray(labels));
    }

    @Test
    void labelsAreProbabilities() {
        assertRefused("mini-batch: labels of image 1 add up to 0.0, expected 1; give its class 1 and the others 0, or divide"
                + " them by their sum", labelled(new float[] {1, 0}, new float[] {0, 0}));
        assertRefused("mini-batch: labels of image 0 add up to 5.0, expected 1; give its class 1 and the others 0, or divide"
                + " them by their sum", labelled(new float[] {2, 3}, new float[] {0, 1}));
        assertRefused("mini-batch: labels of image 1 have -1.0, expected the probability of each class, 0 to 1",
                labelled(new float[] {1, 0}, new float[] {2, -1}));
        assertRefused("mini-batch: labels of image 0 have NaN, expected the probability of each class, 0 to 1",
                labelled(new float[] {1, Float.NaN}));
        assertArrayEquals(new float[] {0.9f, 0.1f, 0.3333f, 0.6664f},
                first(labelled(new float[] {0.9f, 0.1f}, new float[] {0.3333f, 0.6664f})).labels());
    }

    @Test
    void aLabelsMaskIsTheWeightsOfTheImages() {
        DataSet data = labelled(new float[] {1, 0}, new float[] {0, 1}, new float[] {0, 1});
        assertArrayEquals(new float[] {1, 1, 1}, first(data).weights());
        for (long[] shape : new long[][] {{3}, {3, 1}}) {
            data.setLabelsMaskArray(Nd4j.createFromArray(0.5, 0, 2).reshape(shape));
            assertArrayEquals(new float[] {0.5f, 0, 2}, first(data).weights());
            assertArrayEquals(new float[] {0, 2}, first(data).weights(1, 3));
        }
        data.setLabelsMaskArray(Nd4j.createFromArray(1f, -1, 2));
        assertRefused("mini-batch: the weight of image 1 is -1.0, expected a finite number of at least 0", data);
        data.setLabelsMaskArray(Nd4j.ones(DataType.FLOAT, 3, 2));
        assertRefused("data: has a labels mask of the shape [3, 2], expected [3] or [3, 1], the weight of each image", data);
        data.setLabelsMaskArray(null);
        data.setFeaturesMaskArray(Nd4j.ones(DataType.FLOAT, 3, 4));
        assertRefused("data: has a features mask of the shape [3, 4], expected none; images have no parts to mask", data);
    }

    @Test
    void namesAnImageThatIsNoNumbers() {
        for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
            DataSet data = labelled(new float[] {1, 0}, new float[] {0, 1}, new float[] {0, 1});
            data.getFeatures().putScalar(1, 0, 1, 0, bad);
            assertRefused("mini-batch: image 1 has " + bad + " at its number 2 of 4, expected finite numbers; mend or leave"
                    + " out what cannot be read", data);
        }
    }

    @Test
    void balancedEachClassWeighsTheSame() {
        Images images = new Images(1, 1, 1, List.of("a", "b", "none", "c"), new byte[8],
                new byte[] {0, 0, 0, 0, 0, 1, 3, 3});
        assertArrayEquals(new float[] {8f / 15, 8f / 3, 0, 8f / 6}, images.balancingWeights());
        float[] sums = new float[4];
        ImageBatches.shuffled(images, 3, Augmentation.NONE, 1).balanced().epoch(1).forEachRemaining(batch -> {
            for (int i = 0; i < batch.size(); i++) {
                for (int k = 0; k < 4; k++) {
                    sums[k] += batch.weights()[i] * batch.labels()[4 * i + k];
                }
            }
        });
        assertArrayEquals(new float[] {8f / 3, 8f / 3, 0, 8f / 3}, sums, 1e-6f);
    }

    @ParameterizedTest
    @EnumSource
    void aSplitIsRandomAndLosesNothing(Splitting splitting) {
        Split split = Split.of(numbered(100), 0.2, 3, splitting);
        assertEquals(20, split.validation().count());
        List<Integer> validation = pixels(ImageBatches.inOrder(split.validation(), 9).epoch(1));
        assertNotEquals(IntStream.range(0, 20).boxed().toList(), validation);
        List<Integer> all = new ArrayList<>(pixels(ImageBatches.inOrder(split.training(), 9).epoch(1)));
        all.addAll(validation);
        assertEquals(IntStream.range(0, 100).boxed().toList(), all.stream().sorted().toList());
        assertEquals(1, Split.of(numbered(2), 0.001, 3, splitting).validation().count());
    }

    /** Of 1, 6, 30, 63 images a tenth are 0.1, 0.6, 3 and 6.3. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void eachClassHasItsShareOfTheValidation(long seed) {
        Images images = unequal(1, 6, 30, 63);
        Logged<Split> logged = Logged.of(() -> Split.of(images, 0.1, seed, Splitting.STRATIFIED));
        assertArrayEquals(new int[] {0, 1, 3, 6}, counts(logged.result().validation()));
        assertArrayEquals(new int[] {1, 5, 27, 57}, counts(logged.result().training()));
        assertEquals(List.of("validation: 1 of 4 classes have too few images for one to be set apart, the first is c0"),
                logged.messages());
    }

    @Test
    void noClassGivesItsOnlyImageAsLongAsOthersHaveMore() {
        assertArrayEquals(new int[] {0, 0, 3}, counts(Split.of(unequal(1, 1, 4), 0.5, 1, Splitting.STRATIFIED).validation()));
        assertArrayEquals(new int[] {0, 1}, counts(Split.of(unequal(1, 3), 0.3, 1, Splitting.STRATIFIED).validation()));
        assertEquals(2, Split.of(unequal(1, 1, 1), 0.5, 1, Splitting.STRATIFIED).validation().count());
    }

    private static Images unequal(int... counts) {
        int[] labels = IntStream.range(0, counts.length).flatMap(k -> IntStream.generate(() -> k).limit(counts[k])).toArray();
        return new Images(1, 1, 1, IntStream.range(0, counts.length).mapToObj(k -> "c" + k).toList(),
                new byte[labels.length], labels);
    }

    private static int[] counts(Images images) {
        int[] counts = new int[images.classNames().size()];
        IntStream.of(images.labels()).forEach(label -> counts[label]++);
        return counts;
    }

    @Test
    void saysWhatIsOutOfRange() {
        assertEquals("batch size: 0, expected at least 1", assertThrows(IllegalArgumentException.class,
                () -> ImageBatches.inOrder(numbered(3), 0)).getMessage());
        assertEquals("augment: reflect:1 with images of 1x1, expected less than their height and width",
                assertThrows(InvalidInputException.class, () -> ImageBatches.shuffled(
                        numbered(3), 2, Augmentation.parse("reflect:1"), 1)).getMessage());
        assertEquals("validation: 1.0, expected more than 0 and below 1", assertThrows(IllegalArgumentException.class,
                () -> Split.of(numbered(3), 1, 0, Splitting.RANDOM)).getMessage());
        assertEquals("validation: 1 image cannot be divided", assertThrows(IllegalArgumentException.class,
                () -> Split.of(numbered(1), 0.5, 0, Splitting.RANDOM)).getMessage());
    }

    /** Some iterators shuffle anew what they shuffled before: a training that is resumed has to reset as often. */
    @Test
    void anIteratorIsResetOnceForEachEpoch() {
        int[] resets = new int[1];
        @SuppressWarnings("serial")
        IteratorBatches batches = new IteratorBatches(new SingletonDataSetIterator(
                new DataSet(Nd4j.zeros(DataType.FLOAT, 1, 3), Nd4j.ones(DataType.FLOAT, 1, 2))) {
            @Override
            public void reset() {
                resets[0]++;
                super.reset();
            }
        });
        batches.epoch(3);
        assertEquals(3, resets[0]);
        batches.epoch(4);
        assertEquals(4, resets[0]);
    }
}
