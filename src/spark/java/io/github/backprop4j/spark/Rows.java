package io.github.backprop4j.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of float32 as bytes, which is how they travel: of each number the lowest byte first, as the processors have it. */
final class Rows {

    private Rows() {}

    /** Copies a row without gaps; an empty one gives no bytes. */
    static byte[] bytes(INDArray row) {
        if (row.isEmpty()) {
            return new byte[0];
        }
        byte[] bytes = new byte[Math.toIntExact(Float.BYTES * row.length())];
        numbers(bytes).put(memory(row));
        return bytes;
    }

    /** Copies bytes into a row without gaps, from one of its numbers on. */
    static void write(byte[] bytes, INDArray row, int from) {
        memory(row).position(from).put(numbers(bytes));
    }

    /** Makes a row (1, length) of bytes; none give an empty array. */
    static INDArray row(byte[] bytes) {
        if (bytes.length == 0) {
            return Nd4j.empty(DataType.FLOAT);
        }
        INDArray row = Nd4j.createUninitialized(DataType.FLOAT, 1, bytes.length / Float.BYTES);
        write(bytes, row, 0);
        return row;
    }

    private static FloatBuffer numbers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    /** Good only as long as the row is reachable. */
    private static FloatBuffer memory(INDArray row) {
        return new BytePointer(row.data().addressPointer()).capacity(Float.BYTES * row.length()).asByteBuffer()
                .order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
