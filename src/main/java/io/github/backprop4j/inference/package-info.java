/**
 * Using a network: {@link io.github.backprop4j.inference.Evaluator} tells how well one does on data with known labels,
 * {@link io.github.backprop4j.inference.Classifier} what is on an image; {@link io.github.backprop4j.inference.Views} says
 * of how many views of an image the answer is the mean.
 *
 * <p>May use: {@code network}, {@code data}, {@code parallel}, {@code files}, ND4J.
 */
package io.github.backprop4j.inference;
