package io.github.backprop4j.onnx;

import java.util.List;

/**
 * A node on the way from the images to the scores.
 *
 * @param node that it is
 * @param piece what it does
 * @param inputs names of what flows into it, two for a sum or a product, otherwise one
 * @param value the shape of what flows out
 */
record Step(Node node, Piece piece, List<String> inputs, Value value) {}
