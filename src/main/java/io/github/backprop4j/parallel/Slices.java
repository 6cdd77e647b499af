package io.github.backprop4j.parallel;

import java.util.Objects;

/**
 * How a batch is cut into slices that pass through a network one at a time: what is in work then stays in the
 * processor's cache, and threads have a slice each.
 *
 * <p>The cut depends on how many images there are and a slice may have, alone. A sum over slices in their order is
 * therefore the same to the bit for any number of threads, and another cut would give other bits.
 */
public final class Slices {

    /** No slice has more images, unless it is asked for: more do not fit into a processor's cache. */
    public static final int LARGEST = 32;

    private final int total;
    private final int largest;
    private final int count;
    private final boolean even;

    private Slices(int total, int largest, int least, boolean even) {
        if (total < 0) {
            throw new IllegalArgumentException("slices: " + total + " images, expected at least 0");
        }
        if (largest < 1) {
            throw new IllegalArgumentException("slices: of at most " + largest + " images, expected at least 1");
        }
        this.total = total;
        this.largest = largest;
        this.even = even;
        count = Math.max(least, total / largest + (total % largest == 0 ? 0 : 1));
    }

    /**
     * Cuts a batch into slices whose sizes differ by one at most, so that threads with a slice each end together. There
     * are as few slices of at most 32 images as can be, except that 32 images make two slices of 16: two threads then
     * both have work.
     *
     * @param total images, at least 0
     */
    public static Slices even(int total) {
        return new Slices(total, LARGEST, total == LARGEST ? 2 : 0, true);
    }

    /**
     * Cuts a batch into as few slices as can be, whose sizes differ by one at most.
     *
     * @param total images, at least 0
     * @param largest images of a slice, at least 1; 32 gives what {@link #even(int)} does
     */
    public static Slices even(int total, int largest) {
        return largest == LARGEST ? even(total) : new Slices(total, largest, 0, true);
    }

    /**
     * Cuts a batch into slices of 32 images and a last one of what is left.
     *
     * @param total images, at least 0
     */
    public static Slices full(int total) {
        return new Slices(total, LARGEST, 0, false);
    }

    /** Returns the number of slices, which is 0 if there are no images. */
    public int count() {
        return count;
    }

    /**
     * Returns the first image of a slice.
     *
     * @param index of the slice, from 0
     */
    public int from(int index) {
        return boundary(Objects.checkIndex(index, count));
    }

    /**
     * Returns the image behind the last one of a slice.
     *
     * @param index of the slice, from 0
     */
    public int to(int index) {
        return boundary(Objects.checkIndex(index, count) + 1);
    }

    /**
     * Returns the number of images in a slice.
     *
     * @param index of the slice, from 0
     */
    public int size(int index) {
        return to(index) - from(index);
    }

    /** Where the slice of this index begins and the one before it ends. */
    private int boundary(int index) {
        return (int) (even ? (long) total * index / count : Math.min(total, (long) largest * index));
    }
}
