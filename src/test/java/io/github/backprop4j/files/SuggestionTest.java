package io.github.backprop4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

    @ParameterizedTest
    @CsvSource(nullValues = "nothing", value = {
        "trian, train", "TRAIN, train", "predit, predict", "evalute, evaluate", "date, data", "frobnicate, nothing",
        "one_cycle, one-cycle", "x, nothing"})
    void isTheNearestWordThatIsNear(String word, String meant) {
        assertEquals(meant == null ? "" : "; did you mean " + meant + "?",
                Suggestion.of(word, List.of("train", "evaluate", "predict", "data", "one-cycle")));
    }
}
