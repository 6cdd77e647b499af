package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StepClockTest {

    private final AtomicLong time = new AtomicLong(-5_000_000_000L);

    @Test
    void onlyStepsAfterTheWarmUpCount() {
        StepClock clock = new StepClock(2, 3, time::get);
        step(clock, 1.5);       // the warm-up lasts into the second step
        step(clock, 1.5);
        step(clock, 1);
        step(clock, 1);
        assertTrue(clock.isRunning());
        step(clock, 4);
        assertFalse(clock.isRunning());
        assertEquals(2, clock.secondsPerStep());
    }

    @Test
    void stepsLongerThanTheWindowAreMeasuredOnce() {
        StepClock clock = new StepClock(2, 3, time::get);
        assertThrows(IllegalStateException.class, clock::secondsPerStep);
        step(clock, 9);
        assertTrue(clock.isRunning());
        step(clock, 8);
        assertFalse(clock.isRunning());
        assertEquals(8, clock.secondsPerStep());
    }

    private void step(StepClock clock, double seconds) {
        time.addAndGet((long) (seconds * 1e9));
        clock.stepDone();
    }
}
