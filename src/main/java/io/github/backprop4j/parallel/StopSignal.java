package io.github.backprop4j.parallel;

import java.util.concurrent.CountDownLatch;

/**
 * Lets long work end in order after Ctrl-C or SIGTERM: the work asks now and then whether such a signal has come. The
 * process then ends when the work has called {@link #close}, with the exit code that Java gives to the signal, 130 or
 * 143.
 */
public final class StopSignal implements AutoCloseable {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean given;

    /** Listens for signals from now on. */
    public StopSignal() {
        hook = new Thread(() -> {
            given = true;
            try {
                ended.await();
            } catch (InterruptedException e) {
                // then nobody waits for the work any more
                Thread.currentThread().interrupt();
            }
        }, "backprop4j-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Returns whether the process has been told to stop. */
    public boolean isGiven() {
        return given;
    }

    /** Says that the work has ended; a process that was told to stop ends now. */
    @Override
    public void close() {
        ended.countDown();
        if (!given) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the signal came just now, and the hook ends by itself
            }
        }
    }
}
