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
    public Pass epoch(int epoch) {
        return new Pass(epoch);
    }

    /** One pass over the images, of which not every image needs to be made. */
    public final class Pass implements Iterator<MiniBatch> {

        private final int epoch;
        private final SplittableRandom random;
        private final int[] order;
        private int first;

        private Pass(int epoch) {
            this.epoch = epoch;
            random = Seeds.at(seed, epoch);
            order = shuffled ? shuffle(images.count(), random) : IntStream.range(0, images.count()).toArray();
        }

        /** Returns the number of the mini-batch that is next, from 0. */
        public int number() {
            return (first + size - 1) / size;
        }

        @Override
        public boolean hasNext() {
            return first < order.length;
        }

        /** Returns how many images the next mini-batch has; 0 at the end. */
        public int nextSize() {
            return Math.min(size, order.length - first);
        }

        @Override
        public MiniBatch next() {
            return next(0, size);
        }

        /** Leaves out a mini-batch. */
        public void skip() {
            int end = first + nextSize();
            for (; first < end; first++) {
                augmentation.skip(images, draw(first));
            }
        }

        private Augmentation.Draw draw(int position) {
            return new Augmentation.Draw(order[position], epoch, seed, random);
        }

        /**
         * Returns the next mini-batch with some of its images; the others are black, and cost next to nothing.
         *
         * @param from number of the first that is made, from 0
         * @param to number after the last, at most the mini-batch's size or what is beyond it
         * @throws NoSuchElementException if there is no mini-batch any more
         */
        public MiniBatch next(int from, int to) {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int count = nextSize();
            int classes = images.classNames().size();
            float[] numbers = new float[Math.multiplyExact(count, images.size())];
            float[] labels = new float[count * classes];
            float[] weights = new float[count];
            for (int i = 0; i < count; i++) {
                if (i >= from && i < to) {
                    augmentation.copy(images, draw(first + i), numbers, i * images.size());
                } else {
                    augmentation.skip(images, draw(first + i));
                }
                int label = images.label(order[first + i]);
                labels[i * classes + label] = 1;
                weights[i] = classWeights[label];
            }
            first += count;
            return new MiniBatch(
                    numbers, labels, weights, count, images.channels(), images.height(), images.width());
        }
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
}
