package io.github.backprop4j.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A changed program against the one that it was made of, by the reports of both. A machine's speed wanders, so each side
 * brings several reports, taken in turn with the other's, and medians over all their values are compared.
 *
 * @param rows measurements that both sides have
 * @param onlyInBase names of those that the head lacks
 * @param onlyInHead names of those that the base lacks
 * @param limit the least ratio that passes
 */
record Comparison(List<Row> rows, List<String> onlyInBase, List<String> onlyInHead, double limit) {

    /** A measurement of both sides, in one unit. */
    record Row(Measurement base, Measurement head) {

        /** How many times as fast as the base the head is, by the medians. */
        double ratio() {
            return head.speedup(base);
        }
    }

    /** A measurement is known by both: what changes its unit is another one. */
    private record Key(String name, Measurement.Unit unit) {}

    /**
     * Compares.
     *
     * @param base reports of the unchanged program
     * @param head reports of the changed one
     * @param limit the least ratio that passes, more than 0
     * @throws IllegalArgumentException if the limit is not a number more than 0
     */
    static Comparison of(List<Report> base, List<Report> head, double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("comparison: limit " + limit + ", expected a ratio more than 0");
        }
        Map<Key, Measurement> before = merged(base);
        Map<Key, Measurement> after = merged(head);
        List<Row> rows = before.keySet().stream().filter(after::containsKey)
                .map(key -> new Row(before.get(key), after.get(key))).toList();
        return new Comparison(rows, missing(before, after), missing(after, before), limit);
    }

    private static Map<Key, Measurement> merged(List<Report> reports) {
        Map<Key, Measurement> merged = new LinkedHashMap<>();
        for (Report report : reports) {
            for (Measurement measurement : report.measurements()) {
                merged.merge(new Key(measurement.name(), measurement.unit()), measurement, Comparison::joined);
            }
        }
        return merged;
    }

    private static Measurement joined(Measurement a, Measurement b) {
        List<Double> values = new ArrayList<>(a.values());
        values.addAll(b.values());
        return new Measurement(a.name(), a.group(), a.unit(), values, a.details());
    }

    private static List<String> missing(Map<Key, Measurement> there, Map<Key, Measurement> notThere) {
        return there.keySet().stream().filter(key -> !notThere.containsKey(key)).map(Key::name).toList();
    }

    /** Whether there is something to compare and no ratio is below the limit. */
    boolean passes() {
        return !rows.isEmpty() && rows.stream().allMatch(this::passes);
    }

    private boolean passes(Row row) {
        return row.ratio() >= limit;
    }

    /** A table in Markdown with a line for each measurement that both have, and below it what is compared with nothing. */
    String table() {
        Stream<String> head = Stream.of(
                "| measured | base | head | unit | head / base | |", "| --- | ---: | ---: | --- | ---: | --- |");
        Stream<String> lines = rows.stream().map(row -> String.format(Locale.ROOT, "| %s | %.4g | %.4g | %s | %.3f | %s |",
                row.head.name(), row.base.median(), row.head.median(), row.head.unit(), row.ratio(),
                passes(row) ? "" : String.format(Locale.ROOT, "**below %.2f**", limit)));
        Stream<String> alone = Stream.concat(
                onlyInBase.stream().map(name -> "\nOnly in base: " + name),
                onlyInHead.stream().map(name -> "\nOnly in head: " + name));
        return Stream.of(head, lines, alone).flatMap(part -> part).collect(Collectors.joining("\n", "", "\n"));
    }
}
