package io.github.backprop4j.notebook;

import static io.github.backprop4j.Golden.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.Golden;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class NumpyRandomTest {

    private static final Golden GOLDEN = Golden.load("numpy_random");

    /** The file's arrays were drawn one after the other, from one seeding. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, 123456789, 4294967295L})
    void drawsNumpysNumbers(long seed) {
        NumpyRandom random = new NumpyRandom(seed);
        String s = "seed" + seed + "_";
        assertWithin4Ulp(GOLDEN.get(s + "randn_3x5"), random.randn(3, 5));
        assertArrayEquals(numbers(GOLDEN.get(s + "rand_2x4")), numbers(random.rand(2, 4)));
        assertWithin4Ulp(GOLDEN.get(s + "randn_7"), random.randn(7));
        double[] uniform = numbers(random.rand(1000));
        assertArrayEquals(numbers(GOLDEN.get(s + "rand_1000_tail")), Arrays.copyOfRange(uniform, 997, 1000));
        double[] sumAndNext = numbers(GOLDEN.get(s + "randn_100000_sum_last"));
        assertEquals(sumAndNext[0], Arrays.stream(numbers(random.randn(100_000))).sum(), 1e-9);
        assertEquals(sumAndNext[1], random.randn(1).getDouble(0), 4 * Math.ulp(sumAndNext[1]));
    }

    private static void assertWithin4Ulp(INDArray expected, INDArray actual) {
        assertArrayEquals(expected.shape(), actual.shape());
        double[] e = numbers(expected);
        double[] a = numbers(actual);
        for (int i = 0; i < e.length; i++) {
            double ulps = Math.abs(e[i] - a[i]) / Math.ulp(e[i]);
            assertTrue(ulps <= 4, "number " + i + " is " + a[i] + ", expected " + e[i] + ": " + ulps + " ulp");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4294967296L})
    void refusesTheSeedsThatNumpyRefuses(long seed) {
        assertEquals("seed: " + seed + ", expected 0 to 4294967295",
                assertThrows(IllegalArgumentException.class, () -> new NumpyRandom(seed)).getMessage());
    }

    @Test
    void uniformNumbersAreBelowOne() {
        double[] numbers = numbers(new NumpyRandom(5).rand(100_000));
        assertTrue(Arrays.stream(numbers).allMatch(x -> x >= 0 && x < 1));
        assertEquals(0.5, Arrays.stream(numbers).average().orElseThrow(), 0.005);
    }
}
