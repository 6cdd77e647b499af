package io.github.backprop4j.fuzzing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

/** Bombs that would not go off would test nothing. */
class BombsTest {

    @Test
    void unpackToTheirHeadAndZeros() throws IOException {
        byte[] head = {1, 2, 3};
        byte[] all = Arrays.copyOf(head, head.length + (3 << 20));
        Bombs bombs = new Bombs(head, 3);
        assertArrayEquals(all, new GZIPInputStream(new ByteArrayInputStream(bombs.gzip())).readAllBytes());
        assertArrayEquals(all, new InflaterInputStream(new ByteArrayInputStream(bombs.zlib())).readAllBytes());
        assertArrayEquals(all, Wrapping.unzip(bombs.zip("a")).get("a"));
    }
}
