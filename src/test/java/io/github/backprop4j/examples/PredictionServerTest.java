package io.github.backprop4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.DatasetImage;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Training;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs {@link PredictionServer} and asks it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PredictionServerTest {

    private static final int THREADS = 4;
    private static final int MAX_BYTES = 1_000_000;
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 200;

    private final HttpClient client = HttpClient.newHttpClient();
    private Images images;
    private Classifier classifier;
    private PredictionServer server;

    @BeforeEach
    void start() throws IOException {
        images = DrawnShapes.training(CLIENTS);
        Architecture architecture = Architecture.parse("conv:6:5,batchnorm,relu,pool:4,dense:20,relu",
                images.channels(), images.height(), images.width(), images.classNames());
        classifier = Classifier.of(Network.initialize(architecture, Training.scaling(images), 1));
        server = new PredictionServer(
                classifier, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), THREADS, MAX_BYTES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void manyAtOnceGetWhatEachWouldGetAlone() throws IOException {
        List<byte[]> pngs = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            DatasetImage image = new DatasetImage(images, i);
            pngs.add(image.png());
            alone.add(PredictionServer.json(classifier.classify(image.inMemory())));
        }
        assertEquals(CLIENTS, new HashSet<>(alone).size(), "images that are answered alike show no mix-up");
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            asked.add(client.sendAsync(predict(BodyPublishers.ofByteArray(pngs.get(i % CLIENTS))), BodyHandlers.ofString()));
        }
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> response = asked.get(i).join();
            assertEquals(200, response.statusCode());
            assertEquals(alone.get(i % CLIENTS), response.body());
        }
    }

    @Test
    void whatIsNoImageIsRefusedInOneLine() throws Exception {
        HttpResponse<String> text = send(predict(BodyPublishers.ofString("no image")));
        assertEquals(400, text.statusCode());
        assertEquals(1, text.body().lines().count(), text.body());
        assertTrue(text.body().contains("expected"), text.body());
        byte[] png = new DatasetImage(images, 0).png();
        byte[] damaged = new String(png, StandardCharsets.ISO_8859_1).substring(0, png.length / 2)
                .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(400, send(predict(BodyPublishers.ofByteArray(damaged))).statusCode());
        assertEquals(400, send(predict(BodyPublishers.noBody())).statusCode());
        assertEquals(200, send(predict(BodyPublishers.ofByteArray(png))).statusCode());
    }

    @Test
    void aBodyOverTheLimitIsRefusedWithItsLengthToldOrNot() throws Exception {
        byte[] large = new byte[MAX_BYTES + 1];
        assertEquals(413, send(predict(BodyPublishers.ofByteArray(large))).statusCode());
        assertEquals(413, send(predict(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))).statusCode());
        assertEquals(400, send(predict(BodyPublishers.ofByteArray(new byte[MAX_BYTES]))).statusCode());
        // more than the JDK's server would take from a client before it hangs up, with or without an answer
        for (int i = 0; i < 20; i++) {
            assertEquals(413, send(predict(BodyPublishers.ofByteArray(new byte[10 * MAX_BYTES]))).statusCode());
        }
    }

    @Test
    void itsHealthIsToldAndOtherPathsAreNot() throws Exception {
        assertEquals("ok\n", send(HttpRequest.newBuilder(uri("/health")).build()).body());
        assertEquals(404, send(HttpRequest.newBuilder(uri("/nothing")).build()).statusCode());
        assertEquals(404, send(HttpRequest.newBuilder(uri("/predict")).build()).statusCode());
    }

    @Test
    void whatIsUnderWayIsAnsweredWhenItStops() throws Exception {
        byte[] png = new DatasetImage(images, 0).png();
        // by hand: an HttpClient may keep even the head of a request until its body has come
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream body = slow.getOutputStream();
            body.write(("POST /predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + png.length
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            body.write(png, 0, png.length / 2);
            while (server.underWay() == 0) {
                Thread.onSpinWait();
            }
            Thread stopping = new Thread(server::close);
            stopping.start();
            while (stopping.getState() == Thread.State.NEW || stopping.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
            }
            assertEquals(503, send(predict(BodyPublishers.ofByteArray(png))).statusCode());
            body.write(png, png.length / 2, png.length - png.length / 2);
            String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            assertTrue(answer.endsWith("\r\n\r\n" + PredictionServer.json(classifier.classify(png))), answer);
            stopping.join();
        }
        assertThrows(IOException.class, () -> send(predict(BodyPublishers.ofByteArray(png))));
    }

    private HttpRequest predict(BodyPublisher body) {
        return HttpRequest.newBuilder(uri("/predict")).POST(body).build();
    }

    private URI uri(String path) {
        return URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.port() + path);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }
}
