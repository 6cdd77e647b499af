package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.backprop4j.benchmark.Measurement.Group;
import io.github.backprop4j.benchmark.Measurement.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static final Measurement PEER = step(Group.PEER, "DL4J", 128, 2, 400);
    private static final Measurement NUMPY = notebook("NumPy notebook", 4);
    private static final Summary SUMMARY = new Summary(List.of(
            step(Group.STEP, "backprop4j im2col", 128, 1, 1000),
            step(Group.STEP, "backprop4j im2col", 128, 2, 2000),
            step(Group.STEP, "backprop4j im2col", 1000, 2, 1800),
            step(Group.STEP, "backprop4j onednn", 128, 2, 5000),
            step(Group.PEER, "DL4J", 32, 2, 100),
            PEER,
            notebook("backprop4j notebook", 0.5),
            NUMPY));

    @Test
    void aPeerIsComparedWithOursOfItsBatchAndThreads() {
        assertEquals("im2col 5.00, onednn 12.50", SUMMARY.oursTo(PEER));
        assertEquals("notebook 8.00", SUMMARY.oursTo(NUMPY));
        assertEquals("", SUMMARY.oursTo(step(Group.PEER, "DL4J", 64, 2, 1)));
        assertEquals("", SUMMARY.oursTo(SUMMARY.measurements().get(0)));
        assertEquals("", SUMMARY.oursTo(step(Group.LAYER, "relu forward", 128, 2, 1)), "a layer is no peer");
    }

    @Test
    void theTextHasTheBestOfEachSideAndWhatTheyAreToEachOther() {
        assertEquals("""
                - best of backprop4j im2col, batch 128, 2: 2,000 images/s
                - best of backprop4j onednn, batch 128, 2: 5,000 images/s
                - best of DL4J, batch 128, 2: 400 images/s
                - backprop4j im2col to DL4J: 5.00 times as fast
                - backprop4j onednn to DL4J: 12.50 times as fast
                - backprop4j im2col, batch 128, 2 to 1 thread: 2.00 times as fast
                - backprop4j im2col, batch 1000, 2 to batch 128: 0.90 times as fast
                - backprop4j notebook to NumPy notebook: 8.00 times as fast
                """, SUMMARY.text());
    }

    private static Measurement step(Group group, String side, int batch, int threads, double value) {
        return new Measurement(side + ", batch " + batch + ", " + threads, group, Unit.IMAGES_PER_SECOND,
                List.of(value), Map.of(Measurement.BATCH, (double) batch, Measurement.THREADS, (double) threads));
    }

    private static Measurement notebook(String side, double seconds) {
        return new Measurement(side + ", 1000 images", Group.NOTEBOOK, Unit.SECONDS, List.of(seconds),
                Map.of(Measurement.BATCH, 1000.0, Measurement.THREADS, 2.0));
    }
}
