package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorsTest {

    @Test
    void readsTheSystemsLists() {
        assertEquals(List.of(0, 1, 2, 3, 8), Processors.numbers(" 0-3,8\n"));
        assertEquals(List.of(5), Processors.numbers("5"));
        assertEquals(List.of(), Processors.numbers(""));
    }

    @Test
    void aPairIsOfDifferentProcessors() throws InterruptedException {
        List<Integer> pair = Processors.pair();
        assertTrue(pair.isEmpty() || pair.size() == 2 && !pair.get(0).equals(pair.get(1)), pair.toString());
    }
}
