package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Reads the text form of layers, {@code conv:10:5,relu,residual(conv:10:3,relu),dense:100}: items separated by commas,
 * each a keyword, then words behind colons or lists of layers in parentheses. What they mean is the matter of each
 * layer's {@link LayerType}.
 */
final class LayerParser {

    /** More than any network has, and few enough that a hostile file is soon refused. */
    private static final int MAX_LAYERS = 10_000;
    /** Of layers that hold others, be it in parentheses or behind a {@code dropconnect}. */
    private static final int MAX_DEPTH = 8;
    /** Characters of an item that errors repeat. */
    private static final int MAX_QUOTED = 200;
    /** Of a list inside a layer, which has no output layer. */
    private static final int NO_CLASSES = 0;

    /** The item being read, for errors; one for a text and all lists inside it. */
    private static final class Place {
        private String item = "";
    }

    private final Iterator<String> items;
    private final Place place;
    private final int classes;
    private int depth;

    private LayerParser(List<String> items, Place place, int depth, int classes) {
        this.items = items.iterator();
        this.place = place;
        this.depth = depth;
        this.classes = classes;
    }

    /**
     * Reads the layers of a network, its output layer last, which a text may leave out.
     *
     * @throws InvalidInputException if the text is no such list
     */
    static List<Layer> parse(String text, int classes) {
        long count = text.chars().filter(c -> c == ',' || c == '|' || c == '(').count() + 1;
        if (count > MAX_LAYERS) {
            throw new InvalidInputException("layers: " + count + " of them, expected at most " + MAX_LAYERS);
        }
        Place place = new Place();
        place.item = text;
        try {
            List<String> items = new ArrayList<>(split(text, ','));
            if (items.isEmpty() || !keyword(items.get(items.size() - 1)).equals(Output.TYPE.keyword())) {
                items.add(Output.TYPE.keyword());
            }
            return new LayerParser(items, place, 0, classes).layers();
        } catch (IllegalArgumentException e) {
            String item = place.item.length() > MAX_QUOTED ? place.item.substring(0, MAX_QUOTED) + "…" : place.item;
            throw new InvalidInputException("layers: '" + item + "': " + e.getMessage(), e);
        }
    }

    private List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        while (items.hasNext()) {
            layers.add(layer());
        }
        return layers;
    }

    /** Reads an item, with those behind it that it asks for. */
    private Layer layer() {
        if (!items.hasNext()) {
            throw new IllegalArgumentException("stands last, expected a layer behind it");
        }
        String item = items.next();
        place.item = item;
        if (item.isEmpty()) {
            throw new IllegalArgumentException("no layer stands here; is there a comma too many?");
        }
        LayerType type = LayerRegistry.find(keyword(item));
        int parenthesis = item.indexOf('(');
        List<Chain> chains = parenthesis < 0 ? List.of() : chains(item.substring(parenthesis + 1));
        place.item = item;
        String[] words = (parenthesis < 0 ? item : item.substring(0, parenthesis)).split(":", -1);
        LayerArguments arguments = new LayerArguments(
                type.usage(), Arrays.asList(words).subList(1, words.length), chains, this);
        Layer layer = type.reader().read(arguments);
        arguments.requireAllRead();
        return layer;
    }

    private List<Chain> chains(String opened) {
        int closing = closing(opened);
        if (closing < opened.length() - 1) {
            throw new IllegalArgumentException("goes on behind its parentheses, expected a comma there");
        }
        requireShallow();
        String lists = opened.substring(0, closing);
        return (lists.isBlank() ? List.of("") : split(lists, '|')).stream().map(list ->
                new Chain(new LayerParser(split(list, ','), place, depth + 1, NO_CLASSES).layers())).toList();
    }

    /** Returns where the parenthesis closes that was opened before the text; in an item they pair. */
    private static int closing(String opened) {
        int open = 1;
        int at = -1;
        while (open > 0) {
            at++;
            open += step(opened.charAt(at));
        }
        return at;
    }

    private static int step(char c) {
        return c == '(' ? 1 : c == ')' ? -1 : 0;
    }

    private void requireShallow() {
        if (depth == MAX_DEPTH) {
            throw new IllegalArgumentException("nests more than " + MAX_DEPTH + " levels deep");
        }
    }

    /** Reads the item behind one that is still being read. */
    Layer next() {
        requireShallow();
        String reading = place.item;
        depth++;
        Layer next = layer();
        depth--;
        place.item = reading;
        return next;
    }

    int classes() {
        if (classes == NO_CLASSES) {
            throw new IllegalArgumentException("stands inside of another layer, expected it last of all");
        }
        return classes;
    }

    private static String keyword(String item) {
        return item.split("[:(]", 2)[0].toLowerCase(Locale.ROOT);
    }

    /** Splits where a separator stands outside of parentheses; what is between is stripped. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int open = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            open += step(c);
            if (open < 0) {
                break;
            }
            if (c == separator && open == 0) {
                parts.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        if (open != 0) {
            throw new IllegalArgumentException("its parentheses do not pair");
        }
        if (!text.isBlank()) {
            parts.add(text.substring(from).strip());
        }
        return parts;
    }
}
