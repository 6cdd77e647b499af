package io.github.backprop4j.parallel;

import static org.bytedeco.openblas.global.openblas.blas_get_num_threads;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Holds ND4J's native operations and OpenBLAS to one thread inside each call, from the first {@link #acquire} to the
 * last {@link #release}, which restores what was set before.
 *
 * <p>Both settings are the process's, and so is the count kept here.
 */
final class SingleThreadedMath {

    private static int holders;
    private static int operationThreads;
    private static int blasThreads;

    private SingleThreadedMath() {}

    static synchronized void acquire() {
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

    /** OpenMP counts for each calling thread on its own; oneDNN goes by that count, not by ND4J's. */
    static void holdOpenMpOfThisThread() {
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private static void set(int operation, int blas) {
        // there is setMaxThreads too, but in 1.0.0-M2.1 it does nothing
        Nd4j.getEnvironment().setMaxMasterThreads(operation);
        blas_set_num_threads(blas);
    }
}
