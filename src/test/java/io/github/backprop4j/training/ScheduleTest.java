package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.schedule.ISchedule;

class ScheduleTest {

    @Test
    void constantStays() {
        ISchedule schedule = Schedule.CONSTANT.of(10, 0.5);
        assertEquals(0.5, schedule.valueAt(0, 0));
        assertEquals(0.5, schedule.valueAt(9, 3));
    }

    @Test
    void stepFallsToATenthTwice() {
        ISchedule schedule = Schedule.STEP.of(90, 0.5);
        assertEquals(0.5, schedule.valueAt(29, 0), 1e-12);
        assertEquals(0.05, schedule.valueAt(30, 0), 1e-12);
        assertEquals(0.005, schedule.valueAt(89, 0), 1e-12);
    }

    @Test
    void cosineFallsToNothing() {
        ISchedule schedule = Schedule.COSINE.of(100, 0.5);
        assertEquals(0.5, schedule.valueAt(0, 0));
        assertEquals(0.25, schedule.valueAt(50, 0), 1e-12);
        assertEquals(0.5 * (1 + Math.sqrt(0.5)) / 2, schedule.valueAt(25, 0), 1e-12);
        assertEquals(0, schedule.valueAt(100, 0), 1e-12);
        assertEquals(schedule, schedule.clone());
    }

    @Test
    void oneCycleRisesAndFalls() {
        ISchedule schedule = Schedule.ONE_CYCLE.of(1000, 0.5);
        assertEquals(0.02, schedule.valueAt(0, 0), 1e-12);
        assertEquals(0.26, schedule.valueAt(225, 0), 1e-12);
        assertEquals(0.5, schedule.valueAt(450, 0), 1e-12);
        assertEquals(0.26, schedule.valueAt(675, 0), 1e-12);
        assertTrue(schedule.valueAt(999, 0) < 0.5 / 20_000, () -> "ends with " + schedule.valueAt(999, 0));
    }

    @Test
    void triangularHasItsCornersAndStraightSides() {
        ISchedule schedule = Schedule.TRIANGULAR.of(1000, 0.5);
        assertEquals(0.1, schedule.valueAt(0, 0), 1e-15);
        assertEquals(0.3, schedule.valueAt(115, 0), 1e-15);
        assertEquals(0.5, schedule.valueAt(230, 0));
        assertEquals(0.5 * (1 + 0.07) / 2, schedule.valueAt(230 + 385, 0), 1e-15);
        assertEquals(0.035, schedule.valueAt(1000, 0), 1e-15);
        assertEquals(schedule.valueAt(1000, 0), schedule.valueAt(1001, 0));
        for (int step = 0; step < 1000; step++) {
            double change = schedule.valueAt(step + 1, 0) - schedule.valueAt(step, 0);
            assertEquals(step < 230 ? 0.4 / 230 : -0.465 / 770, change, 1e-15, "behind step " + step);
        }
        assertEquals(schedule, schedule.clone());
        assertEquals(0.5, Schedule.TRIANGULAR.of(4, 0.5).valueAt(0, 0), "no step is on the way up");
        assertEquals(0.1, Schedule.TRIANGULAR.of(5, 0.5).valueAt(0, 0), 1e-15);
        assertEquals(0.5, Schedule.TRIANGULAR.of(5, 0.5).valueAt(1, 0));
    }

    @Test
    void warmUpIsHowLongTheRateRises() {
        assertEquals(9, Schedule.ONE_CYCLE.warmUp(20));
        assertEquals(5, Schedule.TRIANGULAR.warmUp(20));
        assertEquals(23, Schedule.TRIANGULAR.warmUp(100));
        assertEquals(24, Schedule.TRIANGULAR.warmUp(101));
        assertEquals(0, Schedule.COSINE.warmUp(20));
    }

    @ParameterizedTest
    @EnumSource
    void isInRangeForAnyLength(Schedule kind) {
        for (int steps = 1; steps < 60; steps++) {
            ISchedule schedule = kind.of(steps, 0.5);
            for (int step = 0; step < steps; step++) {
                double rate = schedule.valueAt(step, 0);
                assertTrue(rate >= 0 && rate <= 0.5 + 1e-12, kind + " of " + steps + " at " + step + ": " + rate);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatIsNoRate(Schedule kind) {
        assertEquals("learning rate: NaN, expected a finite number of at least 0",
                assertThrows(IllegalArgumentException.class, () -> kind.of(5, Double.NaN)).getMessage());
        assertEquals("steps: 0, expected at least 1",
                assertThrows(IllegalArgumentException.class, () -> kind.of(0, 1)).getMessage());
    }
}
