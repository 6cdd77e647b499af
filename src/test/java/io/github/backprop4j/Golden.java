package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.Npz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays that the notebook's own cells produced under NumPy, and how results are held against them. */
public final class Golden {

    private final String name;
    private final Map<String, INDArray> arrays;

    private Golden(String name, Map<String, INDArray> arrays) {
        this.name = name;
        this.arrays = arrays;
    }

    public static Golden load(String name) {
        try {
            Path file = Path.of(Golden.class.getResource("/golden/" + name + ".npz").toURI());
            return new Golden(name, Npz.read(file, 64 << 20));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As float64, which holds every number of the files exactly. */
    public INDArray get(String array) {
        INDArray found = arrays.get(array);
        assertTrue(found != null, () -> name + " has no " + array + ", only " + arrays.keySet());
        return found.castTo(DataType.DOUBLE);
    }

    public double scalar(String array) {
        return get(array).getDouble(0);
    }

    /** Same shape, NaN and infinities in the same places, and the rest within tolerance · largest magnitude expected. */
    public static void assertClose(String what, INDArray expected, INDArray actual, double tolerance) {
        assertArrayEquals(expected.shape(), actual.shape(), what + ": shape");
        double[] e = numbers(expected);
        double[] a = numbers(actual);
        double scale = 0;
        for (double value : e) {
            scale = Double.isFinite(value) ? Math.max(scale, Math.abs(value)) : scale;
        }
        int worst = 0;
        double worstDifference = 0;
        for (int i = 0; i < e.length; i++) {
            double difference = Double.compare(e[i], a[i]) == 0 ? 0
                    : Double.isFinite(e[i]) && Double.isFinite(a[i]) ? Math.abs(e[i] - a[i]) : Double.MAX_VALUE;
            if (difference > worstDifference) {
                worst = i;
                worstDifference = difference;
            }
        }
        assertTrue(worstDifference <= tolerance * scale, String.format(
                "%s: element %d of %d is %s, expected %s: off by %.3g of the largest magnitude %.3g, allowed %.3g",
                what, worst, e.length, a[worst], e[worst], worstDifference / scale, scale, tolerance));
    }

    /** Row by row, whatever the strides. */
    public static double[] numbers(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }
}
