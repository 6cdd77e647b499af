package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementTest {

    @Test
    void theMedianIsTheValueInTheMiddleWhateverTheOrder() {
        assertEquals(3, of(Unit.SECONDS, 9.0, 3.0, 1.0).median());
        assertEquals(2.5, of(Unit.SECONDS, 4.0, 1.0, 3.0, 2.0).median());
    }

    @Test
    void theFasterHasTheSpeedupAboveOne() {
        assertEquals(2, of(Unit.IMAGES_PER_SECOND, 100.0).speedup(of(Unit.IMAGES_PER_SECOND, 50.0)));
        assertEquals(4, of(Unit.SECONDS, 0.5).speedup(of(Unit.SECONDS, 2.0)));
    }

    @Test
    void differentUnitsDoNotCompare() {
        Exception e = assertThrows(IllegalArgumentException.class,
                () -> of(Unit.SECONDS, 1.0).speedup(of(Unit.GFLOPS, 1.0)));
        assertEquals("some, thing is in s, some, thing in GFLOP/s; only equal units compare", e.getMessage());
    }

    @Test
    void theSideIsTheNameUpToTheComma() {
        assertEquals("some", of(Unit.SECONDS, 1.0).side());
    }

    @Test
    void valuesAreThereAndFinite() {
        assertThrows(IllegalArgumentException.class, () -> of(Unit.SECONDS));
        Exception e = assertThrows(IllegalArgumentException.class, () -> of(Unit.SECONDS, 1.0, Double.NaN));
        assertEquals("measurement some, thing: group step, unit s, values [1.0, NaN], expected all of them, and finite"
                + " values", e.getMessage());
    }

    private static Measurement of(Unit unit, Double... values) {
        return new Measurement("some, thing", Group.STEP, unit, List.of(values), Map.of());
    }
}
