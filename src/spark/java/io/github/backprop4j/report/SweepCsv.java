package io.github.backprop4j.report;

import io.github.backprop4j.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what came of a sweep's settings as comma-separated values, one row each. */
public final class SweepCsv {

    private SweepCsv() {}

    /**
     * Writes a header and the rows, in their order; numbers as {@link MetricsCsv} has them, nothing where there is none, and
     * texts with commas in quotes (RFC 4180).
     *
     * @param csv replaced if it exists
     * @param names of the settings that are varied
     * @throws IOException if the file cannot be written
     */
    public static void write(Path csv, List<String> names, List<SweepRow> rows) throws IOException {
        Stream<String> header = Stream.of(Stream.of("number"), names.stream(), Stream.of("status", "epochs",
                "validation_accuracy", "validation_loss", "best_epoch", "seconds", "reason")).flatMap(each -> each);
        String text = Stream.concat(Stream.of(line(header)), rows.stream().map(SweepCsv::row)).collect(Collectors.joining());
        AtomicFile.write(csv, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String row(SweepRow row) {
        boolean validated = row.bestEpoch() > 0;
        return line(Stream.of(Stream.of(Integer.toString(row.number())), row.values().stream(), Stream.of(
                row.status().toString(),
                Integer.toString(row.epochs()),
                validated ? MetricsCsv.number(row.accuracy()) : "",
                validated ? MetricsCsv.number(row.loss()) : "",
                validated ? Integer.toString(row.bestEpoch()) : "",
                MetricsCsv.number(row.seconds()),
                row.reason())).flatMap(each -> each));
    }

    private static String line(Stream<String> fields) {
        return fields.map(SweepCsv::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String field) {
        return field.matches("[^\",\r\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
