package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class WorkersTest {

    /** With more than one thread each even slice waits until the odd one after it has been computed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void takesEachResultOnceAndInOrder(int threads) {
        List<CountDownLatch> computed = Stream.generate(() -> new CountDownLatch(1)).limit(50).toList();
        List<Integer> taken = new ArrayList<>();
        try (Workers workers = new Workers(threads)) {
            workers.run(50, slice -> {
                if (threads > 1 && slice % 2 == 0) {
                    await(computed.get(slice + 1));
                }
                computed.get(slice).countDown();
                return slice;
            }, taken::add);
        }
        assertEquals(IntStream.range(0, 50).boxed().toList(), taken);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void runsEachSliceOnce(int threads) {
        AtomicIntegerArray runs = new AtomicIntegerArray(30);
        try (Workers workers = new Workers(threads)) {
            workers.run(30, (int slice) -> {
                runs.incrementAndGet(slice);
            });
            workers.run(0, slice -> slice, slice -> runs.set(0, -1));
        }
        for (int slice = 0; slice < 30; slice++) {
            assertEquals(1, runs.get(slice));
        }
    }

    /** Sums in float32, where every other order gives other bits. */
    @Test
    void aSumIsTheSameToTheBitForAnyNumberOfThreads() {
        float[] expected = sum(1);
        for (int threads = 2; threads <= 6; threads++) {
            assertArrayEquals(expected, sum(threads), 0f, threads + " threads");
        }
    }

    private static float[] sum(int threads) {
        INDArray sum = Nd4j.zeros(DataType.FLOAT, 1000);
        try (Workers workers = new Workers(threads)) {
            workers.run(200, slice -> {
                float[] values = new float[1000];
                Random random = new Random(slice);
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat() - 0.5f;
                }
                return Nd4j.createFromArray(values);
            }, sum::addi);
        }
        return sum.toFloatVector();
    }

    @Test
    void slicesComputeInAWorkspaceThatEndsWithThem() {
        List<INDArray> kept = new ArrayList<>();
        try (Workers workers = new Workers(2)) {
            workers.run(4, slice -> Nd4j.ones(3).addi(slice), array -> {
                assertTrue(array.isAttached());
                kept.add(array.detach());
                assertEquals(3.0 + 3 * (kept.size() - 1), array.sumNumber().doubleValue());
            });
        }
        assertFalse(kept.get(0).isAttached());
        assertEquals(3, kept.get(0).sumNumber().intValue());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void handsOnTheFirstFailureAndStops(int threads) {
        AtomicInteger begun = new AtomicInteger();
        IllegalStateException failure = new IllegalStateException("slice 5");
        try (Workers workers = new Workers(threads)) {
            assertSame(failure, assertThrows(IllegalStateException.class, () -> workers.run(1000, slice -> {
                begun.incrementAndGet();
                if (slice == 5) {
                    throw failure;
                }
                return slice;
            }, slice -> assertTrue(slice < 5))));
            // five are taken; each thread may have gone one further, whose result then waits for its turn
            assertTrue(begun.get() <= 5 + threads, () -> begun + " slices were begun");

            OutOfMemoryError error = new OutOfMemoryError("for the test");
            assertSame(error, assertThrows(OutOfMemoryError.class, () -> workers.run(9, slice -> slice, slice -> {
                throw error;
            })));

            List<Integer> taken = new ArrayList<>();
            workers.run(3, slice -> slice, taken::add);
            assertEquals(List.of(0, 1, 2), taken, "after a failure they can be used again");
        }
    }

    /** There are so many slices that only workers that stop come to an end. */
    @Test
    void stopsWhenTheCallerIsInterrupted() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        Throwable[] thrown = new Throwable[1];
        boolean[] stillInterrupted = new boolean[1];
        Thread caller = new Thread(() -> {
            try (Workers workers = new Workers(2)) {
                workers.run(Integer.MAX_VALUE, (int slice) -> started.countDown());
            } catch (CancellationException e) {
                thrown[0] = e;
                stillInterrupted[0] = Thread.currentThread().isInterrupted();
            }
        });
        caller.start();
        started.await();
        caller.interrupt();
        caller.join();
        assertInstanceOf(CancellationException.class, thrown[0]);
        assertInstanceOf(InterruptedException.class, thrown[0].getCause());
        assertTrue(stillInterrupted[0]);
    }

    @Test
    void threadsAreNamedDaemonsAndEndWithThem() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch allHaveASlice = new CountDownLatch(3);
        try (Workers workers = new Workers(3)) {
            workers.run(3, (int slice) -> {
                threads.add(Thread.currentThread());
                allHaveASlice.countDown();
                await(allHaveASlice);
            });
            workers.close();
        }
        assertEquals(Set.of("backprop4j-worker-1", "backprop4j-worker-2", "backprop4j-worker-3"),
                threads.stream().map(Thread::getName).collect(Collectors.toSet()));
        for (Thread thread : threads) {
            assertTrue(thread.isDaemon());
            assertFalse(thread.isAlive());
        }
    }

    @Test
    void nativeThreadsAreHeldToOneUntilTheLastIsClosed() {
        int[] before = nativeThreads();
        setNativeThreads(2, 2);
        try {
            assumeTrue(Nd4j.getEnvironment().maxMasterThreads() == 2, "needs two processors");
            Workers first = new Workers(1);
            Workers second = new Workers(1);
            assertArrayEquals(new int[] {1, 1}, nativeThreads());
            first.close();
            first.close();
            assertArrayEquals(new int[] {1, 1}, nativeThreads());
            second.close();
            assertArrayEquals(new int[] {2, 2}, nativeThreads());
        } finally {
            setNativeThreads(before[0], before[1]);
        }
    }

    private static int[] nativeThreads() {
        return new int[] {Nd4j.getEnvironment().maxMasterThreads(), openblas.blas_get_num_threads()};
    }

    private static void setNativeThreads(int operation, int blas) {
        Nd4j.getEnvironment().setMaxMasterThreads(operation);
        openblas.blas_set_num_threads(blas);
    }

    @Test
    void refusesNoThreads() {
        assertEquals("threads: 0, expected at least 1",
                assertThrows(IllegalArgumentException.class, () -> new Workers(0)).getMessage());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
