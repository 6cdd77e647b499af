package io.github.backprop4j.onednn;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A primitive of oneDNN with its arguments, which are pointed at arrays anew for each run. An argument that the primitive
 * wants in another form than the array has is taken there before it runs, or back behind it, in memory that all calls of a
 * thread share.
 */
final class Call implements AutoCloseable {

    /** A copy from one form to another, which rounds if the types differ. */
    private record Reorder(reorder primitive, memory from, memory to) {

        private static Reorder of(memory from, memory to) {
            return new Reorder(new reorder(from, to), from, to);
        }

        private void run() {
            primitive.execute(Primitives.stream(), from, to);
        }
    }

    /** A copy of an argument, which lasts as long as a run, and how many bytes it takes. */
    private record Copy(memory memory, long bytes) {}

    /** Copies begin at multiples of it, the line of a processor's cache. */
    private static final long ALIGNMENT = 64;

    private final primitive primitive;
    private final IntMemoryMap arguments = new IntMemoryMap();
    private final Map<Integer, memory> pointed = new HashMap<>();
    private final List<Copy> copies = new ArrayList<>();
    private final List<Reorder> before = new ArrayList<>();
    private final List<Reorder> behind = new ArrayList<>();
    private final List<INDArray> arrays = new ArrayList<>();

    Call(primitive primitive) {
        this.primitive = primitive;
    }

    /** Declares an argument that is an array of the form that the primitive wants. */
    Call argument(int name, memory.desc form) {
        return input(name, form, form);
    }

    /** Declares an argument that the primitive reads. */
    Call input(int name, memory.desc ofArray, memory.desc wanted) {
        memory array = pointedAt(name, ofArray);
        if (ofArray.equals(wanted)) {
            arguments.put(name, array);
        } else {
            before.add(Reorder.of(array, copy(name, wanted)));
        }
        return this;
    }

    /** Declares an argument that the primitive writes. */
    Call output(int name, memory.desc ofArray, memory.desc wanted) {
        memory array = pointedAt(name, ofArray);
        if (ofArray.equals(wanted)) {
            arguments.put(name, array);
        } else {
            behind.add(Reorder.of(copy(name, wanted), array));
        }
        return this;
    }

    private memory pointedAt(int name, memory.desc form) {
        memory array = nowhere(form);
        pointed.put(name, array);
        return array;
    }

    private memory copy(int name, memory.desc form) {
        memory copy = nowhere(form);
        arguments.put(name, copy);
        copies.add(new Copy(copy, (form.get_size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT));
        return copy;
    }

    private static memory nowhere(memory.desc form) {
        return new memory(form, Primitives.engine(), new Pointer());
    }

    /** Points an argument at an array of the declared form. */
    Call with(int name, INDArray array) {
        pointed.get(name).set_data_handle(array.data().addressPointer());
        // an array that is garbage collected frees its memory, which the pointer does not prevent
        arrays.add(array);
        return this;
    }

    void run() {
        try {
            placeCopies();
            before.forEach(Reorder::run);
            primitive.execute(Primitives.stream(), arguments);
            behind.forEach(Reorder::run);
            Primitives.stream()._wait();
        } finally {
            Reference.reachabilityFence(arrays);
            arrays.clear();
        }
    }

    private void placeCopies() {
        if (copies.isEmpty()) {
            return;
        }
        Pointer scratch = Primitives.scratch(copies.stream().mapToLong(Copy::bytes).sum());
        long offset = 0;
        for (Copy copy : copies) {
            copy.memory.set_data_handle(scratch.getPointer(offset));
            offset += copy.bytes;
        }
    }

    /** Frees what oneDNN keeps for it. */
    @Override
    public void close() {
        before.forEach(reorder -> reorder.primitive.close());
        behind.forEach(reorder -> reorder.primitive.close());
        copies.forEach(copy -> copy.memory.close());
        pointed.values().forEach(memory::close);
        arguments.close();
        primitive.close();
    }
}
