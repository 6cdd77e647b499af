package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Measurement.Group;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

class CalibrationTest {

    private static final double ROUND_SECONDS = 6;

    private static DuetRecord record(int rounds, double slowdown, double spread) {
        Random random = new Random(1);
        DuetRecord record = new DuetRecord();
        for (int round = 0; round < rounds; round++) {
            Map<String, Group> groups = new LinkedHashMap<>();
            Map<String, Duet.Seconds> seconds = new LinkedHashMap<>();
            for (int i = 0; i < 5; i++) {
                groups.put("benchmark " + i, Group.LAYER);
                seconds.put("benchmark " + i,
                        new Duet.Seconds(1, (1 + slowdown) * Math.exp(spread * random.nextGaussian())));
            }
            record.add(new DuetRounds.Round(groups, List.of(), seconds, ROUND_SECONDS));
        }
        return record;
    }

    private static Calibration calibration(double slowdown, double spread, double minutes) {
        return Calibration.of(record(300, slowdown, spread), slowdown, minutes, new Well19937c(2));
    }

    @Test
    void aQuietMachineFindsWhatItShall() {
        Calibration equal = calibration(0, 0.03, 15);
        assertTrue(equal.found().mean() <= 0.03, equal.toString());
        assertTrue(equal.unknown().mean() <= 0.05, equal.toString());
        Calibration slower = calibration(0.10, 0.03, 15);
        assertTrue(slower.found().mean() > 0.99 && slower.alone().mean() > 0.9, slower.toString());
        assertTrue(slower.bias() < 0.01, slower.toString());
        assertEquals(300, slower.rounds());
        assertEquals((slower.length() + Plan.PILOT) * ROUND_SECONDS / 60, slower.minutes());
    }

    /** Parts whose means differ by more than drawing explains widen the bounds by the jackknife's error. */
    @Test
    void boundsHoldWhatPartsOfTheRecordDecide() {
        double[] whole = new double[2000];
        Arrays.fill(whole, 0, 1500, 1);
        List<double[]> steady = Collections.nCopies(10, whole);
        Calibration.Rate drawn = Calibration.Rate.of(whole, steady);
        assertEquals(0.75, drawn.mean());
        // 1.96 standard errors of 2,000 coins
        assertEquals(0.75 - 0.019, drawn.low(), 1e-3);
        assertEquals(0.75 + 0.019, drawn.high(), 1e-3);

        List<double[]> differing = new ArrayList<>();
        double squares = 0;
        for (int part = 0; part < 10; part++) {
            double[] constant = new double[2000];
            double mean = 0.75 + (part - 4.5) / 100;
            Arrays.fill(constant, mean);
            differing.add(constant);
            squares += (mean - 0.75) * (mean - 0.75);
        }
        double error = 1.96 * Math.sqrt(0.9 * squares);
        assertEquals(drawn.low() - error, Calibration.Rate.of(whole, differing).low(), 1e-9);
    }

    @Test
    void aNoisyMachineCannotTell() {
        Calibration equal = calibration(0, 0.8, 3);
        assertTrue(equal.unknown().mean() > 0.9, equal.toString());
        assertTrue(equal.minutes() <= 3.01, equal.toString());
        assertThrows(IllegalArgumentException.class, () -> Calibration.of(record(30, 0, 0.03), 0, 15, new Well19937c(2)));
    }
}
