package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.benchmark.Gate.Finding;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GateTest {

    private static final int BENCHMARKS = 19;

    /** Rounds of benchmarks with normal noise around a slowdown. */
    private static Map<String, double[]> rounds(int count, double spread, double slowdown, Random random) {
        Map<String, double[]> rounds = new LinkedHashMap<>();
        for (int i = 0; i < BENCHMARKS; i++) {
            rounds.put("benchmark " + i,
                    random.doubles(count).map(each -> Math.log1p(slowdown) + spread * random.nextGaussian()).toArray());
        }
        return rounds;
    }

    private static boolean closes(Map<String, double[]> rounds) {
        return Gate.judge(rounds).stream().anyMatch(each -> each.finding() == Finding.SLOWER);
    }

    @Test
    void whatDoesNotCountCausesFewAlarms() {
        Random random = new Random(1);
        int alarms = 0;
        for (int i = 0; i < 1000; i++) {
            alarms += closes(rounds(20, 0.2, Gate.LEAST, random)) ? 1 : 0;
        }
        // 10 are expected; 22 or more come up once in two thousand such tests
        assertTrue(alarms < 22 && alarms > 0, alarms + " of 1000");
    }

    @Test
    void theRoundsAskedForFindASingleSlowBenchmark() {
        for (double spread : new double[] {0.01, 0.03, 0.08}) {
            assertFound(0.95, 0.10, spread, Gate.rounds(spread, BENCHMARKS));
            assertFound(0.75, 0.05, spread, Gate.roundsForHalf(spread, BENCHMARKS));
        }
    }

    private static void assertFound(double power, double slowdown, double spread, int count) {
        Random random = new Random(2);
        int found = 0;
        for (int i = 0; i < 400; i++) {
            Map<String, double[]> rounds = rounds(count, spread, 0, random);
            rounds.put("benchmark 7", rounds(count, spread, slowdown, random).get("benchmark 7"));
            found += Gate.judge(rounds).get(7).finding() == Finding.SLOWER ? 1 : 0;
        }
        assertTrue(found >= 400 * power - 12,
                found + " of 400 by " + count + " rounds, spread " + spread + ", slowdown " + slowdown);
    }

    @Test
    void holmMultipliesEachByThoseThatAreNotSmaller() {
        // with all ten positive the probability is 1/1024, with the smallest negative 2/1024
        double[] positive = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        double[] almost = {-1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        double[] mixed = {-1, 2, -3, 4, -5, 6, -7, 8, -9, 10};
        Map<String, double[]> rounds = new LinkedHashMap<>();
        rounds.put("mixed", mixed);
        rounds.put("almost", almost);
        rounds.put("positive", positive);
        List<Gate.Judgement> judgements = Gate.judge(rounds);
        assertEquals(3 / 1024.0, judgements.get(2).probability(), 1e-12);
        assertEquals(4 / 1024.0, judgements.get(1).probability(), 1e-12);
        assertEquals(List.of(Finding.UNKNOWN, Finding.SLOWER, Finding.SLOWER),
                judgements.stream().map(Gate.Judgement::finding).toList());
    }

    @Test
    void aSlowdownThatIsSureButSmallPasses() {
        double[] slower = new double[30];
        Arrays.setAll(slower, i -> Math.log1p(0.009) + 1e-6 * i);
        assertEquals(Finding.PASSES, Gate.judge(Map.of("a", slower)).get(0).finding());
        Arrays.setAll(slower, i -> Math.log1p(0.012) + 1e-6 * i);
        assertEquals(Finding.SLOWER, Gate.judge(Map.of("a", slower)).get(0).finding());
    }

    @Test
    void noiseCannotBeJudgedAndTellsHowManyRoundsItTakes() {
        Map<String, double[]> rounds = rounds(12, 0.5, 0, new Random(3));
        List<Gate.Judgement> judgements = Gate.judge(rounds);
        assertTrue(judgements.stream().filter(each -> each.finding() == Finding.UNKNOWN).count() > BENCHMARKS / 2);
        // ten times the spread takes a hundred times the rounds, but for those that any spread takes
        assertTrue(Gate.rounds(0.5, BENCHMARKS) > 50 * Gate.rounds(0.05, BENCHMARKS) / 2);
        assertTrue(judgements.stream().filter(each -> each.finding() == Finding.UNKNOWN)
                .allMatch(each -> each.rounds() > 100), judgements.toString());
    }

    @Test
    void theLeastRoundsAreThoseThatCanConvince() {
        int least = Gate.rounds(0, BENCHMARKS);
        double[] all = new double[least];
        Arrays.fill(all, 0.1);
        Map<String, double[]> rounds = new LinkedHashMap<>();
        for (int i = 0; i < BENCHMARKS; i++) {
            rounds.put("benchmark " + i, i == 0 ? all : new Random(i).doubles(least, -0.1, 0.1).toArray());
        }
        assertEquals(Finding.SLOWER, Gate.judge(rounds).get(0).finding());
        assertEquals(List.of(), Gate.judge(Map.of()));
    }
}
