package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images divided at random.
 *
 * @param training what is left
 * @param validation a part of them that is not trained with
 */
public record Split(Images training, Images validation) {

    private static final Logger LOG = LoggerFactory.getLogger(Split.class);

    /**
     * Sets some images apart. Stratified, each class gives {@code fraction} of its images, rounded so that the sum is right;
     * no class gives its only one as long as others have more. The log tells how many classes give none.
     *
     * @param fraction of all images, above 0 and below 1; at least one image comes to each side
     * @param seed decides which
     * @throws InvalidInputException if fraction is out of range or there are not two images
     */
    public static Split of(Images images, double fraction, long seed, Splitting splitting) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new InvalidInputException("validation: " + fraction + ", expected more than 0 and below 1");
        }
        int count = images.count();
        if (count < 2) {
            throw new InvalidInputException("validation: " + count + " image cannot be divided");
        }
        int apart = Math.max(1, Math.min(count - 1, (int) Math.round(fraction * count)));
        int[] order = ImageBatches.shuffle(count, Seeds.at(seed, 0));
        if (splitting == Splitting.STRATIFIED) {
            order = quotasFirst(order, images, quotas(images, apart));
        }
        return new Split(sorted(images, order, apart, count), sorted(images, order, 0, apart));
    }

    /** Rounds the share of each class by the largest remainders. */
    private static int[] quotas(Images images, int apart) {
        int[] counts = images.classCounts();
        double share = (double) apart / images.count();
        int[] quotas = IntStream.of(counts).map(count -> (int) (share * count)).toArray();
        ToDoubleFunction<Integer> remainder = label -> share * counts[label] - quotas[label];
        List<Integer> byRemainder = IntStream.range(0, counts.length).boxed().filter(label -> counts[label] > quotas[label])
                .sorted(Comparator.comparing((Integer label) -> counts[label] - quotas[label] < 2)
                        .thenComparing(Comparator.comparingDouble(remainder).reversed())).toList();
        byRemainder.subList(0, apart - IntStream.of(quotas).sum()).forEach(label -> quotas[label]++);
        report(images, counts, quotas);
        return quotas;
    }

    private static void report(Images images, int[] counts, int[] quotas) {
        List<String> without = IntStream.range(0, counts.length).filter(label -> counts[label] > 0 && quotas[label] == 0)
                .mapToObj(images.classNames()::get).toList();
        if (!without.isEmpty()) {
            LOG.warn("validation: {} of {} classes have too few images for one to be set apart, the first is {}",
                    without.size(), counts.length, without.get(0));
        }
    }

    /** Returns the order with those first that their class still gives; otherwise it stays. */
    private static int[] quotasFirst(int[] order, Images images, int[] quotas) {
        int[] left = quotas.clone();
        boolean[] given = new boolean[order.length];
        for (int index : order) {
            given[index] = left[images.label(index)]-- > 0;
        }
        return IntStream.concat(IntStream.of(order).filter(index -> given[index]),
                IntStream.of(order).filter(index -> !given[index])).toArray();
    }

    private static Images sorted(Images images, int[] order, int from, int to) {
        int[] chosen = Arrays.copyOfRange(order, from, to);
        Arrays.sort(chosen);
        return images.subset(chosen);
    }
}
