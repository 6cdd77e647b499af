/**
 * Training: {@link io.github.backprop4j.training.Trainer} takes a network through mini-batches, step by step, and
 * {@link io.github.backprop4j.training.Evaluator} tells how well one does on data it has not seen.
 *
 * <p>A mini-batch is cut into slices which the {@code parallel} workers pass forward and backward; their gradients are
 * added in order. With equal seeds, data and settings every number is the same to the bit, for any number of threads.
 *
 * <p>May use: {@code network}, {@code data}, {@code parallel}, {@code files}, ND4J, and slf4j, which comes
 * with it.
 */
package io.github.backprop4j.training;
