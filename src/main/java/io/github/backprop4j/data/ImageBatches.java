package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Mini-batches of images, made from their bytes one at a time. */
public final class ImageBatches implements Batches {

    private final Images images;
    private final int size;
    private final boolean shuffled;
    private final Augmentation augmentation;
    private final long seed;
    private final float[] classWeights;

    private ImageBatches(Images images, int size, boolean shuffled, Augmentation augmentation, long seed,
            float[] classWeights) {
        this.images = images;
        this.size = Ranges.requireAtLeast(1, "batch size", size);
        this.shuffled = shuffled;
        this.augmentation = augmentation;
        augmentation.requireFits(images);
        this.seed = seed;
        this.classWeights = classWeights;
    }

    /** Makes mini-batches of the images as they are and in their order. */
    public static ImageBatches inOrder(Images images, int size) {
        return new ImageBatches(images, size, false, Augmentation.NONE, 0, MiniBatch.ones(images.classNames().size()));
    }

    /**
     * Makes mini-batches of the images in a new order in each epoch, and augmented.
     *
     * @param size of a mini-batch, at least 1; the last of an epoch has what is left
     * @param seed decides order and augmentation
     * @throws InvalidInputException if the images are too small for the augmentation
     */
    public static ImageBatches shuffled(Images images, int size, Augmentation augmentation, long seed) {
        return new ImageBatches(images, size, true, augmentation, seed, MiniBatch.ones(images.classNames().size()));
    }

    /** Returns the same mini-batches with images that weigh what {@link Images#balancingWeights} says of their class. */
    public ImageBatches balanced() {
        return new ImageBatches(images, size, shuffled, augmentation, seed, images.balancingWeights());
    }

    /** Returns how many mini-batches an epoch has. */
    public int perEpoch() {
        return (int) ((images.count() - 1L + size) / size);
    }

    @Override
    public Iterator<MiniBatch> epoch(int epoch) {
        SplittableRandom random = Seeds.at(seed, epoch);
        int[] order = shuffled ? shuffle(images.count(), random) : IntStream.range(0, images.count()).toArray();
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
                MiniBatch batch = batch(order, from, to, epoch, random);
                from = to;
                return batch;
            }
        };
    }

    /** Returns the numbers below count in random order, by Fisher and Yates's shuffle. */
    static int[] shuffle(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private MiniBatch batch(int[] order, int from, int to, int epoch, SplittableRandom random) {
        int classes = images.classNames().size();
        float[] numbers = new float[Math.multiplyExact(to - from, images.size())];
        float[] labels = new float[(to - from) * classes];
        float[] weights = new float[to - from];
        for (int i = from; i < to; i++) {
            Augmentation.Draw draw = new Augmentation.Draw(order[i], epoch, seed, random);
            augmentation.copy(images, draw, numbers, (i - from) * images.size());
            labels[(i - from) * classes + images.label(order[i])] = 1;
            weights[i - from] = classWeights[images.label(order[i])];
        }
        return new MiniBatch(
                numbers, labels, weights, to - from, images.channels(), images.height(), images.width());
    }
}
