package io.github.backprop4j.report;

import io.github.backprop4j.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A page of charts over commits, of one file that needs no other and has no scripts. It is of this package, though not of
 * the jar, for the sake of the room's own way to write pages.
 *
 * @param title also of the browser's window
 * @param status what it is about, in a sentence
 * @param numbers the most important ones, by what they are
 * @param machines what the values were measured on, by their number from 0
 * @param sections in their order; none is empty
 */
public record HistoryPage(String title, String status, Map<String, String> numbers, List<String> machines,
        List<Part> sections) {

    private static final String STYLE = """
            :root {
              --m0: #0072b2; --m1: #7a4fb5; --m2: #00796b; --m3: #8d5a1c; --m4: #5f676f;
              --slower: #b3261e; --faster: #2e7d32;
            }
            @media screen and (prefers-color-scheme: dark) {
              :root {
                --m0: #56b4e9; --m1: #bb9af0; --m2: #4fc3b0; --m3: #d9a866; --m4: #a7afb8;
                --slower: #ff8a80; --faster: #81c784;
              }
            }
            svg .m0, .key .m0 { --machine: var(--m0); }
            svg .m1, .key .m1 { --machine: var(--m1); }
            svg .m2, .key .m2 { --machine: var(--m2); }
            svg .m3, .key .m3 { --machine: var(--m3); }
            svg .m4, .key .m4 { --machine: var(--m4); }
            svg .dot { fill: var(--machine); fill-opacity: 0.75; pointer-events: all; }
            svg .dot { stroke: transparent; stroke-width: 9; }
            svg .dot.pale { fill-opacity: 0.4; }
            svg .dot:hover { fill-opacity: 1; stroke: var(--machine); stroke-opacity: 0.35; }
            svg .level { stroke: var(--machine); stroke-width: 2.5; }
            svg .strip { fill: var(--machine); }
            svg .change text { font-weight: 600; }
            svg .change line { stroke-width: 1.5; }
            svg .faster line { stroke: var(--faster); }
            svg .slower line { stroke: var(--slower); }
            svg .faster text, td.faster { fill: var(--faster); color: var(--faster); }
            svg .slower text, td.slower { fill: var(--slower); color: var(--slower); }
            svg .machine line { stroke: var(--soft); stroke-dasharray: 2 4; }
            svg .machine text { fill: var(--soft); font-weight: 400; }
            .key { margin: 1.25rem 0 0; padding: 0; list-style: none; font-size: 0.9rem; }
            .key span { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.5em; }
            .key span { background: var(--machine); }
            td.left, th.left { text-align: left; }
            td { white-space: nowrap; }
            tbody th { min-width: 9rem; }
            th:first-child { padding-left: 0; }
            code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
            """;

    /** A part of the page under a heading. */
    public sealed interface Part permits Table, Charts {
        /** Returns the heading. */
        String heading();
    }

    /**
     * Charts.
     *
     * @param note above them; may be empty
     */
    public record Charts(String heading, String note, List<HistoryChart> charts) implements Part {}

    /**
     * A table.
     *
     * @param note above it; may be empty
     * @param head of the columns
     * @param rows with a cell for each column
     */
    public record Table(String heading, String note, List<String> head, List<List<Cell>> rows) implements Part {}

    /** How a cell is shown. */
    public enum Look { NUMBER, TEXT, COMMIT, FASTER, SLOWER }

    /**
     * A cell.
     *
     * @param link where its text leads to; empty if nowhere
     */
    public record Cell(String text, Look look, String link) {
        /** Makes one without a link. */
        public Cell(String text, Look look) {
            this(text, look, "");
        }
    }

    /**
     * Writes the page.
     *
     * @param file replaced if it exists; either all is written or nothing
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        byte[] page = html().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(page));
    }

    String html() {
        Html page = ReportPage.begin(title, status, false, numbers, STYLE);
        page.closeLine().open("ul", "class", "key", "aria-label", "machines");
        for (int i = 0; i < machines.size(); i++) {
            page.open("li").open("span", "class", HistoryChart.colour(i)).close()
                    .text("machine " + (i + 1) + ": " + machines.get(i)).closeLine();
        }
        page.closeLine().closeLine().open("main");
        for (Part section : sections) {
            page.open("section").element("h2", section.heading());
            if (section instanceof Charts charts) {
                write(page, charts);
            } else if (section instanceof Table table) {
                write(page, table);
            }
            page.closeLine();
        }
        return page.closeLine().closeLine().closeLine().finished();
    }

    private static void write(Html page, Charts charts) {
        note(page, charts.note);
        page.open("div", "class", "charts");
        charts.charts.forEach(chart -> chart.write(page));
        page.closeLine();
    }

    private static void write(Html page, Table table) {
        note(page, table.note);
        if (table.rows.isEmpty()) {
            return;
        }
        page.open("div", "class", "scroll", "tabindex", 0, "role", "region", "aria-label", table.heading);
        page.open("table").open("thead").open("tr");
        for (int i = 0; i < table.head.size(); i++) {
            Look look = table.rows.get(0).get(i).look;
            boolean left = look == Look.TEXT || look == Look.COMMIT;
            page.element("th", table.head.get(i), "scope", "col", "class", left ? "left" : "");
        }
        page.close().close().open("tbody");
        for (List<Cell> row : table.rows) {
            page.open("tr");
            for (int i = 0; i < row.size(); i++) {
                write(page, row.get(i), i == 0);
            }
            page.closeLine();
        }
        page.close().close().closeLine();
    }

    private static void note(Html page, String note) {
        if (!note.isEmpty()) {
            page.element("p", note, "class", "note");
        }
    }

    private static void write(Html page, Cell cell, boolean first) {
        String look = switch (cell.look) {
            case NUMBER -> "";
            case TEXT, COMMIT -> "left";
            case FASTER -> "faster";
            case SLOWER -> "slower";
        };
        page.open(first ? "th" : "td", first ? "scope" : "class", first ? "row" : look);
        if (cell.look == Look.COMMIT) {
            page.open("code");
        }
        if (!cell.link.isEmpty()) {
            page.open("a", "href", cell.link);
        }
        page.text(cell.text);
        if (!cell.link.isEmpty()) {
            page.close();
        }
        if (cell.look == Look.COMMIT) {
            page.close();
        }
        page.closeLine();
    }
}
