package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

@Tag("robustness")
class SingleThreadedMathTest {

    private int[] settings;
    private int[] before;

    @BeforeEach
    void aHostWithItsOwnSettings() {
        settings = settings();
        set(Nd4j.getEnvironment().maxThreads(), 3, 5);
        before = settings();
    }

    @AfterEach
    void putBack() {
        set(settings[0], settings[1], settings[2]);
    }

    @Test
    void holdsOneInsideAnother() {
        try (SingleThreadedMath outer = SingleThreadedMath.hold()) {
            try (SingleThreadedMath inner = SingleThreadedMath.hold()) {
                assertArrayEquals(new int[] {1, 1, 1}, settings());
            }
            assertArrayEquals(new int[] {1, 1, 1}, settings());
        }
        assertArrayEquals(before, settings());
    }

    /** Workers that are opened by one thread and closed by another, while others hold, in whatever order. */
    @Test
    void restoresAllInWhateverOrderTheyEnd() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            boolean opens = seed < 2;
            work.add(() -> opens ? openAndClose(random) : hold(random));
        }
        for (int repetition = 0; repetition < 5; repetition++) {
            for (Future<Integer> violations : threads.invokeAll(work)) {
                assertEquals(0, violations.get(), "times that more than one thread was set");
            }
            assertArrayEquals(before, settings());
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    }

    private static int openAndClose(Random random) {
        int violations = 0;
        for (int i = 0; i < 20; i++) {
            Workers first = new Workers(1);
            Workers second = new Workers(2);
            violations += isHeld() ? 0 : 1;
            (random.nextBoolean() ? first : second).close();
            violations += isHeld() ? 0 : 1;
            first.close();
            second.close();
        }
        return violations;
    }

    /** OpenMP's number is each thread's own, and so to be restored in each. */
    private static int hold(Random random) {
        int violations = 0;
        int own = 2 + random.nextInt(5);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(own);
        for (int i = 0; i < 500; i++) {
            try (SingleThreadedMath held = SingleThreadedMath.hold()) {
                violations += isHeld() && settings()[2] == 1 ? 0 : 1;
            }
            violations += settings()[2] == own ? 0 : 1;
        }
        return violations;
    }

    private static boolean isHeld() {
        int[] now = settings();
        return now[0] == 1 && now[1] == 1;
    }

    private static int[] settings() {
        return new int[] {Nd4j.getEnvironment().maxMasterThreads(), openblas.blas_get_num_threads(),
            NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads()};
    }

    private static void set(int operation, int blas, int openMp) {
        Nd4j.getEnvironment().setMaxMasterThreads(operation);
        openblas.blas_set_num_threads(blas);
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(openMp);
    }
}
