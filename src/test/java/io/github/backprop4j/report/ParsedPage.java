package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A page as an XML parser reads it, which refuses what is not well-formed. */
record ParsedPage(String html, Document document) {

    static ParsedPage of(String html) {
        try {
            return new ParsedPage(html, DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new InputSource(new StringReader(html))));
        } catch (Exception e) {
            throw new AssertionError("not well-formed: " + e.getMessage(), e);
        }
    }

    List<Element> elements(String name) {
        return list(document.getElementsByTagName(name));
    }

    static List<Element> list(NodeList nodes) {
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
    }

    /** Returns the section with a heading. */
    Element section(String heading) {
        return elements("section").stream()
                .filter(each -> each.getElementsByTagName("h2").item(0).getTextContent().equals(heading))
                .findFirst().orElseThrow(() -> new AssertionError("no section " + heading));
    }

    boolean hasSection(String heading) {
        return elements("h2").stream().anyMatch(each -> each.getTextContent().equals(heading));
    }

    /** Returns the texts of the elements of a kind in a section. */
    static List<String> texts(Element parent, String name) {
        return list(parent.getElementsByTagName(name)).stream().map(Element::getTextContent).toList();
    }

    /** Returns the number in the page's head, like the test accuracy. */
    String number(String name) {
        int at = elements("dt").stream().map(Element::getTextContent).toList().indexOf(name);
        assertTrue(at >= 0, "no number " + name);
        return elements("dd").get(at).getTextContent();
    }

    /** Returns a row of a table of names and values, or of a class. */
    static List<String> row(Element section, String name) {
        return list(section.getElementsByTagName("tr")).stream()
                .filter(each -> each.getElementsByTagName("th").item(0).getTextContent().equals(name))
                .findFirst().map(each -> texts(each, "td")).orElseThrow(() -> new AssertionError("no row " + name));
    }

    boolean isRefreshed() {
        return elements("meta").stream().anyMatch(each -> each.getAttribute("http-equiv").equals("refresh"));
    }

    /** Checks what every page has to keep: nothing from elsewhere, no scripts, and what readers without eyes need. */
    ParsedPage requireSound() {
        assertTrue(html.startsWith("<!DOCTYPE html>\n<html lang=\"en\">"), html.substring(0, 60));
        assertEquals(1, elements("title").size());
        assertEquals(1, elements("h1").size());
        Set<String> kinds = new HashSet<>();
        Set<String> ids = new HashSet<>();
        List<String> links = new ArrayList<>();
        for (Element each : elements("*")) {
            kinds.add(each.getTagName());
            for (int i = 0; i < each.getAttributes().getLength(); i++) {
                String name = each.getAttributes().item(i).getNodeName();
                String value = each.getAttributes().item(i).getNodeValue();
                assertFalse(name.startsWith("on"), name);
                if (Set.of("src", "href", "srcset", "data", "action", "poster").contains(name)) {
                    assertTrue(value.startsWith("data:") || value.startsWith("#"), value);
                }
                if (name.equals("id")) {
                    assertTrue(ids.add(value), value);
                }
                if (value.startsWith("#")) {
                    links.add(value.substring(1));
                }
            }
        }
        assertTrue(ids.containsAll(links), links + " in " + ids);
        for (String forbidden : List.of("script", "iframe", "object", "embed", "form", "base")) {
            assertFalse(kinds.contains(forbidden), forbidden);
        }
        assertFalse(elements("style").get(0).getTextContent().matches("(?s).*(url\\(|@import).*"));
        elements("img").forEach(each -> assertFalse(each.getAttribute("alt").isBlank()));
        elements("svg").forEach(each -> assertFalse(each.getAttribute("aria-label").isBlank()));
        elements("th").forEach(each -> assertFalse(each.getAttribute("scope").isBlank()));
        return this;
    }
}
