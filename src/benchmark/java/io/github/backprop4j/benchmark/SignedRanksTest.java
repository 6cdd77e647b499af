package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.stat.inference.WilcoxonSignedRankTest;
import org.junit.jupiter.api.Test;

class SignedRanksTest {

    @Test
    void fewDifferencesHaveKnownProbabilities() {
        assertEquals(1 / 8.0, new SignedRanks(3).largerThan(0, new double[] {1, 2, 3}));
        // of the eight sign patterns 3+2, 3+2+1 and 3+1, 3 and 2+1
        assertEquals(2 / 8.0, new SignedRanks(3).largerThan(0, new double[] {-1, 2, 3}));
        assertEquals(5 / 8.0, new SignedRanks(3).largerThan(0, new double[] {-1, -2, 3}));
        assertEquals(1, new SignedRanks(3).largerThan(0, new double[] {-1, -2, -3}));
    }

    @Test
    void equalsAnotherImplementation() {
        Random random = new Random(1);
        for (int count = 2; count <= 12; count++) {
            double[] differences = random.doubles(count, -1, 1.5).toArray();
            double twoSided = new WilcoxonSignedRankTest().wilcoxonSignedRankTest(new double[count], differences, true);
            SignedRanks test = new SignedRanks(count);
            double larger = test.largerThan(0, differences);
            double smaller = test.largerThan(0, Arrays.stream(differences).map(each -> -each).toArray());
            assertEquals(Math.min(1, twoSided), Math.min(1, 2 * Math.min(larger, smaller)), 1e-12,
                    Arrays.toString(differences));
        }
    }

    @Test
    void aValueShiftsTheDifferences() {
        double[] differences = new Random(2).doubles(30, -1, 1.5).toArray();
        SignedRanks test = new SignedRanks(30);
        assertEquals(test.largerThan(0, Arrays.stream(differences).map(each -> each - 0.25).toArray()),
                test.largerThan(0.25, differences));
    }

    @Test
    void sixHundredDifferencesDoNotUnderflow() {
        double[] differences = new Random(3).doubles(600, -1, 1).toArray();
        SignedRanks test = new SignedRanks(600);
        double larger = test.largerThan(0, differences);
        double smaller = test.largerThan(0, Arrays.stream(differences).map(each -> -each).toArray());
        assertEquals(1, larger + smaller, 1e-3);
    }

    @Test
    void equalMagnitudesRaiseNoAlarm() {
        double[] ties = new double[20];
        Arrays.setAll(ties, i -> i % 2 == 0 ? 1 : -1);
        assertTrue(new SignedRanks(20).largerThan(0, ties) > 0.5);
        assertEquals(1, new SignedRanks(20).largerThan(0, new double[20]), 1e-12);
    }

    @Test
    void anotherNumberOfDifferencesIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SignedRanks(0));
        assertThrows(IllegalArgumentException.class, () -> new SignedRanks(3).largerThan(0, new double[2]));
    }
}
