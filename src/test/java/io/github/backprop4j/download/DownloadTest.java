package io.github.backprop4j.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from a server in this process, which answers as each test wants it. */
class DownloadTest {

    private static final byte[] CONTENT = new byte[300_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    @TempDir
    private Path folder;

    private HttpServer server;
    private volatile HttpHandler answer;
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private final List<Long> progress = new ArrayList<>();
    private Download download;
    private Path file;
    private Path part;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            ranges.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            try (exchange) {
                answer.handle(exchange);
            }
        });
        server.setExecutor(task -> new Thread(task).start());
        server.start();
        URI source = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/folder/set.bin");
        download = new Download(source, CONTENT.length, sha256(CONTENT));
        file = folder.resolve("set.bin");
        part = folder.resolve("set.bin.part");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void downloadsAndChecks() throws IOException {
        serve(exchange -> send(exchange, 200, CONTENT, CONTENT.length));
        fetch();
        assertWhole();
        assertEquals(List.of("null"), ranges);
        assertEquals(CONTENT.length, progress.get(progress.size() - 1));
    }

    @Test
    void doesNotDownloadAgain() throws IOException {
        Files.write(file, CONTENT);
        serve(exchange -> send(exchange, 500, new byte[0], 0));
        fetch();
        assertEquals(List.of(), ranges);
        assertEquals(List.of((long) CONTENT.length), progress);
    }

    @Test
    void leavesAnotherFileOfItsName() throws IOException {
        Files.write(file, new byte[] {1});
        assertEquals(file + ": has SHA-256 " + sha256(new byte[] {1}) + ", expected " + sha256(CONTENT)
                + "; delete it to download it again", assertThrows(InvalidFileException.class, this::fetch).getMessage());
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    }

    @Test
    void goesOnWhereAnEarlierOneBrokeOff() throws IOException {
        Files.write(part, Arrays.copyOf(CONTENT, 100_000));
        serve(this::sendRange);
        fetch();
        assertWhole();
        assertEquals(List.of("bytes=100000-"), ranges);
        assertTrue(progress.get(0) > 100_000, progress.toString());
    }

    @Test
    void goesOnWhenTheConnectionBreaks() throws IOException {
        serve(exchange -> {
            if (ranges.size() == 1) {
                send(exchange, 200, Arrays.copyOf(CONTENT, 200_000), CONTENT.length);
            } else {
                sendRange(exchange);
            }
        });
        fetch();
        assertWhole();
        assertEquals(2, ranges.size());
        assertTrue(ranges.get(1).matches("bytes=\\d+-"), ranges.toString());
    }

    /** However long the bytes take to arrive, the server falls silent in each attempt; so no clock decides the test. */
    @Test
    void goesOnWhenTheServerFallsSilent() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        serve(exchange -> {
            send(exchange, 200, Arrays.copyOf(CONTENT, 200_000), CONTENT.length);
            await(done);
        });
        String message;
        try {
            message = assertThrows(DownloadException.class,
                    () -> download.to(folder, progress::add, Duration.ZERO, Duration.ofMillis(100))).getMessage();
        } finally {
            done.countDown();
        }
        assertTrue(message.matches("\\Q" + download.source() + "\\E: broke off 5 times, at last after \\d+ of 300000 bytes"
                + " \\(nothing came for 0 s\\); run this again to go on"), message);
        assertEquals(5, ranges.size());
    }

    private static void await(CountDownLatch done) {
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void startsOverWhereTheServerKnowsNoRanges() throws IOException {
        Files.write(part, new byte[100_000]);
        serve(exchange -> send(exchange, 200, CONTENT, CONTENT.length));
        fetch();
        assertWhole();
    }

    @Test
    void startsOverWhereTheServerRefusesTheRange() throws IOException {
        Files.write(part, new byte[100_000]);
        serve(exchange -> {
            if (ranges.size() == 1) {
                send(exchange, 416, new byte[0], 0);
            } else {
                send(exchange, 200, CONTENT, CONTENT.length);
            }
        });
        fetch();
        assertWhole();
        assertEquals(List.of("bytes=100000-", "null"), ranges);
    }

    @Test
    void startsOverWhereTheServerSendsAnotherRange() throws IOException {
        Files.write(part, Arrays.copyOf(CONTENT, 100_000));
        serve(exchange -> {
            exchange.getResponseHeaders().add("Content-Range", "bytes 5-" + (CONTENT.length - 1) + "/*");
            int status = ranges.size() == 1 ? 206 : 200;
            send(exchange, status, status == 206 ? new byte[10] : CONTENT, status == 206 ? 10 : CONTENT.length);
        });
        fetch();
        assertWhole();
    }

    @Test
    void startsOverIfWhatWasThereIsOfAnotherFile() throws IOException {
        Files.write(part, new byte[100_000]);
        serve(this::sendRange);
        fetch();
        assertWhole();
        assertEquals(List.of("bytes=100000-", "null"), ranges);
    }

    /** As long as the file or longer, so that nothing more is to come. */
    @ParameterizedTest
    @ValueSource(ints = {300_000, 300_001})
    void startsOverIfWhatWasThereIsTooLong(int length) throws IOException {
        Files.write(part, new byte[length]);
        serve(this::sendRange);
        fetch();
        assertWhole();
    }

    @Test
    void takesAWholePartWithoutAsking() throws IOException {
        Files.write(part, CONTENT);
        serve(exchange -> send(exchange, 404, new byte[0], 0));
        fetch();
        assertWhole();
        assertEquals(List.of(), ranges);
    }

    @Test
    void refusesAWrongChecksum() throws IOException {
        byte[] altered = CONTENT.clone();
        altered[7] ^= 1;
        serve(exchange -> send(exchange, 200, altered, altered.length));
        assertProblem("has SHA-256 " + sha256(altered) + ", expected " + sha256(CONTENT) + "; " + byHand());
        assertFalse(Files.exists(part));
        assertFalse(Files.exists(file));
    }

    @Test
    void refusesAnotherLength() throws IOException {
        serve(exchange -> send(exchange, 200, new byte[5], 5));
        assertProblem("has 5 bytes, expected 300000; " + byHand());
        Files.write(part, new byte[10]);
        serve(exchange -> {
            exchange.getResponseHeaders().add("Content-Range", "bytes 10-19/20");
            send(exchange, 206, new byte[10], 10);
        });
        assertProblem("has 20 bytes, expected 300000; " + byHand());
    }

    /** A server that does not tell the length beforehand fills no disk. */
    @Test
    void refusesMoreThanTheFileHas() throws IOException {
        serve(exchange -> send(exchange, 200, Arrays.copyOf(CONTENT, 400_000), 0));
        assertProblem("has more than 300000 bytes, expected 300000; " + byHand());
        assertTrue(Files.size(part) <= 300_000);
    }

    @Test
    void reportsWhatIsNotThere() throws IOException {
        serve(exchange -> send(exchange, 404, new byte[0], 0));
        assertProblem("the server answered 404, expected 200; " + byHand());
        assertEquals(1, ranges.size());
    }

    @Test
    void triesABusyServerAgain() throws IOException {
        serve(exchange -> {
            if (ranges.size() < 3) {
                send(exchange, 503, new byte[0], 0);
            } else {
                sendRange(exchange);
            }
        });
        fetch();
        assertWhole();
    }

    @Test
    void givesUpAtLastAndKeepsWhatItHas() throws IOException {
        serve(exchange -> {
            if (ranges.size() == 1) {
                send(exchange, 200, Arrays.copyOf(CONTENT, 100_000), 0);
            } else {
                send(exchange, 503, new byte[0], 0);
            }
        });
        assertProblem("broke off 5 times, at last after 100000 of 300000 bytes (the server answered 503); run this again"
                + " to go on");
        assertEquals(5, ranges.size());
        assertArrayEquals(Arrays.copyOf(CONTENT, 100_000), Files.readAllBytes(part));
    }

    @Test
    void saysWhatToDoOffline() {
        server.stop(0);
        assertProblem("cannot be reached (ConnectException); " + byHand());
        download = new Download(URI.create("https://no-such-host.invalid/set.bin"), 1, "");
        assertProblem("cannot be reached (unknown host no-such-host.invalid); " + byHand());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org/a", "ftp://localhost/a", "file:///etc/passwd"})
    void takesNoOtherAddress(String source) {
        assertEquals(source + ": expected an https address", assertThrows(IllegalArgumentException.class,
                () -> new Download(URI.create(source), 1, "")).getMessage());
    }

    private void serve(HttpHandler handler) {
        answer = handler;
    }

    /** Sends what was asked for. */
    private void sendRange(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, CONTENT, CONTENT.length);
        } else {
            int from = Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders().add("Content-Range",
                    "bytes " + from + "-" + (CONTENT.length - 1) + "/" + CONTENT.length);
            send(exchange, 206, Arrays.copyOfRange(CONTENT, from, CONTENT.length), CONTENT.length - from);
        }
    }

    /** @param length announced; 0 for none, in which case the body comes in chunks */
    private static void send(HttpExchange exchange, int status, byte[] body, int length) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : length);
        if (body.length > 0) {
            OutputStream out = exchange.getResponseBody();
            out.write(body);
            out.flush();
            if (length == 0) {
                out.close();
            }
        }
    }

    private void fetch() throws IOException {
        download.to(folder, progress::add, Duration.ZERO, Duration.ofMinutes(10));
    }

    private void assertProblem(String message) {
        assertEquals(download.source() + ": " + message,
                assertThrows(DownloadException.class, this::fetch).getMessage());
    }

    private String byHand() {
        return "get the file in another way, put it at " + file + " and run this again";
    }

    private void assertWhole() throws IOException {
        assertArrayEquals(CONTENT, Files.readAllBytes(file));
        assertFalse(Files.exists(part));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
