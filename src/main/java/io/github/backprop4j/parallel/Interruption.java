package io.github.backprop4j.parallel;

import java.util.concurrent.CancellationException;

/** Makes the exception for work that an interrupt ended. */
final class Interruption {

    private Interruption() {}

    /** Returns a CancellationException with a cause, which it has no constructor for. */
    static CancellationException cancellation(String message, InterruptedException cause) {
        CancellationException cancelled = new CancellationException(message);
        cancelled.initCause(cause);
        return cancelled;
    }
}
