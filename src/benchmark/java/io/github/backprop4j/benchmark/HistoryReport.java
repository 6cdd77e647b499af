package io.github.backprop4j.benchmark;

import io.github.backprop4j.benchmark.History.Entry;
import io.github.backprop4j.benchmark.History.Host;
import io.github.backprop4j.benchmark.Series.Change;
import io.github.backprop4j.benchmark.Series.Newest;
import io.github.backprop4j.benchmark.Series.Point;
import io.github.backprop4j.report.HistoryChart;
import io.github.backprop4j.report.HistoryChart.Dot;
import io.github.backprop4j.report.HistoryChart.Kind;
import io.github.backprop4j.report.HistoryChart.Level;
import io.github.backprop4j.report.HistoryChart.Mark;
import io.github.backprop4j.report.HistoryPage;
import io.github.backprop4j.report.HistoryPage.Cell;
import io.github.backprop4j.report.HistoryPage.Charts;
import io.github.backprop4j.report.HistoryPage.Look;
import io.github.backprop4j.report.HistoryPage.Part;
import io.github.backprop4j.report.HistoryPage.Table;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A history in words, tables and charts.
 *
 * @param history at least one entry
 * @param link what comes before a commit's name in the address of its page; empty if it has none
 */
record HistoryReport(History history, String link) {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    /** Of more, the newest are told. */
    private static final int MOST_CHANGES = 100;
    private static final int MOST_COMMITS = 50;

    HistoryPage page() {
        List<Series> all = history.series();
        List<Change> changes = all.stream().flatMap(series -> series.changes().stream())
                .sorted(Comparator.comparingInt((Change change) -> change.after().first().index()).reversed()).toList();
        Entry newest = entry(history.entries().size() - 1);
        int last = history.entries().size() - 1;
        List<Series> measured = all.stream().filter(each -> isMeasuredAt(each, last)).toList();
        List<Series> gone = all.stream().filter(each -> !each.points().isEmpty() && !isMeasuredAt(each, last)).toList();

        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("commits", Integer.toString(history.entries().size()));
        numbers.put("benchmarks", Integer.toString(measured.size()));
        numbers.put("machines", Integer.toString(history.hosts().size()));
        numbers.put("changes found", Integer.toString(changes.size()));
        List<Part> parts = new ArrayList<>();
        parts.add(changes(changes));
        parts.add(newest(measured));
        parts.add(new Charts("Over the commits", "A dot is a commit's median, a pale one of a measurement beside other work;"
                + " it tells more when the pointer is on it. A line is the median of a stretch without a change. The strip"
                + " beneath has the machine's colour.", measured.stream().map(this::chart).toList()));
        if (!gone.isEmpty()) {
            parts.add(new Charts("No longer measured", "", gone.stream().map(this::chart).toList()));
        }
        parts.add(commits());
        return new HistoryPage("Benchmarks of backprop4j", "From " + entry(0).shortCommit() + " of " + day(entry(0).time())
                + " to " + newest.shortCommit() + " of " + day(newest.time()) + ", by the time of the commits.",
                numbers, history.hosts().stream().map(Host::text).toList(), parts);
    }

    private static boolean isMeasuredAt(Series series, int index) {
        return !series.points().isEmpty() && series.points().get(series.points().size() - 1).index() == index;
    }

    private Entry entry(int index) {
        return history.entries().get(index);
    }

    private Table changes(List<Change> changes) {
        String note = changes.isEmpty()
                ? "None was found. It takes " + ChangePoints.FEWEST + " commits on one machine to look for one."
                : "Found by optimal partitioning with a bounded loss, on each machine for itself; of constant speed and"
                        + " independent noise, at most one benchmark in 200 would show one. A change of less than "
                        + Math.round(100 * Series.LEAST_EFFECT) + " % is not told, nor one of the newest "
                        + (ChangePoints.SHORTEST - 1) + " commits." + (changes.size() <= MOST_CHANGES ? ""
                                : " These are the newest " + MOST_CHANGES + " of " + changes.size() + ".");
        return new Table("Changes", note,
                List.of("benchmark", "speed", "since", "made", "level before", "after", "unit", "remarks"),
                changes.stream().limit(MOST_CHANGES).map(this::row).toList());
    }

    private List<Cell> row(Change change) {
        Entry after = change.after().first().entry();
        return List.of(new Cell(change.key().name(), Look.TEXT),
                new Cell(arrow(change.speedup()) + " " + percent(change.speedup()),
                        change.speedup() < 1 ? Look.SLOWER : Look.FASTER),
                commit(after), new Cell(minute(after.time()), Look.TEXT), number(change.before().level()),
                number(change.after().level()), new Cell(change.key().unit().toString(), Look.TEXT),
                new Cell(remarks(change), Look.TEXT));
    }

    /** What else may be to blame than that commit. */
    private String remarks(Change change) {
        Point before = change.before().last();
        Point after = change.after().first();
        int between = after.entry().number() - before.entry().number() - 1;
        String java = after.entry().report().machine().java();
        String javaBefore = before.entry().report().machine().java();
        List<String> remarks = new ArrayList<>();
        if (history.hosts().size() > 1) {
            remarks.add("machine " + (history.hosts().indexOf(change.after().host()) + 1));
        }
        if (between > 0) {
            remarks.add("or one of " + between + " before it, after " + before.entry().shortCommit()
                    + ", not measured on this machine");
        }
        if (!java.equals(javaBefore)) {
            remarks.add("Java was " + javaBefore + ", and is " + java);
        }
        return String.join("; ", remarks);
    }

    private Table newest(List<Series> measured) {
        List<List<Cell>> rows = measured.stream().map(series -> {
            Newest newest = series.newest().orElseThrow();
            boolean alone = newest.others() == 0;
            Look look = !newest.unusual() ? Look.NUMBER : newest.speedup() < 1 ? Look.SLOWER : Look.FASTER;
            String remark = alone ? "the first on this machine"
                    : newest.others() < ChangePoints.FEWEST ? "too few before it to judge"
                    : newest.unusual() ? "unusual" : "usual";
            return List.of(new Cell(series.key().name(), Look.TEXT), number(newest.point().value()),
                    alone ? new Cell("–", Look.NUMBER) : number(newest.usual()),
                    new Cell(alone ? "–" : percent(newest.speedup()), look),
                    new Cell(Integer.toString(newest.others()), Look.NUMBER),
                    new Cell(series.key().unit().toString(), Look.TEXT),
                    new Cell(remark + (newest.point().wasBusy() ? ", measured beside other work" : ""), Look.TEXT));
        }).toList();
        return new Table("The newest commit", entry(history.entries().size() - 1).shortCommit() + " beside the median of the"
                + " commits on the same machine since the last change. Unusual is what lies further off than three times the"
                + " standard deviation of these: a single such value may be noise.",
                List.of("benchmark", "newest", "before", "speed", "of commits", "unit", ""), rows);
    }

    private HistoryChart chart(Series series) {
        List<Host> hosts = history.hosts();
        List<Mark> marks = new ArrayList<>();
        for (int i = 1; i < hosts.size(); i++) {
            Host host = hosts.get(i);
            int first = (int) history.entries().stream().takeWhile(entry -> !entry.host().equals(host)).count();
            marks.add(new Mark(first, Kind.MACHINE, "machine " + (i + 1),
                    "another machine from here, no change of the code: " + host.text()));
        }
        for (Change change : series.changes()) {
            Entry after = change.after().first().entry();
            marks.add(new Mark(change.after().first().index(), change.speedup() < 1 ? Kind.SLOWER : Kind.FASTER,
                    arrow(change.speedup()) + " " + percent(change.speedup()), about(after) + ": "
                            + percent(change.speedup()) + " in speed, from " + figure(change.before().level()) + " to "
                            + figure(change.after().level()) + " " + series.key().unit()));
        }
        List<Dot> dots = series.points().stream().map(point -> new Dot(point.index(), point.value(),
                hosts.indexOf(point.entry().host()), point.wasBusy(),
                about(point.entry()) + ": " + figure(point.value()) + " " + series.key().unit() + ", machine "
                        + (hosts.indexOf(point.entry().host()) + 1) + (point.wasBusy() ? ", beside other work" : "")))
                .toList();
        List<Level> levels = series.stretches().stream().map(stretch -> new Level(stretch.first().index(),
                stretch.last().index(), stretch.level(), hosts.indexOf(stretch.host()))).toList();
        String title = series.key().name() + " (" + series.key().unit() + ")";
        return new HistoryChart(title, title + " over " + dots.size() + " commits; the last: "
                + dots.get(dots.size() - 1).text() + ". Changes: " + series.changes().size() + ".",
                history.entries().size(), day(entry(0).time()), day(entry(history.entries().size() - 1).time()),
                history.entries().stream().map(entry -> hosts.indexOf(entry.host())).toList(), dots, levels, marks);
    }

    private Table commits() {
        int from = Math.max(0, history.entries().size() - MOST_COMMITS);
        List<List<Cell>> rows = new ArrayList<>();
        for (int i = history.entries().size() - 1; i >= from; i--) {
            Entry entry = entry(i);
            rows.add(List.of(commit(entry), new Cell(minute(entry.time()), Look.TEXT),
                    new Cell(entry.report().date(), Look.TEXT),
                    new Cell("machine " + (history.hosts().indexOf(entry.host()) + 1), Look.TEXT),
                    new Cell(entry.report().machine().java(), Look.TEXT)));
        }
        return new Table(from > 0 ? "The newest " + MOST_COMMITS + " commits" : "The commits", "Times are in UTC.",
                List.of("commit", "made", "measured", "on", "Java"), rows);
    }

    private Cell commit(Entry entry) {
        return new Cell(entry.shortCommit(), Look.COMMIT, link.isEmpty() ? "" : link + entry.commit());
    }

    private static String about(Entry entry) {
        return entry.shortCommit() + ", " + minute(entry.time());
    }

    private static String day(LocalDateTime time) {
        return DAY.format(time);
    }

    private static String minute(LocalDateTime time) {
        return MINUTE.format(time);
    }

    private static Cell number(double value) {
        return new Cell(figure(value), Look.NUMBER);
    }

    /** Four digits. */
    private static String figure(double value) {
        int decimals = (int) Math.max(0, Math.min(9, 3 - Math.floor(Math.log10(value))));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%+.1f\u00a0%%", (ratio - 1) * 100).replace('-', '\u2212');
    }

    private static String arrow(double speedup) {
        return speedup < 1 ? "▼" : "▲";
    }
}
