package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DuetRecordTest {

    private static final Machine MACHINE = new Machine("cpu", 2, 1, "Linux", "17", null, null);

    private static DuetRecord record() {
        DuetRecord record = new DuetRecord();
        for (int round = 1; round <= 3; round++) {
            record.add(new DuetRounds.Round(Map.of("relu", Group.LAYER, "step", Group.STEP), List.of(),
                    Map.of("relu", new Duet.Seconds(round, 2 * round), "step", new Duet.Seconds(4, round)), 5 + round));
        }
        return record;
    }

    private static Report report(DuetRecord record, Duet.Side side) {
        return record.report(side, "2026-11-26T00:00:00Z", MACHINE);
    }

    @Test
    void comesBackFromTheReportsOfItsSides() {
        DuetRecord record = record();
        DuetRecord back = DuetRecord.of(report(record, Duet.Side.BASE), report(record, Duet.Side.HEAD));
        assertEquals(3, back.count());
        assertEquals(7, back.roundSeconds());
        assertArrayEquals(new double[] {Math.log(2), Math.log(2), Math.log(2)}, back.logRatios().get("relu"), 1e-12);
        assertArrayEquals(new double[] {Math.log(1 / 4.0), Math.log(2 / 4.0), Math.log(3 / 4.0)},
                back.logRatios().get("step"), 1e-12);
        assertEquals(2, back.median("step", Duet.Side.HEAD));
        assertEquals(report(record, Duet.Side.HEAD), report(back, Duet.Side.HEAD));
    }

    @Test
    void reportsOfDifferentComparisonsAreRefused() {
        Report three = report(record(), Duet.Side.BASE);
        DuetRecord longer = record();
        longer.add(new DuetRounds.Round(Map.of(), List.of(),
                Map.of("relu", new Duet.Seconds(1, 1), "step", new Duet.Seconds(1, 1)), 1));
        IllegalArgumentException problem = assertThrows(IllegalArgumentException.class,
                () -> DuetRecord.of(three, report(longer, Duet.Side.HEAD)));
        assertTrue(problem.getMessage().contains("3 rounds in s and 4 in s"), problem.getMessage());

        Report speeds = new Report("2026-11-26T00:00:00Z", MACHINE, List.of(new Measurement(
                "relu", Group.LAYER, Unit.IMAGES_PER_SECOND, List.of(1.0, 2.0, 3.0), Map.of())));
        assertThrows(IllegalArgumentException.class, () -> DuetRecord.of(three, speeds));
        Report others = new Report("2026-11-26T00:00:00Z", MACHINE, List.of(new Measurement(
                "gelu", Group.LAYER, Unit.SECONDS, List.of(1.0, 2.0, 3.0), Map.of())));
        assertThrows(IllegalArgumentException.class, () -> DuetRecord.of(three, others));
    }
}
