package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSpaceTest {

    private static SearchSpace space(String... texts) {
        return SearchSpace.parse(List.of(texts));
    }

    @Test
    void aGridHasAllCombinationsInTheirOrder() {
        SearchSpace space = space("optimizer=adam sgd", "layers=dense:8,relu  conv:2:3,relu", "learning-rate = 0.1");
        assertEquals(List.of("optimizer", "layers", "learning-rate"), space.names());
        assertEquals(List.of("[adam, dense:8,relu, 0.1]", "[adam, conv:2:3,relu, 0.1]", "[sgd, dense:8,relu, 0.1]",
                "[sgd, conv:2:3,relu, 0.1]"), space.grid().stream().map(each -> each.values().toString()).toList());
    }

    @Test
    void rangesAreDrawnWithinTheirEndsAndRoundedToWholeNumbersWhereThatIsTheSettingsKind() {
        List<Map<String, String>> drawn = space("learning-rate=0.0001..1", "batch-size=16..512", "label-smoothing=0.1..0.3",
                "momentum=0.8..0.95", "limit=100..200", "optimizer=sgd nesterovs").random(400, 7);
        assertEquals(400, new HashSet<>(drawn).size());
        drawn.forEach(each -> {
            requireWithin(each, "learning-rate", 0.0001, 1);
            requireWithin(each, "label-smoothing", 0.1, 0.3);
            requireWithin(each, "momentum", 0.8, 0.95);
            requireWithin(each, "batch-size", 16, 512);
            assertTrue(each.get("batch-size").matches("\\d+") && each.get("limit").matches("\\d+"), each::toString);
        });
        // over orders of magnitude half of the numbers are below the geometric mean; else below the arithmetic one
        assertEquals(200, count(drawn, "learning-rate", 0.01), 40);
        assertEquals(200, count(drawn, "label-smoothing", 0.2), 40);
        assertEquals(200, drawn.stream().filter(each -> each.get("optimizer").equals("sgd")).count(), 40);
    }

    private static void requireWithin(Map<String, String> drawn, String name, double low, double high) {
        double value = Double.parseDouble(drawn.get(name));
        assertTrue(low <= value && value <= high, drawn::toString);
    }

    private static long count(List<Map<String, String>> drawn, String name, double below) {
        return drawn.stream().filter(each -> Double.parseDouble(each.get(name)) < below).count();
    }

    @Test
    void theSeedDecidesWhatIsDrawnOnAnyMachine() {
        SearchSpace space = space("learning-rate=0.001..0.1", "epochs=1..20");
        assertEquals("[{learning-rate=0.02896, epochs=2}, {learning-rate=0.002603, epochs=2}]",
                space.random(2, 1).toString());
        assertEquals(space.random(5, 3), space.random(5, 3));
        assertNotEquals(space.random(5, 3), space.random(5, 4));
    }

    @Test
    void nothingIsDrawnTwice() {
        assertEquals(6, space("epochs=1..3", "gray=true false").random(50, 1).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "learnign-rate=0.1 | vary: learnign-rate is no setting of a training; did you mean learning-rate?",
        "epochs | vary: 'epochs', expected NAME=VALUE VALUE ... or NAME=LOW..HIGH",
        "epochs= | vary: 'epochs=', expected NAME=VALUE VALUE ... or NAME=LOW..HIGH",
        "epochs=two | vary: epochs=two, expected a value that train's --epochs takes",
        "epochs=2 1.5 | vary: epochs=1.5, expected a value that train's --epochs takes",
        "optimizer=adamm | vary: optimizer=adamm, expected a value that train's --optimizer takes",
        "layers=1..2 | vary: layers=1..2, but only numbers have ranges; name its values",
        "l2=0.2..0.1 | vary: l2=0.2..0.1, expected LOW..HIGH with finite numbers, the low one below the high one",
        "views=1 6 | vary: views has no part in the validation accuracy, by which a sweep chooses; leave it out",
    })
    void whatNoSettingHasIsSaid(String text, String problem) {
        assertEquals(problem, assertThrows(InvalidInputException.class, () -> space(text)).getMessage());
    }

    @Test
    void whatFitsNoGridIsSaid() {
        assertEquals("vary: nothing, expected NAME=VALUE VALUE ... for at least one setting",
                assertThrows(InvalidInputException.class, SearchSpaceTest::space).getMessage());
        assertEquals("vary: epochs is there twice; give all of its values at once",
                assertThrows(InvalidInputException.class, () -> space("epochs=1", "epochs=2")).getMessage());
        assertEquals("vary: epochs=1..4, but a grid has no ranges; name the values, or draw some by --random N",
                assertThrows(InvalidInputException.class, () -> space("epochs=1..4").grid()).getMessage());
        assertEquals("random: 0, expected at least 1",
                assertThrows(InvalidInputException.class, () -> space("epochs=1..4").random(0, 1)).getMessage());
        String many = " 1 2 3 4 5 6 7 8 9 10 11";
        InvalidInputException tooMany = assertThrows(InvalidInputException.class, () -> space("epochs=" + many,
                "batch-size=" + many, "seed=" + many, "patience=" + many).grid());
        assertTrue(tooMany.getMessage().startsWith("vary: a grid of more than 10000 settings"), tooMany.getMessage());
    }

    @Test
    void aValueThatIsOutOfItsRangeIsForTheTrialToTell() {
        assertEquals(2, space("batch-size=0 8").grid().size());
        assertEquals(2, space("layers=dense:8 cnv:8").grid().size());
    }
}
