package io.github.backprop4j;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;

/** What a call returned, and the messages that the log got meanwhile, without their heads; slf4j-simple writes to System.err. */
public record Logged<T>(T result, List<String> messages) {

    public static <T> Logged<T> of(Callable<T> call) {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            T result = call.call();
            return new Logged<>(result, err.toString(StandardCharsets.UTF_8).lines()
                    .map(line -> line.replaceFirst("^.*?(INFO|WARN) \\S+ - ", "")).toList());
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            System.setErr(before);
        }
    }
}
