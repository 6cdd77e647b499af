package io.github.backprop4j.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * A page under way, in HTML that is well-formed XML, too. Texts and attributes are escaped as they come in, and there is no
 * other way in for them, so that no name of a class or file becomes markup.
 */
final class Html {

    /** Elements that end with their start tag. */
    private static final Set<String> VOID = Set.of("meta", "link", "img", "wbr");

    private static final char REPLACEMENT = '\uFFFD';

    private final StringBuilder page = new StringBuilder("<!DOCTYPE html>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Begins an element, which {@link #close} ends, unless it is one that has no content.
     *
     * @param attributes names and values in turn
     */
    Html open(String name, Object... attributes) {
        page.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            page.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1].toString());
            page.append('"');
        }
        if (VOID.contains(name)) {
            page.append("/>");
        } else {
            page.append('>');
            open.push(name);
        }
        return this;
    }

    /** Ends the element that was begun last. */
    Html close() {
        page.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Ends the element that was begun last, and the line. */
    Html closeLine() {
        close();
        page.append('\n');
        return this;
    }

    /** Adds text. */
    Html text(String text) {
        escape(text);
        return this;
    }

    /** Adds a name within a sentence, which keeps its direction for itself if it is written from right to left. */
    Html name(String name) {
        return open("bdi").text(name).close();
    }

    /** Adds an element with nothing but text, on a line of its own. */
    Html element(String name, String text, Object... attributes) {
        return open(name, attributes).text(text).closeLine();
    }

    /**
     * Adds a style sheet of ours.
     *
     * @throws IllegalArgumentException if it has characters that HTML and XML take for different things
     */
    Html style(String css) {
        if (css.chars().anyMatch(each -> each == '<' || each == '&' || each == '>')) {
            throw new IllegalArgumentException("page: the style sheet has one of < > &, expected none of them");
        }
        page.append("<style>\n").append(css).append("</style>\n");
        return this;
    }

    private void escape(String text) {
        text.codePoints().forEach(each -> {
            switch (each) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.appendCodePoint(isAllowed(each) ? each : REPLACEMENT);
            }
        });
    }

    /** XML has no control characters, half surrogate pairs and the last two code points of its first plane. */
    private static boolean isAllowed(int each) {
        return each == '\n' || each == '\t'
                || !Character.isISOControl(each) && Character.getType(each) != Character.SURROGATE
                        && each != 0xFFFE && each != 0xFFFF;
    }

    /**
     * Returns the page.
     *
     * @throws IllegalStateException if an element is still open
     */
    String finished() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("page: " + open + " still open");
        }
        return page.toString();
    }
}
