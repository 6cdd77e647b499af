package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Series with known changes, or none. Effects are differences of logarithms, about shares. */
class ChangePointsTest {

    private static final int SERIES = 400;

    /** Gaussian noise. */
    private static final Function<SplittableRandom, Double> CALM = SplittableRandom::nextGaussian;

    /** One value in 20 is far off. */
    private static final Function<SplittableRandom, Double> WILD =
            random -> random.nextGaussian() * (random.nextInt(20) == 0 ? 8 : 1);

    @Test
    void findsAStepWithoutNoiseWhereItIs() {
        for (int at = 3; at <= 17; at++) {
            int change = at;
            assertEquals(List.of(at), ChangePoints.of(values(20, i -> i < change ? 3 : 3.05), 0.02));
        }
    }

    @Test
    void findsNothingInEqualValuesNorInTooFew() {
        assertEquals(List.of(), ChangePoints.of(values(50, i -> 7), 0));
        assertEquals(List.of(), ChangePoints.of(values(9, i -> i < 5 ? 0 : 1), 0.02));
    }

    @Test
    void doesNotTakeWildValuesForChanges() {
        SplittableRandom random = new SplittableRandom(4);
        double[] values = values(60, i -> 0.02 * random.nextGaussian() - (i == 30 || i == 31 ? 2 : 0));
        assertEquals(List.of(), ChangePoints.of(values, 0.02));
    }

    @Test
    void doesNotTellSmallChanges() {
        double[] values = values(60, i -> i < 20 ? 0 : i < 40 ? 0.015 : 0.1);
        assertEquals(List.of(20, 40), ChangePoints.of(values, 0.01));
        assertEquals(List.of(40), ChangePoints.of(values, 0.02));
    }

    @Test
    void theSpreadIsThatOfTheNoiseWhateverTheLevelDoes() {
        SplittableRandom random = new SplittableRandom(5);
        double[] values = values(2000, i -> 0.03 * random.nextGaussian() + i / 100 * 0.5 + (i % 50 == 0 ? 3 : 0));
        assertEquals(0.03, ChangePoints.spread(values), 0.003);
    }

    @Test
    void alarmsFalselyInLessThanOneSeriesOfAHundred() {
        for (Function<SplittableRandom, Double> noise : List.of(CALM, WILD)) {
            for (int count : new int[] {10, 15, 20, 60, 150}) {
                SplittableRandom random = new SplittableRandom(count);
                int series = count > 100 ? SERIES / 8 : SERIES;
                long alarms = IntStream.range(0, series).filter(each ->
                        !ChangePoints.of(values(count, i -> 0.03 * noise.apply(random)), 0).isEmpty()).count();
                assertTrue(alarms <= 0.01 * series, alarms + " of " + series + " series of " + count);
            }
        }
    }

    @Test
    void findsASlowdownOfTenPercentAndItsMending() {
        for (Function<SplittableRandom, Double> noise : List.of(CALM, WILD)) {
            SplittableRandom random = new SplittableRandom(2);
            long found = IntStream.range(0, SERIES).filter(each -> {
                List<Integer> changes = ChangePoints.of(
                        values(60, i -> 0.03 * noise.apply(random) - (i >= 20 && i < 40 ? 0.1 : 0)), 0.02);
                return changes.size() == 2 && Math.abs(changes.get(0) - 20) <= 2 && Math.abs(changes.get(1) - 40) <= 2;
            }).count();
            assertTrue(found >= 0.95 * SERIES, found + " of " + SERIES);
        }
    }

    @Test
    void findsASlowdownOfTenPercentAfterFiveCommits() {
        SplittableRandom random = new SplittableRandom(3);
        long found = IntStream.range(0, SERIES).filter(each -> !ChangePoints.of(
                values(40, i -> 0.02 * random.nextGaussian() - (i >= 35 ? 0.1 : 0)), 0.02).isEmpty()).count();
        assertTrue(found >= 0.97 * SERIES, found + " of " + SERIES);
    }

    @Test
    void doesNotChangeWhatItReads() {
        double[] values = values(30, i -> i % 7);
        double[] before = values.clone();
        ChangePoints.of(values, 0.02);
        assertTrue(Arrays.equals(before, values));
    }

    private static double[] values(int count, IntToDoubleFunction value) {
        return IntStream.range(0, count).mapToDouble(value).toArray();
    }

}
