package io.github.backprop4j.examples;

import java.io.ByteArrayInputStream;
import java.util.concurrent.CountDownLatch;

/** The body of a request that comes in two halves, the second when it is told to. */
final class SlowBody extends ByteArrayInputStream {

    private final CountDownLatch goOn = new CountDownLatch(1);

    SlowBody(byte[] bytes) {
        super(bytes);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (available() > count / 2) {
            return super.read(into, offset, Math.min(length, count - count / 2));
        }
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return super.read(into, offset, length);
    }

    /** Lets the second half go. */
    void goOn() {
        goOn.countDown();
    }
}
