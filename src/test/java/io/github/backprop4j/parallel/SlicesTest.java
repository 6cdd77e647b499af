package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SlicesTest {

    static List<Arguments> cuts() {
        return List.of(Arguments.of("even", (IntFunction<Slices>) Slices::even),
                Arguments.of("full", (IntFunction<Slices>) Slices::full));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void everyImageIsInOneSliceOfAtMost32(String name, IntFunction<Slices> cut) {
        for (int total = 1; total <= 200; total++) {
            Slices slices = cut.apply(total);
            int end = 0;
            for (int index = 0; index < slices.count(); index++) {
                String slice = "slice " + index + " of " + total + " images";
                assertEquals(end, slices.from(index), slice);
                end = slices.to(index);
                assertEquals(end - slices.from(index), slices.size(index), slice);
                assertTrue(slices.size(index) >= 1 && slices.size(index) <= 32, slice);
            }
            assertEquals(total, end);
        }
    }

    /** The bits of every trained network depend on this cut, and those of the notebook on the other. */
    @Test
    void theCutsAreTheseForGood() {
        assertEquals(List.of(1), sizes(Slices.even(1)));
        assertEquals(List.of(31), sizes(Slices.even(31)));
        assertEquals(List.of(16, 16), sizes(Slices.even(32)));
        assertEquals(List.of(16, 17), sizes(Slices.even(33)));
        assertEquals(List.of(32, 32), sizes(Slices.even(64)));
        assertEquals(List.of(23, 23, 24), sizes(Slices.even(70)));
        assertEquals(List.of(25, 25, 25, 25), sizes(Slices.even(100)));
        assertEquals(List.of(1), sizes(Slices.full(1)));
        assertEquals(List.of(32), sizes(Slices.full(32)));
        assertEquals(List.of(32, 1), sizes(Slices.full(33)));
        assertEquals(List.of(32, 32, 6), sizes(Slices.full(70)));
    }

    @Test
    void otherSlicesStayWithinWhatIsAskedFor() {
        assertEquals(List.of(128, 128, 128, 128, 128, 128, 128, 128), sizes(Slices.even(1024, 128)));
        assertEquals(List.of(121, 121, 121, 121, 121, 121, 122), sizes(Slices.even(848, 128)));
        assertEquals(List.of(100), sizes(Slices.even(100, 128)));
        assertEquals(List.of(16, 16), sizes(Slices.even(32, 32)));
        assertEquals(List.of(31), sizes(Slices.even(31, 128)));
        assertEquals(List.of(1, 1, 1), sizes(Slices.even(3, 1)));
        assertEquals("slices: of at most 0 images, expected at least 1",
                assertThrows(IllegalArgumentException.class, () -> Slices.even(3, 0)).getMessage());
    }

    @Test
    void evenSlicesDifferByOneAtMost() {
        for (int total = 1; total <= 200; total++) {
            List<Integer> sizes = sizes(Slices.even(total));
            int smallest = total / sizes.size();
            assertTrue(sizes.stream().allMatch(size -> size == smallest || size == smallest + 1), sizes::toString);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void takesAnyNumberOfImages(String name, IntFunction<Slices> cut) {
        assertEquals(0, cut.apply(0).count());
        Slices largest = cut.apply(Integer.MAX_VALUE);
        assertEquals(1 << 26, largest.count());
        assertEquals(Integer.MAX_VALUE, largest.to(largest.count() - 1));
        assertEquals("slices: -1 images, expected at least 0",
                assertThrows(IllegalArgumentException.class, () -> cut.apply(-1)).getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> cut.apply(70).from(3));
        assertThrows(IndexOutOfBoundsException.class, () -> cut.apply(70).to(-1));
    }

    private static List<Integer> sizes(Slices slices) {
        return IntStream.range(0, slices.count()).mapToObj(slices::size).toList();
    }
}
