package io.github.backprop4j.network;

import java.util.List;
import java.util.function.Function;

/** What stands behind a layer's keyword, read from left to right by the layer's own {@link LayerType.Reader}. */
public final class LayerArguments {

    private final String usage;
    private final List<String> words;
    private final List<Chain> chains;
    private final LayerParser following;
    private int wordsRead;
    private boolean chainsRead;

    LayerArguments(String usage, List<String> words, List<Chain> chains, LayerParser following) {
        this.usage = usage;
        this.words = words;
        this.chains = chains;
        this.following = following;
    }

    /**
     * Reads a whole number that must be there.
     *
     * @param name of the number, for errors
     */
    public int whole(String name) {
        return parse(required(name), "whole number", Integer::parseInt);
    }

    /** Reads a whole number that may be left out. */
    public int whole(String name, int otherwise) {
        return isNumberNext() ? whole(name) : otherwise;
    }

    /**
     * Reads a number that must be there.
     *
     * @param name of the number, for errors
     */
    public double real(String name) {
        return parse(required(name), "number", Double::parseDouble);
    }

    /** Reads a number that may be left out. */
    public double real(String name, double otherwise) {
        return isNumberNext() ? real(name) : otherwise;
    }

    /** Reads a word that may be left out, and returns whether it is there. */
    public boolean flag(String word) {
        boolean there = wordsRead < words.size() && words.get(wordsRead).equalsIgnoreCase(word);
        wordsRead += there ? 1 : 0;
        return there;
    }

    /**
     * Reads the lists of layers between parentheses, which are separated by {@code |}.
     *
     * @throws IllegalArgumentException if there are fewer or more
     */
    public List<Chain> chains(int least, int most) {
        chainsRead = true;
        if (chains.size() < least || chains.size() > most) {
            throw error(chains.size() + " lists of layers in parentheses");
        }
        return chains;
    }

    /** Reads the layer that stands behind this one, for a layer that wraps it. */
    public Layer next() {
        return following.next();
    }

    /** Returns how many classes the network tells apart. */
    public int classes() {
        return following.classes();
    }

    /** @throws IllegalArgumentException if the reader has left something */
    void requireAllRead() {
        if (wordsRead < words.size()) {
            throw error("'" + words.get(wordsRead) + "' is too much");
        }
        if (!chainsRead && !chains.isEmpty()) {
            throw error("parentheses are too much");
        }
    }

    private boolean isNumberNext() {
        return wordsRead < words.size() && !words.get(wordsRead).matches("[A-Za-z]+");
    }

    private String required(String name) {
        if (wordsRead == words.size()) {
            throw error("has no " + name);
        }
        return words.get(wordsRead++);
    }

    private <T extends Number> T parse(String text, String what, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no " + what + ", expected " + usage, e);
        }
    }

    private IllegalArgumentException error(String problem) {
        return new IllegalArgumentException(problem + ", expected " + usage);
    }
}
