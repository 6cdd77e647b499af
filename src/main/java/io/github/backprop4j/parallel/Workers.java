package io.github.backprop4j.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Threads that work through the slices of a batch.
 *
 * <p>Two threads that work on a slice each, with ND4J and OpenBLAS at one thread, are faster than one slice after the
 * other with two threads inside every operation. Workers therefore hold ND4J and OpenBLAS to one thread in the whole
 * process. When the last workers are closed, what was set before is restored.
 *
 * <p>Each slice runs inside an ND4J workspace of its thread. Arrays made there take no fresh memory, and are gone as soon
 * as the slice's result has been taken. The threads are daemons and end with {@link #close}.
 */
public final class Workers implements AutoCloseable {

    private final int threads;
    private final ExecutorService executor;
    private final Queue<Thread> started = new ConcurrentLinkedQueue<>();

    /**
     * Makes workers, whose threads start with their first slice.
     *
     * @param threads their number, at least 1
     * @throws IllegalArgumentException if {@code threads} is less than 1
     */
    public Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + ", expected at least 1");
        }
        this.threads = threads;
        AtomicInteger number = new AtomicInteger();
        executor = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(() -> {
                SingleThreadedMath.holdOpenMpOfThisThread();
                work.run();
                Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
            }, "backprop4j-worker-" + number.incrementAndGet());
            thread.setDaemon(true);
            started.add(thread);
            return thread;
        });
        SingleThreadedMath.acquire();
        BlasKernels.warnOnceIfSlow();
    }

    /** Returns how many threads there are. */
    public int threads() {
        return threads;
    }

    /**
     * Calls {@code work} once for each slice, on any thread and in any order, and returns when all slices are done.
     *
     * @param slices the number of slices, which are numbered from 0
     * @param work does the work on a slice; arrays that it makes last until it returns
     * @throws RuntimeException the first exception that {@code work} threw; slices not yet begun are then left out
     * @throws CancellationException if the calling thread is interrupted; it stays interrupted
     */
    public void run(int slices, IntConsumer work) {
        run(slices, new Turns(), work::accept);
    }

    /**
     * Calls {@code compute} once for each slice, on any thread, and {@code take} with each result, one at a time and in
     * the order of the slices. Returns when all slices are done.
     *
     * @param <R> the type of a slice's result
     * @param slices the number of slices, which are numbered from 0
     * @param compute computes the result of a slice; arrays that it makes last until {@code take} returns
     * @param take keeps what it needs of a result, by copying it into arrays from outside or adding it to them
     * @throws RuntimeException the first exception that {@code compute} or {@code take} threw; slices not yet begun are
     *     then left out
     * @throws CancellationException if the calling thread is interrupted; it stays interrupted
     */
    public <R> void run(int slices, IntFunction<R> compute, Consumer<R> take) {
        Turns turns = new Turns();
        run(slices, turns, slice -> {
            R result = compute.apply(slice);
            if (turns.await(slice)) {
                take.accept(result);
                turns.pass();
            }
        });
    }

    private interface SliceWork {
        void run(int slice) throws InterruptedException;
    }

    private void run(int slices, Turns turns, SliceWork work) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < Math.min(threads, slices); t++) {
            running.add(executor.submit(() -> {
                int slice = next.getAndIncrement();
                while (slice < slices && !turns.failed()) {
                    runInWorkspace(slice, work, turns);
                    slice = next.getAndIncrement();
                }
            }));
        }
        boolean interrupted = false;
        for (Future<?> thread : running) {
            interrupted |= awaitUninterruptibly(thread, turns);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        turns.throwFailure();
    }

    private static void runInWorkspace(int slice, SliceWork work, Turns turns) {
        try (MemoryWorkspace workspace = Scratch.open("backprop4j-slice")) {
            work.run(slice);
        } catch (InterruptedException e) {
            turns.fail(Interruption.cancellation("a worker was interrupted", e));
        } catch (RuntimeException | Error failure) {
            turns.fail(failure);
        }
    }

    /**
     * Waits until a worker has ended. If this thread is interrupted meanwhile, the workers are told to stop.
     *
     * @return whether this thread was interrupted
     */
    private static boolean awaitUninterruptibly(Future<?> thread, Turns turns) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.get();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                turns.fail(Interruption.cancellation("interrupted while slices were running", e));
            } catch (ExecutionException e) {
                throw new AssertionError("runInWorkspace lets nothing through", e);
            }
        }
    }

    /** Ends the threads and frees their memory; a second call does nothing. */
    @Override
    public void close() {
        if (executor.isShutdown()) {
            return;
        }
        executor.shutdown();
        try {
            for (Thread thread : started) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            SingleThreadedMath.release();
        }
    }

    /** Knows which slice's result is taken next, and the first failure, after which none is taken. */
    private static final class Turns {
        private int turn;
        private Throwable failure;

        /**
         * Waits for a slice's turn.
         *
         * @return false if there is no turn to wait for because something failed
         */
        synchronized boolean await(int slice) throws InterruptedException {
            while (turn != slice && failure == null) {
                wait();
            }
            return failure == null;
        }

        synchronized void pass() {
            turn++;
            notifyAll();
        }

        synchronized void fail(Throwable cause) {
            if (failure == null) {
                failure = cause;
            }
            notifyAll();
        }

        synchronized boolean failed() {
            return failure != null;
        }

        synchronized void throwFailure() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
        }
    }
}
