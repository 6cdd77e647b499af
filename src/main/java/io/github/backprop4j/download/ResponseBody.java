package io.github.backprop4j.download;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads the bytes of an HTTP response as they arrive. Unlike the client's own stream, it does not wait for ever for a
 * server that has fallen silent.
 */
final class ResponseBody implements AutoCloseable {

    /** A failure, or bytes that arrived; at the end neither. */
    private record Arrival(List<ByteBuffer> bytes, Throwable failure) {}

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Duration patience;
    private Flow.Subscription subscription;

    /**
     * Subscribes to the bytes of a response.
     *
     * @param patience how long to wait for the next bytes
     */
    ResponseBody(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response, Duration patience) {
        this.patience = patience;
        response.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
            }

            @Override
            public void onNext(List<ByteBuffer> bytes) {
                arrivals.add(new Arrival(bytes, null));
            }

            @Override
            public void onError(Throwable failure) {
                arrivals.add(new Arrival(List.of(), failure));
            }

            @Override
            public void onComplete() {
                arrivals.add(new Arrival(List.of(), null));
            }
        });
    }

    /**
     * Waits for the next bytes.
     *
     * @return the bytes; an empty list at the end
     * @throws IOException if the connection broke or nothing arrived in time
     */
    List<ByteBuffer> next() throws IOException {
        subscription.request(1);
        Arrival arrival;
        try {
            arrival = arrivals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw Download.interrupted(e);
        }
        if (arrival == null) {
            throw new IOException("nothing came for " + patience.toSeconds() + " s");
        }
        if (arrival.failure != null) {
            throw new IOException(arrival.failure.getMessage(), arrival.failure);
        }
        return arrival.bytes;
    }

    /** Closes the connection if something is still to come. */
    @Override
    public void close() {
        subscription.cancel();
    }
}
