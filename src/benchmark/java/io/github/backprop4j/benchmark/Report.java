package io.github.backprop4j.benchmark;

import io.github.backprop4j.files.AtomicFile;
import io.github.backprop4j.files.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * What was measured, and on what. As JSON:
 *
 * <pre>{@code
 * {"schema": 1,
 *  "date": "2026-11-24T09:00:00Z",
 *  "machine": {"cpu": "AMD EPYC", "cores": 2, "memoryBytes": 25276092416, "os": "Linux amd64", "java": "17.0.15 Debian",
 *              "blasKernels": "Haswell", "sgemmPeakGflops": 198.0},
 *  "measurements": [
 *    {"name": "im2col, batch 128, 2 threads", "group": "step", "unit": "images/s", "higherIsBetter": true,
 *     "median": 3600.0, "values": [3500.0, 3600.0, 3700.0],
 *     "details": {"batch": 128.0, "residentMegabytes": 380.0, "threads": 2.0}}]}
 * }</pre>
 *
 * <p>{@code group} is layer, step, loading, prediction, peer or notebook; {@code unit} is images/s, GFLOP/s or s;
 * {@code blasKernels} and {@code sgemmPeakGflops} are null if unknown; {@code values} has one number a round;
 * {@code details} may have any numbers, of which {@link Measurement} names the common ones. {@code higherIsBetter} and
 * {@code median} follow from the rest: they are written for other readers and not read here. A reader ignores fields that
 * it does not know; one that changes its meaning comes with another {@code schema}.
 *
 * @param schema {@value #SCHEMA}
 * @param date when the measuring began, ISO 8601 in UTC
 * @param measurements with different names
 */
public record Report(int schema, String date, Machine machine, List<Measurement> measurements) {

    /** The only schema that is written and read. */
    public static final int SCHEMA = 1;

    /** Share of the processors that other work may take before the figures are in doubt. */
    private static final double QUIET = 0.15;

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** @throws IllegalArgumentException if the schema is unknown, something is missing, or two have the same name */
    public Report {
        if (schema != SCHEMA) {
            throw new IllegalArgumentException("report: schema " + schema + ", expected " + SCHEMA
                    + "; it may be from another backprop4j");
        }
        if (date == null || machine == null || measurements == null) {
            throw new IllegalArgumentException("report: date " + date + ", machine " + machine + ", measurements "
                    + measurements + ", expected all of them");
        }
        measurements = List.copyOf(measurements);
        long names = measurements.stream().map(Measurement::name).distinct().count();
        if (names < measurements.size()) {
            throw new IllegalArgumentException("report: " + measurements.size() + " measurements have " + names
                    + " names, expected a name for each");
        }
    }

    /** One of today's schema. */
    public Report(String date, Machine machine, List<Measurement> measurements) {
        this(SCHEMA, date, machine, measurements);
    }

    /**
     * Reads a report's JSON.
     *
     * @throws InvalidFileException if it is none
     */
    public static Report read(Path file) throws IOException {
        byte[] json = Files.readAllBytes(file);
        try {
            Report report = JSON.readValue(json, Report.class);
            if (report == null) {
                throw new InvalidFileException(file, "is no report of scripts/benchmark --json: found null");
            }
            return report;
        } catch (JsonProcessingException e) {
            Throwable complaint = e.getCause() instanceof IllegalArgumentException ? e.getCause() : null;
            String found = complaint == null ? e.getOriginalMessage() : complaint.getMessage();
            throw new InvalidFileException(file, "is no report of scripts/benchmark --json: "
                    + found.lines().findFirst().orElse(""));
        }
    }

    /**
     * Writes the JSON.
     *
     * @param file replaced if it exists
     */
    public void write(Path file) throws IOException {
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        AtomicFile.write(file, out -> out.write(json));
    }

    /**
     * The machine, and a table in Markdown with a line for each measurement: its median, the least and the greatest of its
     * rounds, and how many times as fast ours are as a peer; below it what the figures say of each other.
     */
    public String markdown() {
        String head = machine.text() + "\n\n"
                + "| measured | median | min–max | unit | resident MB | GFLOP/s | share of peak | ours to it |\n"
                + "| --- | ---: | ---: | --- | ---: | ---: | ---: | --- |\n";
        Summary summary = new Summary(measurements);
        String table = measurements.stream().map(each -> row(each, summary.oursTo(each)))
                .collect(Collectors.joining("\n", head, "\n"));
        String text = summary.text().isEmpty() ? table : table + "\n" + summary.text();
        double otherLoad = measurements.stream()
                .mapToDouble(each -> each.details().getOrDefault(Measurement.OTHER_LOAD, 0.0)).max().orElse(0);
        return otherLoad <= QUIET ? text : text + String.format(Locale.ROOT, "%nOther work took up to %.0f%% of the"
                + " processors meanwhile: do not trust these figures, least of all the ratios, as what waits for all its"
                + " threads at once suffers most; measure again on a quiet machine.%n", otherLoad * 100);
    }

    private static String row(Measurement measurement, String oursToIt) {
        Double resident = measurement.details().get(Measurement.RESIDENT_MEGABYTES);
        Double gflops = measurement.details().get(Measurement.GFLOPS);
        Double share = measurement.details().get(Measurement.SHARE_OF_PEAK);
        return Stream.of(
                measurement.name(),
                number(measurement.median()),
                number(measurement.min()) + "–" + number(measurement.max()),
                measurement.unit().toString(),
                resident == null ? "" : number(resident),
                gflops == null ? "" : number(gflops),
                share == null ? "" : String.format(Locale.ROOT, "%.0f%%", share * 100),
                oursToIt)
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** Three digits or more, but none beyond the third after the point. */
    private static String number(double value) {
        double magnitude = Math.abs(value);
        int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
