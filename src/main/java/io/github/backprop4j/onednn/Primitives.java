package io.github.backprop4j.onednn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;

/**
 * What a thread has made of oneDNN. To make a primitive takes as long as to run it many times, and its arguments belong to
 * one thread at a time; so each thread keeps its own, by what they compute. They go with their thread, as ND4J's workspaces
 * do.
 */
final class Primitives {

    /** More than a large network needs, in passes of a few sizes; the one used longest ago goes first. */
    private static final int MOST = 1024;

    private static final ThreadLocal<Primitives> OF_THREAD = ThreadLocal.withInitial(Primitives::new);

    private final stream stream = new stream(Processor.ENGINE);
    private final Map<Object, Object> made = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Object> eldest) {
            return size() > MOST;
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

    /**
     * Returns what this thread keeps under a key, which is made first if there is nothing yet.
     *
     * @param key a record of the kept type's own, with all that it depends on
     */
    @SuppressWarnings("unchecked")
    static <T> T of(Object key, Supplier<T> maker) {
        Map<Object, Object> made = OF_THREAD.get().made;
        Object found = made.get(key);
        if (found == null) {
            found = maker.get();
            made.put(key, found);
        }
        return (T) found;
    }
}
