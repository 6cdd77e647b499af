package io.github.backprop4j.parallel;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * An iterator that computes its next element on a thread of its own while the caller works on the one before it.
 *
 * <p>The thread is a daemon and ends with {@link #close}.
 *
 * @param <T> the type of the elements, which are never null
 */
public final class Prefetcher<T> implements Iterator<T>, AutoCloseable {

    private final Iterator<? extends T> source;
    private final ExecutorService executor;
    private Future<Optional<T>> next;

    /**
     * Begins with the first element.
     *
     * @param source used by the prefetcher's thread alone from now on
     */
    public Prefetcher(Iterator<? extends T> source) {
        this.source = source;
        executor = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "backprop4j-prefetcher");
            thread.setDaemon(true);
            return thread;
        });
        fetch();
    }

    private void fetch() {
        next = executor.submit(() -> source.hasNext() ? Optional.of(source.next()) : Optional.empty());
    }

    /**
     * Waits until the next element has been computed, or there turns out to be none.
     *
     * @throws RuntimeException if the source has thrown it; every further call throws it too
     * @throws CancellationException if the calling thread is interrupted; it stays interrupted
     */
    @Override
    public boolean hasNext() {
        return await().isPresent();
    }

    /**
     * Waits for the next element, and has the one after it computed.
     *
     * @throws RuntimeException as {@link #hasNext}
     * @throws CancellationException as {@link #hasNext}
     */
    @Override
    public T next() {
        T element = await().orElseThrow(NoSuchElementException::new);
        fetch();
        return element;
    }

    private Optional<T> await() {
        try {
            return next.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Interruption.cancellation("interrupted while waiting for the next element", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        }
    }

    /** Ends the thread and waits until it has computed the element that it is at; an interrupted caller does not wait. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
