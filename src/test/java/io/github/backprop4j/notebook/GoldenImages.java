package io.github.backprop4j.notebook;

import io.github.backprop4j.Golden;
import io.github.backprop4j.data.Cifar10;
import io.github.backprop4j.data.Images;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of a golden file. */
final class GoldenImages {

    private GoldenImages() {}

    static Images of(Golden golden) {
        return new Images(3, 32, 32, Cifar10.CLASS_NAMES, bytes(golden.get("images")), bytes(golden.get("labels")));
    }

    /** The first so many. */
    static Images of(Golden golden, int count) {
        Images all = of(golden);
        return new Images(3, 32, 32, all.classNames(), Arrays.copyOf(all.pixels(), count * all.size()),
                Arrays.copyOf(all.labels(), count));
    }

    private static byte[] bytes(INDArray numbers) {
        double[] values = Golden.numbers(numbers);
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
