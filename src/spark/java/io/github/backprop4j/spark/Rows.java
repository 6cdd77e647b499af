package io.github.backprop4j.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rows of float32 as bytes, in this machine's order; all of a cluster are of one kind. */
final class Rows {

    private Rows() {}

    /** Copies a row into bytes. */
    static byte[] bytes(INDArray row) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Float.BYTES * row.length())).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(numbers(row));
        return bytes.array();
    }

    /**
     * Copies bytes into a row.
     *
     * @throws IllegalArgumentException if they are not as many numbers as the row has
     */
    static void read(byte[] bytes, INDArray row) {
        if (bytes.length != Float.BYTES * row.length()) {
            throw new IllegalArgumentException(
                    "row: " + bytes.length + " bytes, expected those of " + row.length() + " numbers");
        }
        numbers(row).put(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer());
    }

    /** Returns the memory of a row, which may be part of a larger one. */
    private static FloatBuffer numbers(INDArray row) {
        FloatBuffer all = row.data().asNioFloat();
        int from = Math.toIntExact(row.offset());
        return all.slice(from, Math.toIntExact(row.length()));
    }
}
