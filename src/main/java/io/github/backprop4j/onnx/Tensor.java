package io.github.backprop4j.onnx;

/**
 * A value of the graph.
 *
 * @param name in the graph
 * @param shape of one example, (C, H, W) or (D)
 */
record Tensor(String name, long... shape) {}
