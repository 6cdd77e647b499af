package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OperationClockTest {

    /** Reading it takes a microsecond. */
    private final AtomicLong now = new AtomicLong();

    private final AtomicLong operations = new AtomicLong();

    private OperationClock clock(long... nanoseconds) throws IOException {
        return new OperationClock(
                () -> now.addAndGet(nanoseconds[(int) (operations.getAndIncrement() % nanoseconds.length)]), 0.01,
                () -> now.addAndGet(1000), () -> now.addAndGet(1000));
    }

    @Test
    void tellsTheSecondsOfAnOperation() throws IOException {
        assertEquals(0.005, clock(5_000_000).measure(0.1, 0), 1e-5);
        // many make a sample, so that reading the clock adds little
        assertEquals(20e-6, clock(20_000).measure(0.1, 0), 1e-7);
    }

    @Test
    void aSlowdownLengthensItByItsShare() throws IOException {
        double alone = clock(5_000_000).measure(0.1, 0);
        assertEquals(1.1, clock(5_000_000).measure(0.1, 0.1) / alone, 1e-3);
        assertEquals(1.03, clock(5_000_000).measure(0.1, 0.03) / alone, 1e-3);
    }

    @Test
    void oneLongOperationDoesNotCount() throws IOException {
        assertEquals(0.005, clock(5_000_000, 5_000_000, 5_000_000, 900_000_000, 5_000_000, 5_000_000, 5_000_000)
                .measure(1.5, 0), 1e-5);
    }

    @Test
    void warmsAShortOperationByItsNumberAndALongOneByItsTime() throws IOException {
        clock(20_000);
        assertEquals(477, operations.getAndSet(0), 1, "0.01 s of them, with the clock");
        clock(1_000_000);
        assertEquals(100, operations.getAndSet(0));
        clock(50_000_000);
        assertEquals(5, operations.get());
    }

    @Test
    void measuresSomeSamplesHoweverLongTheyAre() throws IOException {
        OperationClock clock = clock(500_000_000);
        operations.set(0);
        assertEquals(0.5, clock.measure(0.1, 0), 1e-5);
        assertEquals(7, operations.get());
    }
}
