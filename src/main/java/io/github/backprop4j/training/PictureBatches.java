package io.github.backprop4j.training;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Pictures;
import io.github.backprop4j.network.InputScaling;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.factory.Nd4j;

/** Mini-batches of pictures, made from their bytes one at a time. */
public final class PictureBatches implements Batches {

    private final Pictures pictures;
    private final int size;
    private final boolean shuffled;
    private final Augmentation augmentation;
    private final long seed;

    private PictureBatches(Pictures pictures, int size, boolean shuffled, Augmentation augmentation, long seed) {
        if (size < 1) {
            throw new IllegalArgumentException("batch size: " + size + ", expected at least 1");
        }
        this.pictures = pictures;
        this.size = size;
        this.shuffled = shuffled;
        this.augmentation = augmentation;
        this.seed = seed;
    }

    /** The pictures as they are and in their order. */
    public static PictureBatches inOrder(Pictures pictures, int size) {
        return new PictureBatches(pictures, size, false, Augmentation.NONE, 0);
    }

    /**
     * The pictures in a new order in each epoch, and augmented.
     *
     * @param size of a mini-batch, at least 1; the last of an epoch has what is left
     * @param seed decides order and augmentation
     */
    public static PictureBatches shuffled(Pictures pictures, int size, Augmentation augmentation, long seed) {
        return new PictureBatches(pictures, size, true, augmentation, seed);
    }

    /** How many mini-batches an epoch has. */
    public int perEpoch() {
        return (pictures.count() + size - 1) / size;
    }

    /** For a network that is to learn from these: less their mean picture, in units of their standard deviation. */
    public InputScaling scaling() {
        double deviation = pictures.standardDeviation();
        return new InputScaling(Nd4j.create(pictures.meanPicture(),
                new long[] {pictures.channels(), pictures.height(), pictures.width()}, 'c'),
                deviation > 0 ? 1 / deviation : 1);
    }

    @Override
    public Iterator<MiniBatch> epoch(int epoch) {
        SplittableRandom random = Seeds.at(seed, epoch);
        int[] order = shuffled ? shuffle(pictures.count(), random) : IntStream.range(0, pictures.count()).toArray();
        return new Iterator<>() {
            private int from;

            @Override
            public boolean hasNext() {
                return from < order.length;
            }

            @Override
            public MiniBatch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int to = Math.min(from + size, order.length);
                MiniBatch batch = batch(order, from, to, random);
                from = to;
                return batch;
            }
        };
    }

    /** The numbers below count in random order, by Fisher and Yates's shuffle. */
    static int[] shuffle(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private MiniBatch batch(int[] order, int from, int to, SplittableRandom random) {
        int classes = pictures.classNames().size();
        float[] numbers = new float[Math.multiplyExact(to - from, pictures.size())];
        float[] labels = new float[(to - from) * classes];
        for (int i = from; i < to; i++) {
            augmentation.copy(pictures, order[i], random, numbers, (i - from) * pictures.size());
            labels[(i - from) * classes + pictures.label(order[i])] = 1;
        }
        return new MiniBatch(numbers, labels, to - from);
    }
}
