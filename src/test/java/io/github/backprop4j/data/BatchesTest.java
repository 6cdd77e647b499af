package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
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

    @Test
    void shuffledTheyAreAllThereInAnOrderOfSeedAndEpoch() {
        ImageBatches batches = ImageBatches.shuffled(numbered(200), 32, Augmentation.NONE, 5);
        List<Integer> first = pixels(batches.epoch(1));
        assertEquals(IntStream.range(0, 200).boxed().toList(), first.stream().sorted().toList());
        assertEquals(first, pixels(batches.epoch(1)));
        assertNotEquals(first, pixels(batches.epoch(2)));
        assertNotEquals(first, pixels(ImageBatches.shuffled(numbered(200), 32, Augmentation.NONE, 6).epoch(1)));
    }

    @Test
    void refusesMasksOfAnIterator() {
        INDArray features = Nd4j.zeros(DataType.FLOAT, 2, 3);
        INDArray labels = Nd4j.create(new float[][] {{1, 0}, {0, 1}});
        INDArray mask = Nd4j.ones(DataType.FLOAT, 2, 1);
        assertEquals("data: the iterator's labels have a mask of shape [2, 1], expected none: leave out the images that it"
                + " masks", refused(new DataSet(features, labels, null, mask)));
        assertEquals("data: the iterator's features have a mask of shape [2, 1], expected none: leave out the images that it"
                + " masks", refused(new DataSet(features, labels, mask, null)));
    }

    private static String refused(DataSet data) {
        Iterator<MiniBatch> batches = new IteratorBatches(new SingletonDataSetIterator(data)).epoch(1);
        return assertThrows(InvalidInputException.class, batches::next).getMessage();
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

    @Test
    void aSplitIsRandomAndLosesNothing() {
        Split split = Split.of(numbered(100), 0.2, 3);
        assertEquals(20, split.validation().count());
        List<Integer> validation = pixels(ImageBatches.inOrder(split.validation(), 9).epoch(1));
        assertNotEquals(IntStream.range(0, 20).boxed().toList(), validation);
        List<Integer> all = new ArrayList<>(pixels(ImageBatches.inOrder(split.training(), 9).epoch(1)));
        all.addAll(validation);
        assertEquals(IntStream.range(0, 100).boxed().toList(), all.stream().sorted().toList());
        assertEquals(1, Split.of(numbered(2), 0.001, 3).validation().count());
    }

    @Test
    void saysWhatIsOutOfRange() {
        assertEquals("batch size: 0, expected at least 1", assertThrows(IllegalArgumentException.class,
                () -> ImageBatches.inOrder(numbered(3), 0)).getMessage());
        assertEquals("validation: 1.0, expected more than 0 and below 1", assertThrows(IllegalArgumentException.class,
                () -> Split.of(numbered(3), 1, 0)).getMessage());
        assertEquals("validation: 1 image cannot be divided", assertThrows(IllegalArgumentException.class,
                () -> Split.of(numbered(1), 0.5, 0)).getMessage());
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
