package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "120 | Training  45% [==================>                     ] epoch 12 of 15, loss 0.8612, 1:20 left, 5463 images/s",
        "80  | Training  45% [====>     ] epoch 12 of 15, loss 0.8612, 1:20 left, 5463 images/s",
        "78  | Training  45% [==========>            ] epoch 12 of 15, loss 0.8612, 1:20 left",
        "60  | Training  45% [=======>        ] epoch 12 of 15, loss 0.8612",
        "40  | Training  45% [====>     ] epoch 12 of 1"})
    void leavesOutWhatIsTooMuch(int width, String line) {
        assertEquals(line, ProgressLine.line(
                "Training", 0.457, "epoch 12 of 15, loss 0.8612", List.of("1:20 left", "5463 images/s"), width)
                .stripTrailing());
    }

    @Test
    void isFullAtTheEnd() {
        assertEquals("mnist 100% [==========]", ProgressLine.line("mnist", 1, "", List.of(), 23));
    }

    @ParameterizedTest
    @CsvSource({"0.86123, 0.8612", "123456.7, 123456.7000", "1.2345678E27, 1.2346e+27", "NaN, NaN", "Infinity, Infinity"})
    void lossesAreShort(double loss, String text) {
        assertEquals(text, TrainingProgress.rounded(loss));
    }
}
