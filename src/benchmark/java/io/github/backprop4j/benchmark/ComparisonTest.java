package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    private static final Machine MACHINE = new Machine("AMD EPYC", 2, 1, "Linux amd64", "17", "Haswell", null);

    @ParameterizedTest
    @CsvSource({"84, false", "85, true", "86, true", "300, true"})
    void aHeadBelowTheLimitFails(double head, boolean passes) {
        assertEquals(passes, Comparison.of(reports(images("step", 100)), reports(images("step", head)), 0.85).passes());
    }

    /** Where less is better the ratio is the other way round: 100 s for what took 84 is 0.84 times as fast. */
    @ParameterizedTest
    @CsvSource({"84, false", "86, true"})
    void timesCompareAsSpeeds(double base, boolean passes) {
        assertEquals(passes, Comparison.of(reports(seconds("loop", base)), reports(seconds("loop", 100)), 0.85).passes());
    }

    @Test
    void oneSlowMeasurementAmongFastOnesFails() {
        Comparison comparison = Comparison.of(
                reports(images("a", 100), images("b", 100)), reports(images("a", 200), images("b", 80)), 0.85);
        assertFalse(comparison.passes());
        assertEquals("""
                | measured | base | head | unit | head / base | |
                | --- | ---: | ---: | --- | ---: | --- |
                | a | 100.0 | 200.0 | images/s | 2.000 |  |
                | b | 100.0 | 80.00 | images/s | 0.800 | **below 0.85** |
                """, comparison.table());
    }

    @Test
    void theMedianIsOfAllReportsOfASide() {
        List<Report> base = List.of(report(images("a", 100)), report(images("a", 1)), report(images("a", 102)));
        List<Report> head = List.of(report(images("a", 90)), report(images("a", 95)), report(images("a", 5)));
        Comparison comparison = Comparison.of(base, head, 0.85);
        assertEquals(0.9, comparison.rows().get(0).ratio());
    }

    @Test
    void whatOneLacksIsNamedAndNoFailure() {
        Comparison comparison = Comparison.of(reports(images("both", 100), images("old", 100), images("unit", 1)),
                reports(images("both", 100), images("new", 1), seconds("unit", 1)), 0.85);
        assertTrue(comparison.passes());
        assertEquals(List.of("old", "unit"), comparison.onlyInBase());
        assertEquals(List.of("new", "unit"), comparison.onlyInHead());
        assertTrue(comparison.table().contains("\nOnly in base: old\n"), comparison.table());
        assertTrue(comparison.table().contains("\nOnly in head: new\n"), comparison.table());
    }

    @Test
    void nothingInCommonDoesNotPass() {
        assertFalse(Comparison.of(reports(images("old", 100)), reports(images("new", 100)), 0.85).passes());
    }

    @Test
    void theLimitIsANumberMoreThanZero() {
        assertEquals("comparison: limit NaN, expected a ratio more than 0", assertThrows(IllegalArgumentException.class,
                () -> Comparison.of(List.of(), List.of(), Double.NaN)).getMessage());
    }

    private static List<Report> reports(Measurement... measurements) {
        return List.of(report(measurements));
    }

    private static Report report(Measurement... measurements) {
        return new Report("2026-11-24T09:00:00Z", MACHINE, List.of(measurements));
    }

    private static Measurement images(String name, double value) {
        return new Measurement(name, Group.STEP, Unit.IMAGES_PER_SECOND, List.of(value), Map.of());
    }

    private static Measurement seconds(String name, double value) {
        return new Measurement(name, Group.NOTEBOOK, Unit.SECONDS, List.of(value), Map.of());
    }
}
