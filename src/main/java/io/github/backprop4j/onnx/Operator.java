package io.github.backprop4j.onnx;

import java.util.Set;

/**
 * An operator of ONNX that has a counterpart here.
 *
 * @param name of the operator
 * @param attributes all that a node of it may have
 * @param reader what a node of it does
 */
record Operator(String name, Set<String> attributes, Reader reader) {

    /**
     * What a node does, and the shape of what it gives.
     *
     * @param piece what it does
     * @param value the shape of what it gives
     */
    record Result(Piece piece, Value value) {}

    /** Finds out what a node does. */
    @FunctionalInterface
    interface Reader {
        /**
         * Reads a node.
         *
         * @param node whose first input is what flows through it, and whose other inputs are constants
         * @param x shape of that input
         * @throws IllegalArgumentException if it has no counterpart here, with the node's name
         */
        Result read(Node node, Value x);
    }

    static Operator of(String name, Reader reader, String... attributes) {
        return new Operator(name, Set.of(attributes), reader);
    }
}
