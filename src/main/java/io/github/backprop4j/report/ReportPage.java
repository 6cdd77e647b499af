package io.github.backprop4j.report;

import io.github.backprop4j.files.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A page of HTML that needs nothing but itself: no scripts, and style, images and charts within. It forbids its reader's
 * browser to fetch or run anything, too.
 *
 * @param title also of the browser's window
 * @param status what it is about and how far it has come, in a sentence
 * @param refreshed whether the browser is to read it anew every few seconds
 * @param numbers the most important ones, by what they are
 * @param sections in their order
 */
record ReportPage(String title, String status, boolean refreshed, Map<String, String> numbers, List<Section> sections) {

    private static final int REFRESH_SECONDS = 10;

    private static final String ONLY_WITHIN = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    /**
     * Writes the page.
     *
     * @param file replaced if it exists; either all is written or nothing
     * @throws IOException if it cannot be written
     */
    void write(Path file) throws IOException {
        byte[] page = html().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(page));
    }

    /**
     * Begins a page, up to its most important numbers, whose list is still open.
     *
     * @param moreStyle CSS beside that of all pages
     */
    static Html begin(String title, String status, boolean refreshed, Map<String, String> numbers, String moreStyle) {
        Html page = new Html().open("html", "lang", "en").open("head").open("meta", "charset", "utf-8");
        page.open("meta", "http-equiv", "Content-Security-Policy", "content", ONLY_WITHIN);
        page.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.open("meta", "name", "color-scheme", "content", "light dark");
        if (refreshed) {
            page.open("meta", "http-equiv", "refresh", "content", REFRESH_SECONDS);
        }
        page.element("title", title).open("link", "rel", "icon", "href", "data:,").style(style() + moreStyle).closeLine();
        page.open("body").open("header").element("h1", title).element("p", status, "class", "status");
        page.open("dl", "class", "numbers");
        numbers.forEach((name, value) -> page.open("div").element("dt", name).element("dd", value).closeLine());
        return page;
    }

    String html() {
        Html page = begin(title, status, refreshed, numbers, "");
        page.closeLine().open("nav", "aria-label", "contents").open("ul");
        for (int i = 0; i < sections.size(); i++) {
            page.open("li").open("a", "href", "#s" + i).text(sections.get(i).heading()).close().close();
        }
        page.close().closeLine().closeLine().open("main");
        for (int i = 0; i < sections.size(); i++) {
            page.open("section", "id", "s" + i, "aria-labelledby", "h" + i);
            page.element("h2", sections.get(i).heading(), "id", "h" + i);
            sections.get(i).write(page);
            page.closeLine();
        }
        return page.closeLine().closeLine().closeLine().finished();
    }

    private static String style() {
        try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("report.css is in the jar of its class", e);
        }
    }
}
