package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.training.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalvingTest {

    /** Rungs are a factor apart, and no more than it takes to leave one training. */
    @ParameterizedTest
    @CsvSource({
        "3, 27, 27, '1 3 9 27'", "3, 27, 9, '3 9 27'", "3, 16, 12, '1 2 5 16'", "3, 16, 3, '5 16'", "3, 2, 100, '1 2'",
        "3, 1, 100, '1'", "2, 10, 16, '1 3 5 10'", "4, 8, 5, '1 2 8'", "1, 9, 100, '9'", "3, 9, 1, '9'",
    })
    void rungsGrowByTheFactor(int factor, int epochs, int trainings, String expected) {
        Halving halving = new Halving(factor);
        int rungs = halving.rungs(epochs, trainings);
        assertEquals(expected, String.join(" ", IntStream.range(0, rungs)
                .mapToObj(rung -> Integer.toString(halving.epochs(epochs, rung, rungs))).toList()));
    }

    @Test
    void theBestGoOn() {
        List<TrialResult> results = List.of(result(1, 0.5, 2), result(2, 0.7, 1), TrialResult.failed(3, "does not fit"),
                result(4, 0.7, 0.5), result(5, 0.9, 9), result(6, 0.7, 0.5), result(7, 0.1, 3));
        assertEquals(List.of(5, 4, 6), numbers(new Halving(3).survivors(results)));
        assertEquals(List.of(5, 4, 6, 2), numbers(new Halving(2).survivors(results)));
        assertEquals(List.of(1), numbers(new Halving(2).survivors(
                List.of(TrialResult.failed(2, ""), result(1, 0, 5), TrialResult.failed(3, "")))));
    }

    @Test
    void lessThanNoHalvingIsRefused() {
        assertEquals("halving: 0, expected at least 2, or 1 for none",
                assertThrows(InvalidInputException.class, () -> new Halving(0)).getMessage());
    }

    private static List<Integer> numbers(List<TrialResult> results) {
        return results.stream().map(TrialResult::number).toList();
    }

    private static TrialResult result(int number, double accuracy, double loss) {
        EpochMetrics epoch = new EpochMetrics(1, 10, 0.1, 1, 0.5, loss, accuracy, 1, 100);
        return new TrialResult(number, 0, TrialResult.State.AT_RUNG, new ArrayList<>(List.of(epoch)), 1, 1, new byte[0],
                new byte[0], "");
    }
}
