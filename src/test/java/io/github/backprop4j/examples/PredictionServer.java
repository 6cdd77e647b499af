package io.github.backprop4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.inference.OutputNotFiniteException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Predicts for others over HTTP, with one {@link Classifier} that all threads ask:
 *
 * <pre>
 * curl --data-binary @photo.jpg http://localhost:8080/predict
 * {"classes":[{"name":"circle","probability":0.93},{"name":"ring","probability":0.05}, ...]}
 * </pre>
 *
 * <p>As many threads serve as are asked for: a prediction is computed on the thread that asks, so more than the machine has
 * processors make it no faster, and each keeps its scratch memory. Requests beyond that wait, without their bodies: a body
 * is read by the thread that predicts, so no more of them are in memory than there are threads.
 *
 * <p>{@code GET /health} answers {@code ok}. What is no image is answered with 400 and one line, a body over the limit with
 * 413, and all that comes while the server stops with 503.
 *
 * <p>A client that sends slowly holds a thread for as long. On the internet, have a proxy in front that reads requests whole,
 * or set the JDK's limit, {@code -Dsun.net.httpserver.maxReqTime=SECONDS}.
 */
public final class PredictionServer implements AutoCloseable {

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int BACKLOG = 100;
    private static final int SECONDS_TO_END = 30;

    /** Times the limit of a body. */
    private static final long MOST_DISCARDED = 10;

    private record Response(int status, String type, String body) {

        static Response problem(int status, String line) {
            return new Response(status, TEXT, line + "\n");
        }
    }

    private final Classifier classifier;
    private final int maxBytes;
    private final ExecutorService threads;
    private final HttpServer server;
    private final Phaser underWay = new Phaser(1);
    private volatile boolean stopping;

    /**
     * Starts to serve.
     *
     * @param address of which port 0 stands for any that is free
     * @param threads that predict, at least 1; the number of processors is a good one
     * @param maxBytes of a body, less than 2^31 - 1
     * @throws IOException if the address is not to be had
     */
    public PredictionServer(Classifier classifier, InetSocketAddress address, int threads, int maxBytes) throws IOException {
        this.classifier = classifier;
        this.maxBytes = maxBytes;
        server = HttpServer.create(address, BACKLOG);
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(
                threads, work -> new Thread(work, "predict-" + number.incrementAndGet()));
        server.setExecutor(this.threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** Serves a model, {@code model.npz}, at a port, until the process is told to end. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: PredictionServer MODEL.npz PORT");
        }
        PredictionServer server = new PredictionServer(Classifier.load(Path.of(arguments[0])),
                new InetSocketAddress(Integer.parseInt(arguments[1])), Runtime.getRuntime().availableProcessors(), 20 << 20);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println("listening at http://localhost:" + server.port() + "/predict; Ctrl-C ends it");
    }

    /** Returns the port that it listens at. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Returns how many requests are being answered. */
    int underWay() {
        return underWay.getRegisteredParties() - 1;
    }

    private void serve(HttpExchange exchange) throws IOException {
        // first, so that a stop either waits for this request or is seen by it
        underWay.register();
        try (exchange) {
            Response response = stopping ? Response.problem(503, "stopping") : response(exchange);
            byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", response.type());
            exchange.sendResponseHeaders(response.status(), body.length);
            exchange.getResponseBody().write(body);
        } finally {
            underWay.arriveAndDeregister();
        }
    }

    private Response response(HttpExchange exchange) throws IOException {
        String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        return switch (asked) {
            case "GET /health" -> new Response(200, TEXT, "ok\n");
            case "POST /predict" -> prediction(exchange);
            default -> Response.problem(404, "found " + asked.replaceAll("\\p{Cntrl}", "?")
                    + ", expected POST /predict or GET /health");
        };
    }

    private Response prediction(HttpExchange exchange) throws IOException {
        InputStream body = exchange.getRequestBody();
        byte[] image = body.readNBytes(maxBytes + 1);
        if (image.length > maxBytes) {
            discard(body, MOST_DISCARDED * maxBytes);
            return Response.problem(413, "image: found more than " + maxBytes + " bytes, expected no more");
        }
        try {
            return new Response(200, JSON, json(classifier.classify(image)));
        } catch (InvalidInputException e) {
            return Response.problem(400, e.getMessage());
        } catch (OutputNotFiniteException e) {
            return Response.problem(500, e.getMessage());
        }
    }

    /** Reads on for a while: a client that is still sending when the connection ends often never sees the answer. */
    private static void discard(InputStream body, long most) throws IOException {
        byte[] buffer = new byte[1 << 14];
        for (long left = most; left > 0;) {
            int count = body.read(buffer);
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }

    /** Returns the classes, the most likely first, as they are answered. */
    static String json(List<Classifier.Ranked> ranked) {
        ObjectNode answer = Json.object();
        ArrayNode classes = answer.putArray("classes");
        ranked.forEach(each -> classes.addObject().put("name", each.className()).put("probability", each.probability()));
        return answer.toString();
    }

    /** Stops: what is under way is answered, what comes meanwhile is refused. */
    @Override
    public void close() {
        stopping = true;
        try {
            underWay.awaitAdvanceInterruptibly(underWay.arriveAndDeregister(), SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            // a client that sends no more keeps nobody else from an end
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
