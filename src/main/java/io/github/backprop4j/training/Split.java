package io.github.backprop4j.training;

import io.github.backprop4j.data.Pictures;
import java.util.Arrays;

/**
 * Pictures divided at random.
 *
 * @param training what is left
 * @param validation a part of them that is not trained with
 */
public record Split(Pictures training, Pictures validation) {

    /**
     * Sets some pictures apart.
     *
     * @param fraction of all pictures, above 0 and below 1; at least one picture comes to each side
     * @param seed decides which
     * @throws IllegalArgumentException if fraction is out of range or there are not two pictures
     */
    public static Split of(Pictures pictures, double fraction, long seed) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("validation: " + fraction + ", expected at least 0 and below 1");
        }
        int count = pictures.count();
        if (count < 2) {
            throw new IllegalArgumentException("validation: " + count + " picture cannot be divided");
        }
        int apart = Math.max(1, Math.min(count - 1, (int) Math.round(fraction * count)));
        int[] order = PictureBatches.shuffle(count, Seeds.at(seed, 0));
        return new Split(sorted(pictures, order, apart, count), sorted(pictures, order, 0, apart));
    }

    private static Pictures sorted(Pictures pictures, int[] order, int from, int to) {
        int[] chosen = Arrays.copyOfRange(order, from, to);
        Arrays.sort(chosen);
        return pictures.subset(chosen);
    }
}
