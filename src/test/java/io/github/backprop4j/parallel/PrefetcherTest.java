package io.github.backprop4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrefetcherTest {

    @Test
    void givesTheElementsInOrder() {
        List<Integer> seen = new ArrayList<>();
        try (Prefetcher<Integer> prefetcher = new Prefetcher<>(IntStream.range(0, 1000).iterator())) {
            prefetcher.forEachRemaining(seen::add);
            assertThrows(NoSuchElementException.class, prefetcher::next);
        }
        assertEquals(IntStream.range(0, 1000).boxed().toList(), seen);
    }

    @Test
    void computesTheNextElementWhileTheCallerHasTheLast() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(2);
        Iterator<Thread> source = Stream.generate(() -> {
            second.countDown();
            return Thread.currentThread();
        }).iterator();
        try (Prefetcher<Thread> prefetcher = new Prefetcher<>(source)) {
            Thread thread = prefetcher.next();
            second.await();
            assertEquals("backprop4j-prefetcher", thread.getName());
            assertTrue(thread.isDaemon());
            prefetcher.close();
            thread.join();
            assertFalse(thread.isAlive());
        }
    }

    @Test
    void handsOnAFailure() {
        IllegalStateException failure = new IllegalStateException("third");
        Iterator<Integer> source = IntStream.range(0, 9).mapToObj(i -> {
            if (i == 2) {
                throw failure;
            }
            return i;
        }).iterator();
        try (Prefetcher<Integer> prefetcher = new Prefetcher<>(source)) {
            prefetcher.next();
            prefetcher.next();
            assertSame(failure, assertThrows(IllegalStateException.class, prefetcher::hasNext));
            assertSame(failure, assertThrows(IllegalStateException.class, prefetcher::next));
        }
    }

    @Test
    void anInterruptedCallerDoesNotWait() {
        CountDownLatch never = new CountDownLatch(1);
        Iterator<Integer> source = Stream.generate(() -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 1;
        }).iterator();
        try (Prefetcher<Integer> prefetcher = new Prefetcher<>(source)) {
            Thread.currentThread().interrupt();
            assertInstanceOf(InterruptedException.class,
                    assertThrows(CancellationException.class, prefetcher::next).getCause());
            assertTrue(Thread.interrupted());
            never.countDown();
        }
    }
}
