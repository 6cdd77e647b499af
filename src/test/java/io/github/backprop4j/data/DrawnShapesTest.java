package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawnShapesTest {

    /** The losses in the README are of these pictures. */
    @Test
    void areTheSameEverywhere() {
        CRC32 checksum = new CRC32();
        checksum.update(DrawnShapes.training(100).pixels());
        assertEquals(4070041971L, checksum.getValue());
    }

    @Test
    void doNotDependOnHowManyAreDrawn() {
        Pictures few = DrawnShapes.training(15);
        Pictures more = DrawnShapes.training(25);
        assertArrayEquals(few.pixels(), Arrays.copyOf(more.pixels(), few.pixels().length));
        assertArrayEquals(few.labels(), Arrays.copyOf(more.labels(), few.labels().length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001})
    void thereAreTenThousand(int count) {
        assertEquals("examples: " + count + ", expected 1 to the 10000 drawn shapes",
                assertThrows(IllegalArgumentException.class, () -> DrawnShapes.training(count)).getMessage());
    }
}
