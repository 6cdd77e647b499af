package io.github.backprop4j.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * What a contestant's process has to tell, in one line of JSON like
 * {@code {"value": 3600.0, "residentMegabytes": 380.2}}.
 *
 * @param value in the unit of the measurement
 * @param residentMegabytes the most memory that it ever had resident, in 10⁶ bytes, or null where the system does not
 *     tell
 */
public record Outcome(double value, Double residentMegabytes) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A value that this process has measured. */
    public static Outcome ofThisProcess(double value) {
        if (!Files.exists(STATUS)) {
            return new Outcome(value, null);
        }
        try (Stream<String> lines = Files.lines(STATUS)) {
            return new Outcome(value, lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024e-6).orElse(null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalArgumentException if the line is none that {@link #line} writes */
    static Outcome parse(String line) {
        try {
            return JSON.readValue(line, Outcome.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "'" + line + "', expected a line like {\"value\": 3600.0, \"residentMegabytes\": 380.2}", e);
        }
    }

    /** The JSON. */
    public String line() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new AssertionError("two numbers are always JSON", e);
        }
    }
}
