package io.github.backprop4j.parallel;

import static org.bytedeco.openblas.global.openblas.blas_get_num_threads;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Holds ND4J's native operations, OpenBLAS and OpenMP to one thread inside each call: on a slice of a batch, threads
 * inside the calls cost more time than they save.
 *
 * <p>The settings of ND4J and OpenBLAS belong to the whole process. This class counts those who hold them, and the last
 * one to let go restores what was set before the first one came. OpenMP, whose setting oneDNN follows, keeps one setting
 * for each calling thread.
 */
public final class SingleThreadedMath implements AutoCloseable {

    private static int holders;
    private static int operationThreads;
    private static int blasThreads;

    private final int openMpThreads;

    private SingleThreadedMath(int openMpThreads) {
        this.openMpThreads = openMpThreads;
    }

    /** Holds the math to one thread until {@link #close}, which the same thread must call. */
    public static SingleThreadedMath hold() {
        acquire();
        SingleThreadedMath held = new SingleThreadedMath(operations().ompGetMaxThreads());
        holdOpenMpOfThisThread();
        return held;
    }

    /** Lets go; the last one to do so restores the settings. */
    @Override
    public void close() {
        operations().setOmpNumThreads(openMpThreads);
        release();
    }

    static synchronized void acquire() {
        Natives.load();
        if (holders++ == 0) {
            // ND4J first: it sets OpenBLAS's threads when it is loaded
            operationThreads = Nd4j.getEnvironment().maxMasterThreads();
            blasThreads = blas_get_num_threads();
            set(1, 1);
        }
    }

    static synchronized void release() {
        if (--holders == 0) {
            set(operationThreads, blasThreads);
        }
    }

    static void holdOpenMpOfThisThread() {
        operations().setOmpNumThreads(1);
    }

    private static NativeOps operations() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    private static void set(int operation, int blas) {
        // there is setMaxThreads too, but in 1.0.0-M2.1 it does nothing
        Nd4j.getEnvironment().setMaxMasterThreads(operation);
        blas_set_num_threads(blas);
    }
}
