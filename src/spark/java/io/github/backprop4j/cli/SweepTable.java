package io.github.backprop4j.cli;

import io.github.backprop4j.files.Json;
import io.github.backprop4j.report.SweepRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * What came of a sweep's settings, for a terminal.
 *
 * @param names of the settings that are varied
 * @param rows in their order
 */
record SweepTable(List<String> names, List<SweepRow> rows) {

    private static final int MAX_WIDTH = 48;
    private static final String NONE = "-";

    /** Returns a header and the rows in columns, of which all but the last, the reasons, have an even width. */
    List<String> lines() {
        List<List<String>> cells = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("number"));
        header.addAll(names);
        header.addAll(List.of("status", "epochs", "accuracy", "loss", ""));
        cells.add(header);
        rows.forEach(row -> cells.add(cells(row)));
        int[] widths = IntStream.range(0, header.size() - 1)
                .map(column -> cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)).toArray();
        return cells.stream().map(row -> IntStream.range(0, widths.length)
                .mapToObj(column -> row.get(column) + " ".repeat(widths[column] - row.get(column).length()))
                .collect(Collectors.joining("  ", "", "  " + row.get(widths.length))).stripTrailing()).toList();
    }

    private static List<String> cells(SweepRow row) {
        List<String> cells = new ArrayList<>(List.of(Integer.toString(row.number())));
        row.values().forEach(value -> cells.add(shortened(value)));
        boolean validated = row.bestEpoch() > 0;
        cells.addAll(List.of(row.status().toString(), Integer.toString(row.epochs()),
                validated ? TrainingProgress.rounded(row.accuracy()) : NONE,
                validated ? TrainingProgress.rounded(row.loss()) : NONE, row.reason()));
        return cells;
    }

    private static String shortened(String value) {
        return value.length() <= MAX_WIDTH ? value : value.substring(0, MAX_WIDTH - 1) + "…";
    }

    /** Returns settings as a line has them. */
    static String text(Map<String, String> varied) {
        return varied.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    /** Returns how many trainings came to their end, were stopped and failed. */
    ObjectNode counts() {
        return Json.object().put("trained", count(SweepRow.Status.FINISHED)).put("stopped", count(SweepRow.Status.STOPPED))
                .put("failed", count(SweepRow.Status.FAILED));
    }

    private long count(SweepRow.Status status) {
        return rows.stream().filter(row -> row.status() == status).count();
    }
}
