package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;

/**
 * Images divided at random.
 *
 * @param training what is left
 * @param validation a part of them that is not trained with
 */
public record Split(Images training, Images validation) {

    /**
     * Sets some images apart.
     *
     * @param fraction of all images, above 0 and below 1; at least one image comes to each side
     * @param seed decides which
     * @throws InvalidInputException if fraction is out of range or there are not two images
     */
    public static Split of(Images images, double fraction, long seed) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new InvalidInputException("validation: " + fraction + ", expected more than 0 and below 1");
        }
        int count = images.count();
        if (count < 2) {
            throw new InvalidInputException("validation: " + count + " image cannot be divided");
        }
        int apart = Math.max(1, Math.min(count - 1, (int) Math.round(fraction * count)));
        int[] order = ImageBatches.shuffle(count, Seeds.at(seed, 0));
        return new Split(sorted(images, order, apart, count), sorted(images, order, 0, apart));
    }

    private static Images sorted(Images images, int[] order, int from, int to) {
        int[] chosen = Arrays.copyOfRange(order, from, to);
        Arrays.sort(chosen);
        return images.subset(chosen);
    }
}
