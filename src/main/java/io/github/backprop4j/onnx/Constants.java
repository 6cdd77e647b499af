package io.github.backprop4j.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The arrays of a graph that do not depend on the images: those that lie in the file, and what nodes make of them. */
final class Constants {

    /** Stands for N, however many images there are. */
    static final long BATCH = Long.MIN_VALUE;

    /** 64 MB of float32, which graphs without any arrays may make, too. */
    private static final long FREE = 1 << 24;

    /** How often nodes may turn, scale and round each number of the file. */
    private static final int PASSES = 6;

    /** Whole numbers, among which {@link #BATCH} may be. */
    record Integers(long... values) {}

    private final long fixedBatch;
    private final Allowance made;
    private final Allowance kept;
    private final Map<String, TensorProto> stored = new HashMap<>();
    private final Map<String, INDArray> floats = new HashMap<>();
    private final Map<String, Integers> integers = new HashMap<>();

    /**
     * @param fixedBatch how many images the graph takes at once, or {@link #BATCH}
     * @param numbers how many there are in the file at most
     */
    Constants(long fixedBatch, long numbers) {
        this.fixedBatch = fixedBatch;
        made = new Allowance(FREE + PASSES * numbers);
        kept = new Allowance(FREE + numbers);
    }

    /** Returns how many numbers nodes may still make of those in the file. */
    Allowance made() {
        return made;
    }

    /** Returns how many numbers the network may still get. */
    Allowance kept() {
        return kept;
    }

    /** Returns how many images the graph takes at once, or {@link #BATCH} if it takes any number. */
    long fixedBatch() {
        return fixedBatch;
    }

    /** @throws IllegalArgumentException if the name is there already */
    void store(String name, TensorProto tensor) {
        if (has(name)) {
            throw new IllegalArgumentException("has two arrays \"" + name + "\"");
        }
        stored.put(name, tensor);
    }

    void put(String name, INDArray array) {
        floats.put(name, array);
    }

    void put(String name, Integers numbers) {
        integers.put(name, numbers);
    }

    boolean has(String name) {
        return stored.containsKey(name) || floats.containsKey(name) || integers.containsKey(name);
    }

    /**
     * Returns an array, float32, read when it is asked for.
     *
     * @return nothing if there is none of that name, or it is one of whole numbers
     */
    Optional<INDArray> floats(String name) {
        TensorProto tensor = stored.get(name);
        if (tensor != null && !StoredArrays.isIntegral(tensor)) {
            stored.remove(name);
            floats.put(name, StoredArrays.floats(tensor));
        }
        return Optional.ofNullable(floats.get(name));
    }

    /** Returns whole numbers, or nothing if there are none of that name. */
    Optional<Integers> integers(String name) {
        TensorProto tensor = stored.get(name);
        if (tensor != null && StoredArrays.isIntegral(tensor)) {
            stored.remove(name);
            integers.put(name, new Integers(StoredArrays.integers(tensor)));
        }
        return Optional.ofNullable(integers.get(name));
    }

    /** Returns whether there is a constant of that name, as it lies in the file, that is false. */
    boolean isFalse(String name) {
        TensorProto tensor = stored.get(name);
        return tensor != null && tensor.getDataType() == TensorProto.DataType.BOOL_VALUE
                && (tensor.getRawData().size() > 0 ? tensor.getRawData().byteAt(0) == 0
                : tensor.getInt32DataCount() > 0 && tensor.getInt32Data(0) == 0);
    }
}
