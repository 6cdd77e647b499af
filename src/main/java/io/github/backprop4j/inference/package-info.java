/**
 * Using a network: {@link io.github.backprop4j.inference.Evaluator} tells how well one does on data with known labels,
 * {@link io.github.backprop4j.inference.Classifier} what is on an image.
 *
 * <p>May use: {@code network}, {@code data}, {@code parallel}, {@code files}, ND4J.
 */
package io.github.backprop4j.inference;
