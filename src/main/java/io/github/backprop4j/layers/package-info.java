/**
 * The layers: pure functions on arrays, each a {@code forward} and the {@code backward} that is its mirror.
 *
 * <p>They have no state, draw no random numbers, do no input or output, and never change what they are given. A forward
 * returns its output and a cache of what the backward needs, if it needs more than the caller has; the backward takes
 * the gradient from above, {@code dOut}, and that cache. A gradient {@code dx} has the shape of {@code x} and is a
 * <em>sum</em> over the examples of a batch. Arrays are float32 or float64, and all arrays of one call have the same of
 * the two; results have it too. Results are allocated by ordinary ND4J calls, so an open workspace serves them.
 *
 * <p>The letters in shapes: {@code N} examples, {@code C} input channels, {@code H}×{@code W} the image, {@code F}
 * filters, {@code KH}×{@code KW} the kernel, {@code OH}×{@code OW} the output image, {@code D} input features,
 * {@code M} output features, {@code K} classes.
 *
 * <p>Wrong arguments end in an {@link java.lang.IllegalArgumentException} that names the layer, what was found and
 * what was expected. {@link io.github.backprop4j.layers.Convolution} is the place to start reading.
 *
 * <p>May use: ND4J and the OpenBLAS that it has loaded.
 */
package io.github.backprop4j.layers;
