package io.github.backprop4j.layers;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Seeded arrays to test with. */
public final class Samples {

    private Samples() {}

    /** Normal deviates, float64. */
    public static INDArray gaussian(Random random, long... shape) {
        double[] values = random.doubles(count(shape)).map(ignored -> random.nextGaussian()).toArray();
        return Nd4j.create(values, shape, 'c');
    }

    /** Numbers of both signs no two of which, nor 0, are closer than 0.01: no kink is near. */
    public static INDArray apart(Random random, long... shape) {
        int count = count(shape);
        List<Integer> numbers = IntStream.range(0, count).boxed().collect(Collectors.toList());
        Collections.shuffle(numbers, random);
        double[] values = numbers.stream().mapToDouble(i -> 0.01 * (i - count / 2 + 0.5)).toArray();
        return Nd4j.create(values, shape, 'c');
    }

    public static INDArray floats(INDArray array) {
        return array.castTo(DataType.FLOAT);
    }

    private static int count(long[] shape) {
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        return count;
    }
}
