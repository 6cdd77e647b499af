package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Ranges;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Consumer;
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

    /** One pass over the images. Where it stands, the mini-batch may be made more than once, and in parts. */
    public final class Pass implements Iterator<MiniBatch> {

        private final int epoch;
        private final SplittableRandom random;
        private final int[] order;
        private final List<Consumer<Picture>> drawn = new ArrayList<>();
        private int number = -1;

        private Pass(int epoch) {
            this.epoch = epoch;
            random = Seeds.at(seed, epoch);
            order = shuffled ? shuffle(images.count(), random) : IntStream.range(0, images.count()).toArray();
        }

        @Override
        public boolean hasNext() {
            return number + 1 < perEpoch();
        }

        @Override
        public MiniBatch next() {
            advance();
            return current(0, currentSize());
        }

        /**
         * Goes to the next mini-batch without making its images, which costs next to nothing.
         *
         * @throws NoSuchElementException if there is none any more
         */
        public void advance() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            number++;
            drawn.clear();
            for (int i = 0; i < currentSize(); i++) {
                drawn.add(augmentation.draw(images, new Augmentation.Draw(image(i), epoch, seed, random)));
            }
        }

        /** Returns which mini-batch of the epoch it stands at, from 0; -1 before the first. */
        public int number() {
            return number;
        }

        /** Returns how many images the mini-batch has that it stands at. */
        public int currentSize() {
            return Math.min(size, order.length - number * size);
        }

        /**
         * Returns the mini-batch that it stands at with some of its images made; the others are black.
         *
         * @param from number of the first that is made, from 0
         * @param to number after the last, at most {@link #currentSize}
         */
        public MiniBatch current(int from, int to) {
            int count = currentSize();
            int classes = images.classNames().size();
            float[] numbers = new float[Math.multiplyExact(count, images.size())];
            float[] labels = new float[count * classes];
            float[] weights = new float[count];
            for (int i = from; i < to; i++) {
                Augmentation.copy(images, image(i), drawn.get(i), numbers, i * images.size());
            }
            for (int i = 0; i < count; i++) {
                int label = images.label(image(i));
                labels[i * classes + label] = 1;
                weights[i] = classWeights[label];
            }
            return new MiniBatch(
                    numbers, labels, weights, count, images.channels(), images.height(), images.width());
        }

        private int image(int ofBatch) {
            return order[number * size + ofBatch];
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
