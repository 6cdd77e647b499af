package io.github.backprop4j.training;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Engine;
import java.util.Locale;

/**
 * Complete settings for images from 9 pixels on, colour or grey, by how long one wants to wait: the recipe of airbench94
 * (Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv 2404.00498) for networks of three sizes. README.md has
 * the accuracy and the time that each was measured with.
 *
 * <p>Each is a start: what they return is an ordinary builder, and every setting in it can be changed.
 */
public enum Preset {
    /** A narrow network and few epochs: for a first look. */
    QUICK(9, 32, 64, 64),
    /** A network of middle width: most of the accuracy in a third of the time. */
    BALANCED(16, 64, 128, 128),
    /** The network of the record runs. */
    BEST(16, 64, 256, 256);

    private static final int LARGEST_BATCH = 1024;
    private static final int SMALLEST_BATCH = 32;
    /** The least of an epoch, which fewer images have by smaller mini-batches, down to the smallest. */
    private static final int STEPS_OF_EPOCH = 40;
    /** So many images are seen at least, few of them in more epochs, but in no more than {@link #MOST_EPOCHS}. */
    private static final int LEAST_SEEN = 32_000;
    private static final int MOST_EPOCHS = 200;
    /** Of images of {@link #AREA} pixels; of larger ones fewer, which take as much memory. */
    private static final int GHOST_BATCH = 128;
    private static final int SMALLEST_GHOST_BATCH = 16;
    private static final int AREA = 32 * 32;
    /** Eight ghost batches, those of the largest mini-batch, keep 0.6. */
    private static final double BATCHNORM_MOMENTUM = 0.938;
    /** Of a mini-batch of {@link #LARGEST_BATCH}; others have their share of it. */
    private static final double LEARNING_RATE = 1.5;
    /** The share of the epochs in which the bias of the whitening layer is trained. */
    private static final double WHITENING_TRAINED = 0.3;

    /** The least height and width: of 8 pixels the poolings leave nothing. */
    private static final int LEAST_SIDE = 9;

    private final int epochs;
    private final String layers;

    Preset(int epochs, int... widths) {
        this.epochs = epochs;
        StringBuilder text = new StringBuilder("whiten:2,gelu,");
        for (int width : widths) {
            text.append(group(width));
        }
        layers = text.append("globalmaxpool,scale:0.1111111111111111,output:nobias").toString();
    }

    private static String group(int width) {
        String convolution = "conv:" + width + ":3:dirac:nobias,";
        // a larger epsilon than usual: a channel that is nearly the same in all images is not blown up
        String normalization = "batchnorm:0.001:noscale,gelu,";
        return convolution + "pool:2," + normalization + convolution + normalization;
    }

    /** Returns whether the networks of the presets can take such images: none of their sides is below 9 pixels. */
    public static boolean fits(Images images) {
        return Math.min(images.height(), images.width()) >= LEAST_SIDE;
    }

    /** Returns the settings for training images, all of which are trained with. */
    public TrainingSettings.Builder settings(Images images) {
        return settings(images.count(), new ImageSize(images.height(), images.width()));
    }

    /**
     * Returns the settings for a number of training images, with mini-batches that suit it.
     *
     * @param images to train with, at least 1
     */
    public TrainingSettings.Builder settings(int images, ImageSize size) {
        int fitting = Integer.highestOneBit(Math.max(1, images / STEPS_OF_EPOCH));
        return settings(images, size, Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, fitting)));
    }

    /**
     * Returns the settings for a number of training images and a size of mini-batches, with the learning rate that goes
     * with it. Fewer than some thousand images are seen in more epochs, up to 200; larger ones pass through the network
     * fewer at a time, for the sake of memory. A builder that is given another batch size or other epochs leaves the rest as
     * it is: to have it follow, give the batch size here.
     *
     * @param images to train with, at least 1
     * @param batchSize at least 1
     */
    public TrainingSettings.Builder settings(int images, ImageSize size, int batchSize) {
        Ranges.requireAtLeast(1, "images", images);
        int step = Math.min(images, Ranges.requireAtLeast(1, "batch size", batchSize));
        int all = Math.max(epochs, Math.min(MOST_EPOCHS, (LEAST_SEEN - 1) / images + 1));
        Engine engine = Engine.fastest();
        return TrainingSettings.builder().layers(layers).epochs(all).batchSize(batchSize)
                .optimizer(Optimizer.NESTEROVS).momentum(0.85).learningRate(LEARNING_RATE * step / LARGEST_BATCH)
                .rateFactors(RateFactors.parse("shift:64")).schedule(Schedule.TRIANGULAR).l2(0.00133).labelSmoothing(0.2)
                .lookahead(5).ghostBatch(ghostBatch(size, step)).batchnormMomentum(BATCHNORM_MOMENTUM)
                .augment(Augmentation.parse("reflect:2,altflip")).validation(0)
                .freeze(2).freezeAfter(freezeAfter(all)).views(new Views(6))
                .engine(engine).precision(engine.fastestPrecision());
    }

    /** At least two in a step, so that two threads have work. */
    private static int ghostBatch(ImageSize size, int step) {
        long fitting = (long) GHOST_BATCH * AREA / ((long) size.height() * size.width());
        return (int) Math.max(SMALLEST_GHOST_BATCH, Math.min(Math.min(GHOST_BATCH, fitting), step / 2));
    }

    /** Returns after how many of all epochs the whitening layer is left as it is. */
    public static int freezeAfter(int epochs) {
        return (int) Math.ceil(WHITENING_TRAINED * epochs);
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
