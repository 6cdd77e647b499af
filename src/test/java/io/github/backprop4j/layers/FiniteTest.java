package io.github.backprop4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FiniteTest {

    /** One element, anywhere, of an array as long as BLAS needs to take its vectorized path and its rest. */
    @RepeatedTest(value = 30, name = "seed {currentRepetition}")
    void oneElementIsEnough(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        DataType type = random.nextBoolean() ? DataType.FLOAT : DataType.DOUBLE;
        INDArray array = Samples.gaussian(random, 1 + random.nextInt(7), 1 + random.nextInt(70)).castTo(type);
        assertTrue(Finite.allFinite(array));
        assertFalse(Finite.hasNan(array));

        long place = random.nextInt((int) array.length());
        for (double infinity : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            array.putScalar(place, infinity);
            assertFalse(Finite.allFinite(array));
            assertFalse(Finite.hasNan(array));
        }
        array.putScalar(random.nextInt((int) array.length()), Double.POSITIVE_INFINITY);
        array.putScalar(place, Double.NaN);
        assertFalse(Finite.allFinite(array));
        assertTrue(Finite.hasNan(array));
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "DOUBLE"})
    void finiteNumbersWhoseSumIsInfiniteAreFinite(DataType type) {
        double largest = type == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        INDArray array = Nd4j.valueArrayOf(new long[] {1000}, largest, type);
        array.putScalar(3, -largest);
        assertTrue(Finite.allFinite(array));
        assertFalse(Finite.hasNan(array));
        array.putScalar(999, Double.NEGATIVE_INFINITY);
        assertFalse(Finite.allFinite(array));
        assertFalse(Finite.hasNan(array));
        array.putScalar(998, Double.NaN);
        assertFalse(Finite.allFinite(array));
        assertTrue(Finite.hasNan(array));
        assertEquals(largest, array.getDouble(0), "the array is not changed");
    }

    @Test
    void looksAtAViewOnly() {
        INDArray array = Nd4j.ones(DataType.FLOAT, 4, 6);
        array.putScalar(1, 2, Double.NaN);
        assertTrue(Finite.hasNan(array.transpose()));
        assertTrue(Finite.allFinite(array.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 6))));
        assertTrue(Finite.allFinite(array.get(NDArrayIndex.interval(2, 4))));
        assertFalse(Finite.allFinite(array.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 4))));
        assertTrue(Finite.allFinite(Nd4j.scalar(1.5)));
        assertTrue(Finite.allFinite(Nd4j.empty(DataType.FLOAT)));
    }

    @Test
    void saysWhatDoesNotFit() {
        assertEquals("finite: array is INT, expected FLOAT or DOUBLE; use castTo",
                assertThrows(IllegalArgumentException.class, () -> Finite.allFinite(Nd4j.zeros(DataType.INT32, 2)))
                        .getMessage());
    }
}
