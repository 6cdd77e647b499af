package io.github.backprop4j.parallel;

import static org.bytedeco.openblas.global.openblas.blas_get_num_threads;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;

import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Holds ND4J's native operations and OpenBLAS to one thread inside each call, from the first {@link #acquire} to the
 * last {@link #release}, which restores what was set before.
 *
 * <p>The settings are one for the whole process, and so is the count kept here.
 */
final class SingleThreadedMath {

    private static int holders;
    private static int blasThreads;
    private static int operationThreads;
    private static int masterThreads;

    private SingleThreadedMath() {}

    static synchronized void acquire() {
        if (holders++ > 0) {
            return;
        }
        // ND4J sets OpenBLAS's threads when it is loaded, so it is asked first
        Environment nd4j = Nd4j.getEnvironment();
        operationThreads = nd4j.maxThreads();
        masterThreads = nd4j.maxMasterThreads();
        blasThreads = blas_get_num_threads();
        set(1, 1, 1);
    }

    static synchronized void release() {
        if (--holders == 0) {
            set(operationThreads, masterThreads, blasThreads);
        }
    }

    private static void set(int operation, int master, int blas) {
        Nd4j.getEnvironment().setMaxThreads(operation);
        Nd4j.getEnvironment().setMaxMasterThreads(master);
        blas_set_num_threads(blas);
    }
}
