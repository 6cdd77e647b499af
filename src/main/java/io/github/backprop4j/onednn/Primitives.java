package io.github.backprop4j.onednn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What a thread has made of oneDNN. To make a primitive takes as long as to run it many times, and its arguments belong to
 * one thread at a time; so each thread keeps its own, by what they compute. What a thread leaves when it ends, Java's
 * garbage collection frees.
 */
final class Primitives {

    /** More than a large network needs, in passes of a few sizes; the one used longest ago goes first. */
    private static final int MOST = 1024;

    private static final ThreadLocal<Primitives> OF_THREAD = ThreadLocal.withInitial(Primitives::new);

    /** A primitive is made for a number of OpenMP threads, and keeps to it. */
    private record Key(int threads, Object what) {}

    private final stream stream = new stream(Processor.ENGINE);
    private BytePointer scratch = new BytePointer();
    private final Map<Key, Object> made = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Object> eldest) {
            boolean tooMany = size() > MOST;
            if (tooMany && eldest.getValue() instanceof Call call) {
                call.close();
            }
            return tooMany;
        }
    };

    private Primitives() {}

    /** The processor, as oneDNN sees it; to touch it loads oneDNN. */
    private static final class Processor {
        private static final engine ENGINE = new engine(engine.kind.cpu, 0);
    }

    static engine engine() {
        return Processor.ENGINE;
    }

    static stream stream() {
        return OF_THREAD.get().stream;
    }

    /** Returns this thread's memory for what lasts no longer than a call. */
    static BytePointer scratch(long bytes) {
        Primitives own = OF_THREAD.get();
        if (own.scratch.capacity() < bytes) {
            own.scratch.close();
            own.scratch = new BytePointer(bytes);
        }
        return own.scratch;
    }

    /**
     * Returns what this thread keeps under a key, which is made first if there is nothing yet.
     *
     * @param what a record of the kept type's own, with all that it depends on
     */
    @SuppressWarnings("unchecked")
    static <T> T of(Object what, Supplier<T> maker) {
        Map<Key, Object> made = OF_THREAD.get().made;
        Key key = new Key(NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads(), what);
        Object found = made.get(key);
        if (found == null) {
            found = maker.get();
            made.put(key, found);
        }
        return (T) found;
    }
}
