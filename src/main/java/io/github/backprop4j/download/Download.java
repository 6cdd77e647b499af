package io.github.backprop4j.download;

import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * A file on the internet, with the size and the checksum that it must have.
 *
 * @param source an https address, or http on this machine
 * @param bytes length of the file
 * @param sha256 checksum of the file, in lower-case hexadecimal digits
 */
record Download(URI source, long bytes, String sha256) {

    private static final List<String> THIS_MACHINE = List.of("localhost", "127.0.0.1", "[::1]");
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** The longest wait for a connection, for an answer, and for further bytes. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BUFFER = 1 << 16;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final List<Integer> TRY_AGAIN = List.of(408, 429, 500, 502, 503, 504);

    /** @throws IllegalArgumentException if source is a plain http address of another machine, or no web address */
    Download {
        boolean local = "http".equals(source.getScheme()) && THIS_MACHINE.contains(source.getHost());
        if (!"https".equals(source.getScheme()) && !local) {
            throw new IllegalArgumentException(source + ": expected an https address");
        }
    }

    String fileName() {
        return source.getPath().substring(source.getPath().lastIndexOf('/') + 1);
    }

    /**
     * Downloads the file under its own name, unless the directory holds it already. Until it is complete and its checksum
     * right, it has {@code .part} after its name; bytes that such a file holds already are not downloaded again.
     *
     * @param directory where the file goes
     * @param progress told how many of the file's bytes the directory holds
     * @throws InvalidFileException if the directory holds another file of that name
     * @throws DownloadException if the file cannot be downloaded or is another than expected
     * @throws IOException if the file cannot be written
     */
    void to(Path directory, LongConsumer progress) throws IOException {
        to(directory, progress, PAUSE, PATIENCE);
    }

    /**
     * Does what {@link #to(Path, LongConsumer)} does, with other waits than the usual ones.
     *
     * @param pause before each further attempt
     * @param silence the longest wait for further bytes of an answer that has begun
     */
    void to(Path directory, LongConsumer progress, Duration pause, Duration silence) throws IOException {
        Path file = directory.resolve(fileName());
        if (Files.exists(file)) {
            String found = checksum(file);
            if (!found.equals(sha256)) {
                throw new InvalidFileException(file, "has SHA-256 " + found + ", expected " + sha256
                        + "; delete it to download it again");
            }
            progress.accept(bytes);
            return;
        }
        Path part = directory.resolve(fileName() + ".part");
        boolean resumed = Files.exists(part);
        complete(part, file, progress, pause, silence);
        if (resumed && !checksum(part).equals(sha256)) {
            Files.delete(part);
            complete(part, file, progress, pause, silence);
        }
        String found = checksum(part);
        if (!found.equals(sha256)) {
            Files.delete(part);
            throw new DownloadException(source + ": has SHA-256 " + found + ", expected " + sha256 + "; "
                    + byHand(file), null);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Adds to the part until it has all bytes, in several attempts if the connection breaks off. */
    private void complete(Path part, Path file, LongConsumer progress, Duration pause, Duration silence)
            throws IOException {
        HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE).build();
        for (int attempt = 1; size(part) != bytes; attempt++) {
            try {
                receive(client, part, file, progress, silence);
            } catch (DownloadException | InterruptedIOException e) {
                throw e;
            } catch (ConnectException | HttpConnectTimeoutException | SSLException e) {
                throw new DownloadException(source + ": cannot be reached (" + reason(e) + "); " + byHand(file), e);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw new DownloadException(source + ": broke off " + ATTEMPTS + " times, at last after "
                            + size(part) + " of " + bytes + " bytes (" + reason(e) + "); run this again to go on", e);
                }
                pause(pause);
            }
        }
    }

    private void receive(HttpClient client, Path part, Path file, LongConsumer progress, Duration silence)
            throws IOException {
        if (size(part) > bytes) {
            Files.delete(part);
        }
        long have = size(part);
        HttpRequest.Builder request = HttpRequest.newBuilder(source).timeout(PATIENCE);
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(client, request.build());
        try (ResponseBody body = new ResponseBody(response, silence)) {
            long start = start(response, have, part, file);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.truncate(start).position(start);
                for (List<ByteBuffer> next = body.next(); !next.isEmpty(); next = body.next()) {
                    write(next, channel, file);
                    progress.accept(channel.position());
                }
                channel.force(true);
            }
        }
        if (size(part) < bytes) {
            throw new IOException("the server ended too early");
        }
    }

    private void write(List<ByteBuffer> next, FileChannel channel, Path file) throws IOException {
        for (ByteBuffer buffer : next) {
            if (channel.position() + buffer.remaining() > bytes) {
                throw new DownloadException(source + ": has more than " + bytes + " bytes, expected " + bytes + "; "
                        + byHand(file), null);
            }
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    private static HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(HttpClient client, HttpRequest request)
            throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofPublisher());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Finds out where in the file the body of a response begins: at 0 or at the first byte that is missing.
     *
     * @param have how many bytes the part holds
     */
    private long start(HttpResponse<?> response, long have, Path part, Path file) throws IOException {
        int status = response.statusCode();
        if (status == OK) {
            requireLength(response.headers().firstValue("Content-Length").orElse("*"), file);
            return 0;
        }
        if (status == PARTIAL_CONTENT) {
            Matcher range = CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
            if (range.matches()) {
                requireLength(range.group(2), file);
                if (Long.parseLong(range.group(1)) == have) {
                    return have;
                }
            }
        }
        if (status == PARTIAL_CONTENT || status == RANGE_NOT_SATISFIABLE) {
            Files.deleteIfExists(part);
            throw new IOException("the server does not go on at byte " + have);
        }
        if (TRY_AGAIN.contains(status)) {
            throw new IOException("the server answered " + status);
        }
        throw new DownloadException(source + ": the server answered " + status + ", expected " + OK + "; "
                + byHand(file), null);
    }

    private void requireLength(String length, Path file) throws DownloadException {
        if (!length.equals("*") && !length.equals(Long.toString(bytes))) {
            throw new DownloadException(source + ": has " + length + " bytes, expected " + bytes + "; "
                    + byHand(file), null);
        }
    }

    private static String byHand(Path file) {
        return "get the file in another way, put it at " + file + " and run this again";
    }

    private String reason(IOException problem) {
        if (problem.getCause() instanceof UnresolvedAddressException || problem.getCause() != null
                && problem.getCause().getCause() instanceof UnresolvedAddressException) {
            return "unknown host " + source.getHost();
        }
        return problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
    }

    private static void pause(Duration pause) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static InterruptedIOException interrupted(InterruptedException cause) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while downloading");
        interrupted.initCause(cause);
        return interrupted;
    }

    private static long size(Path part) throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    private static String checksum(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
