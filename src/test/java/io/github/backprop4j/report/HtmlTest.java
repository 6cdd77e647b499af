package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class HtmlTest {

    @Test
    void textsAndAttributesAreNoMarkup() {
        String page = new Html().open("p", "title", "\"><b onclick='x'>&amp;").text("</p><script>alert(1)</script>").close()
                .finished();
        assertEquals("<!DOCTYPE html>\n<p title=\"&quot;&gt;&lt;b onclick=&#39;x&#39;&gt;&amp;amp;\">"
                + "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>", page);
    }

    @Test
    void whatXmlDoesNotHaveIsReplaced() {
        String page = new Html().open("p").text("a\u0000b\u001bc\ud800d\uffffe\u0085f 😀 ä\t\n").close().finished();
        assertEquals("<!DOCTYPE html>\n<p>a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf 😀 ä\t\n</p>", page);
    }

    @Test
    void namesKeepTheirDirectionForThemselves() {
        assertEquals("<!DOCTYPE html>\n<p><bdi>\u202e&lt;b&gt;</bdi> 93 %</p>",
                new Html().open("p").name("\u202e<b>").text(" 93 %").close().finished());
    }

    @Test
    void elementsWithoutContentEndAtOnce() {
        assertEquals("<!DOCTYPE html>\n<td></td><img alt=\"\"/>",
                new Html().open("td").close().open("img", "alt", "").finished());
    }

    @Test
    void refusesAPageThatIsNotWhole() {
        assertEquals("page: [td, table] still open", assertThrows(IllegalStateException.class,
                () -> new Html().open("table").open("td").finished()).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Html().style("a::after { content: '</style>' }"));
    }
}
