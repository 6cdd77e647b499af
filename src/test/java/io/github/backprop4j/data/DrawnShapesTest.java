package io.github.backprop4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawnShapesTest {

    /** The losses in the README are of these images. */
    @Test
    void areTheSameEverywhere() {
        CRC32 checksum = new CRC32();
        checksum.update(DrawnShapes.training(100).pixels());
        assertEquals(4070041971L, checksum.getValue());
    }

    @Test
    void doNotDependOnHowManyAreDrawn() {
        Images few = DrawnShapes.training(15);
        Images more = DrawnShapes.training(25);
        assertArrayEquals(few.pixels(), Arrays.copyOf(more.pixels(), few.pixels().length));
        assertArrayEquals(few.labels(), Arrays.copyOf(more.labels(), few.labels().length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001})
    void thereAreTenThousand(int count) {
        assertEquals("examples: " + count + ", expected 1 to the 10000 drawn shapes",
                assertThrows(InvalidInputException.class, () -> DrawnShapes.training(count)).getMessage());
    }

    @Test
    void theOnesToTestWithAreOthers() {
        Images training = DrawnShapes.training();
        Images test = DrawnShapes.test();
        assertEquals(10_000, training.count());
        assertEquals(2_000, test.count());
        Set<ByteBuffer> known = new HashSet<>();
        for (int i = 0; i < training.count(); i++) {
            known.add(ByteBuffer.wrap(training.pixels(), i * training.size(), training.size()));
        }
        int[] ofClass = new int[10];
        for (int i = 0; i < test.count(); i++) {
            assertTrue(known.add(ByteBuffer.wrap(test.pixels(), i * test.size(), test.size())), "image " + i);
            ofClass[test.label(i)]++;
        }
        assertArrayEquals(IntStream.generate(() -> 200).limit(10).toArray(), ofClass);
    }
}
