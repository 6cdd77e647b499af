package io.github.backprop4j.onnx;

import io.github.backprop4j.layers.Finite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.LongStream;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads the arrays of an ONNX file, each as large as the numbers that are really there. */
final class StoredArrays {

    private static final int MAX_RANK = 8;

    private StoredArrays() {}

    /**
     * Reads numbers with a fraction.
     *
     * @return of its shape, float32; float64 is rounded
     * @throws IllegalArgumentException if it is of another type, lies outside of the file, or is not what it claims to be
     */
    static INDArray floats(TensorProto tensor) {
        requireInFile(tensor);
        float[] numbers = switch (type(tensor)) {
            case FLOAT -> tensor.getRawData().isEmpty() ? floatData(tensor) : rawFloats(tensor);
            case DOUBLE -> tensor.getRawData().isEmpty() ? doubleData(tensor) : rawDoubles(tensor);
            default -> throw error(tensor, "is " + type(tensor) + ", expected float32 or float64");
        };
        long[] shape = shape(tensor, numbers.length);
        INDArray array = shape.length == 0 ? Nd4j.scalar(DataType.FLOAT, numbers[0]) : Nd4j.create(numbers, shape, 'c');
        if (!Finite.allFinite(array)) {
            throw error(tensor, "holds NaN or infinite numbers");
        }
        return array;
    }

    /**
     * Reads whole numbers.
     *
     * @throws IllegalArgumentException if it is of another type, lies outside of the file, or is not what it claims to be
     */
    static long[] integers(TensorProto tensor) {
        requireInFile(tensor);
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        boolean isRaw = raw.hasRemaining();
        long[] numbers = switch (type(tensor)) {
            case INT64 -> isRaw ? LongStream.generate(raw::getLong).limit(elements(tensor, Long.BYTES)).toArray()
                    : tensor.getInt64DataList().stream().mapToLong(each -> each).toArray();
            case INT32 -> isRaw ? LongStream.generate(raw::getInt).limit(elements(tensor, Integer.BYTES)).toArray()
                    : tensor.getInt32DataList().stream().mapToLong(each -> each).toArray();
            default -> throw error(tensor, "is " + type(tensor) + ", expected whole numbers");
        };
        if (shape(tensor, numbers.length).length > 1) {
            throw error(tensor, "has " + tensor.getDimsCount() + " dimensions, expected a list of whole numbers");
        }
        return numbers;
    }

    static boolean isIntegral(TensorProto tensor) {
        return type(tensor) == TensorProto.DataType.INT64 || type(tensor) == TensorProto.DataType.INT32;
    }

    private static TensorProto.DataType type(TensorProto tensor) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
        return type == null ? TensorProto.DataType.UNDEFINED : type;
    }

    private static void requireInFile(TensorProto tensor) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw error(tensor, "lies in a file of its own, expected it in this one; save the model with its"
                    + " weights inside");
        }
        if (tensor.hasSegment()) {
            throw error(tensor, "is in segments, expected it in one piece");
        }
    }

    private static int elements(TensorProto tensor, int width) {
        int bytes = tensor.getRawData().size();
        if (bytes % width != 0) {
            throw error(tensor, "has " + bytes + " bytes, expected a multiple of " + width);
        }
        return bytes / width;
    }

    private static long[] shape(TensorProto tensor, int found) {
        long[] shape = tensor.getDimsList().stream().mapToLong(each -> each).toArray();
        long expected = 1;
        try {
            for (long size : shape) {
                expected = Math.multiplyExact(expected, Math.max(0, size));
            }
        } catch (ArithmeticException e) {
            expected = -1;
        }
        if (expected != found || found == 0 || shape.length > MAX_RANK) {
            throw error(tensor, "claims the shape " + tensor.getDimsList() + " and has " + found
                    + " numbers, expected as many as the shape says, and at least one");
        }
        return shape;
    }

    private static float[] rawFloats(TensorProto tensor) {
        float[] numbers = new float[elements(tensor, Float.BYTES)];
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
        return numbers;
    }

    private static float[] rawDoubles(TensorProto tensor) {
        float[] numbers = new float[elements(tensor, Double.BYTES)];
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) raw.getDouble();
        }
        return numbers;
    }

    private static float[] floatData(TensorProto tensor) {
        float[] numbers = new float[tensor.getFloatDataCount()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = tensor.getFloatData(i);
        }
        return numbers;
    }

    private static float[] doubleData(TensorProto tensor) {
        float[] numbers = new float[tensor.getDoubleDataCount()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) tensor.getDoubleData(i);
        }
        return numbers;
    }

    private static IllegalArgumentException error(TensorProto tensor, String problem) {
        return new IllegalArgumentException("the array \"" + tensor.getName() + "\" " + problem);
    }
}
