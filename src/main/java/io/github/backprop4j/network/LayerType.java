package io.github.backprop4j.network;

/**
 * A kind of layer as texts have it.
 *
 * @param keyword at the head of its text, in lower-case letters: {@code conv}
 * @param usage the text as help shows it: {@code conv:FILTERS:KERNEL[:STRIDE[:PADDING]]}
 * @param reader makes a layer of what stands behind the keyword
 */
public record LayerType(String keyword, String usage, Reader reader) {

    /** Makes a layer of its text. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads the arguments in their order; what it leaves is an error.
         *
         * @throws IllegalArgumentException if an argument is missing or out of range, with the reason
         */
        Layer read(LayerArguments arguments);
    }

    /** @throws IllegalArgumentException if the keyword is not made of lower-case letters */
    public LayerType {
        if (!keyword.matches("[a-z]+")) {
            // a digit at its end would make it one with the number behind it
            throw new IllegalArgumentException("layer type: keyword '" + keyword + "', expected lower-case letters only");
        }
    }
}
