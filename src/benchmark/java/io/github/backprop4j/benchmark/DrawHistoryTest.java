package io.github.backprop4j.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.report.HistoryPage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The page of a record with planted changes, read as XML. */
class DrawHistoryTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @BeforeEach
    void plant() throws IOException {
        PlantedHistory.write(folder);
    }

    private int draw(String... arguments) {
        return DrawHistory.run(List.of(arguments), new PrintStream(new ByteArrayOutputStream()),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private Document page() throws Exception {
        Path page = folder.resolve("page.html");
        assertEquals(0, draw(folder.toString(), page.toString(), "https://example.org/commit/"), errors::toString);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(Files.readString(page))));
    }

    private static List<Element> elements(Element in, String tag, String kind) {
        NodeList all = in.getElementsByTagName(tag);
        return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i))
                .filter(each -> List.of(each.getAttribute("class").split(" ")).contains(kind)).toList();
    }

    private static Element chart(Document page, String name) {
        return elements(page.getDocumentElement(), "figure", "chart").stream()
                .filter(each -> each.getElementsByTagName("figcaption").item(0).getTextContent().startsWith(name))
                .findFirst().orElseThrow();
    }

    private static String title(Element element) {
        return element.getElementsByTagName("title").item(0).getTextContent();
    }

    @Test
    void eachCommitIsADotThatTellsItsNameTimeAndValue() throws Exception {
        List<Element> dots = elements(chart(page(), PlantedHistory.STEADY), "circle", "dot");
        assertEquals(PlantedHistory.COMMITS, dots.size());
        assertTrue(title(dots.get(0)).matches("0000000, 2026-09-01 08:30: 2,\\d{3} images/s, machine 1"),
                title(dots.get(0)));
        assertTrue(title(dots.get(10)).endsWith("beside other work"), title(dots.get(10)));
        assertEquals("dot m0 pale", dots.get(10).getAttribute("class"));
    }

    @Test
    void theChangesAreMarkedAndListed() throws Exception {
        Document page = page();
        List<Element> slower = elements(chart(page, PlantedHistory.SLOWER), "g", "slower");
        assertEquals(1, slower.size());
        assertTrue(title(slower.get(0)).startsWith(PlantedHistory.commit(PlantedHistory.SLOWER_AT).substring(0, 7)),
                title(slower.get(0)));
        assertEquals(1, elements(chart(page, PlantedHistory.FASTER), "g", "faster").size());
        Element changes = (Element) page.getElementsByTagName("tbody").item(0);
        assertEquals(2, changes.getElementsByTagName("tr").getLength());
        assertEquals("https://example.org/commit/" + PlantedHistory.commit(PlantedHistory.FASTER_AT),
                ((Element) changes.getElementsByTagName("a").item(0)).getAttribute("href"));
    }

    @Test
    void anotherMachineIsMarkedAsOneAndNotAsAChange() throws Exception {
        Element chart = chart(page(), PlantedHistory.STEADY);
        List<Element> marks = elements(chart, "g", "change");
        assertEquals(1, marks.size());
        assertEquals("change machine", marks.get(0).getAttribute("class"));
        assertTrue(title(marks.get(0)).contains("AMD EPYC 9V74 & more"), title(marks.get(0)));
        assertEquals(5, elements(chart, "rect", "strip").size(), "there and back, twice");
    }

    @Test
    void whatTheNewestCommitLacksIsBelowTheRest() throws Exception {
        NodeList headings = page().getElementsByTagName("h2");
        assertEquals(
                List.of("Changes", "The newest commit", "Over the commits", "No longer measured", "The newest 50 commits"),
                IntStream.range(0, headings.getLength()).mapToObj(i -> headings.item(i).getTextContent()).toList());
    }

    @Test
    void nothingIsRunOrFetched() throws Exception {
        page();
        String html = Files.readString(folder.resolve("page.html"));
        assertFalse(html.contains("<script") || html.contains(" src=") || html.contains("@import") || html.contains("url("));
        assertTrue(html.contains("default-src &#39;none&#39;"), "a browser is told, too");
        assertTrue(html.contains("notebook, &lt;1000&gt; images"));
    }

    @Test
    void onlyOneCommitIsAPageToo() throws Exception {
        try (var files = Files.list(folder)) {
            for (Path file : files.sorted().skip(1).toList()) {
                Files.delete(file);
            }
        }
        Document page = page();
        assertEquals(1, elements(chart(page, PlantedHistory.STEADY), "circle", "dot").size());
        assertTrue(page.getDocumentElement().getTextContent().contains("the first on this machine"));
    }

    @Test
    void aChangeTellsWhatElseMayBeToBlame() {
        List<History.Entry> entries = IntStream.range(0, 20).mapToObj(i -> {
            Machine machine = new Machine("cpu", 2, 8L << 30, "Linux amd64", i < 10 ? "17.0.15" : "17.0.16", null, null);
            return new History.Entry(PlantedHistory.commit(i), PlantedHistory.time(i), i < 10 ? i : i + 2,
                    new Report("2026-11-26T00:00:00Z", machine, List.of(new Measurement("its", Measurement.Group.STEP,
                            Measurement.Unit.IMAGES_PER_SECOND, List.of(i < 10 ? 100.0 : 80.0), null))));
        }).toList();
        HistoryPage.Table changes = (HistoryPage.Table) new HistoryReport(new History(entries), "").page().sections().get(0);
        assertEquals(List.of("its", "▼ −20.0\u00a0%", "000000a", "2026-09-14 06:30", "100.0", "80.00", "images/s",
                "or one of 2 before it, after 0000009, not measured on this machine; Java was 17.0.15, and is 17.0.16"),
                changes.rows().get(0).stream().map(HistoryPage.Cell::text).toList());
    }

    @Test
    void wrongArgumentsAndEmptyFoldersAreOneLine() throws IOException {
        Path page = folder.resolve("page.html");
        assertEquals(2, draw(folder.toString(), page.toString()));
        assertEquals(2, draw(folder.resolve("none").toString(), page.toString(), ""));
        assertEquals(2, draw(folder.toString(), page.toString(), "javascript:alert(1)"));
        assertEquals(1, draw(Files.createDirectory(folder.resolve("empty")).toString(), page.toString(), ""));
        assertEquals(4, errors.toString(StandardCharsets.UTF_8).lines().count(), errors::toString);
        assertFalse(Files.exists(page));
    }
}
