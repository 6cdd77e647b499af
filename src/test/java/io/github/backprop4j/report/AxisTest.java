package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0 | 2.3 | 0.0, 0.5, 1.0, 1.5, 2.0, 2.5",
        "0.31 | 0.58 | 0.3, 0.4, 0.5, 0.6",
        "0 | 0.09375 | 0.00, 0.02, 0.04, 0.06, 0.08, 0.10",
        "0 | 41234 | 0, 10,000, 20,000, 30,000, 40,000, 50,000",
        "1 | 1 | 1.0000, 1.0002, 1.0004, 1.0006, 1.0008, 1.0010",
        "0 | 0 | 0.0, 0.2, 0.4, 0.6, 0.8, 1.0",
        "0 | 1e-320 | 0.0, 0.2, 0.4, 0.6, 0.8, 1.0",
        "0 | 4e7 | 0, 1.0e+07, 2.0e+07, 3.0e+07, 4.0e+07"})
    void ticksAreRound(double least, double most, String labels) {
        Axis axis = Axis.of(least, most, 5, 100);
        assertEquals(labels, String.join(", ", axis.ticks().stream().map(axis::label).toList()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1 | 0, 1", "4 | 0, 1, 2, 3, 4", "9 | 0, 2, 4, 6, 8, 10",
        "200 | 0, 50, 100, 150, 200", "13 | 0, 5, 10, 15"})
    void epochsAreWhole(double most, String labels) {
        Axis axis = Axis.whole(most, 6, 100);
        assertEquals(labels, String.join(", ", axis.ticks().stream().map(axis::label).toList()));
    }

    @Test
    void everyNumberIsOnItsAxis() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            double scale = Math.pow(10, random.nextDouble(-20, 20));
            double least = scale * random.nextDouble(-1, 1);
            double most = least + scale * random.nextDouble(1e-6, 1);
            Axis axis = Axis.of(least, most, 5, 100);
            String message = least + " to " + most + ": " + axis;
            assertTrue(axis.at(least) >= -1e-4 && axis.at(most) <= 100 + 1e-4, message);
            assertTrue(axis.count() >= 2 && axis.count() <= 6, message);
            assertTrue(axis.at(most) > axis.at(least), message);
            assertEquals(List.of(0.0, 100.0), List.of(axis.at(axis.from()), axis.at(axis.to())), message);
        }
    }
}
