/**
 * Training: {@link io.github.backprop4j.training.TrainingSettings} is everything that decides a result, as a value, and
 * {@link io.github.backprop4j.training.Training} makes a trained network of settings and a data set. Behind it,
 * {@link io.github.backprop4j.training.Trainer} takes a network through mini-batches: it is the long way, for networks,
 * mini-batches and optimizers of one's own. {@link io.github.backprop4j.training.LearningRateFinder} tries which learning
 * rate suits a training.
 *
 * <p>A mini-batch is cut into slices which the {@code parallel} workers pass forward and backward; their gradients are
 * added in order. With equal seeds, data and settings every number is the same to the bit, for any number of threads, as
 * long as the {@link io.github.backprop4j.network.Platform} is the same, too. An optimizer that ND4J has is one line in
 * {@link io.github.backprop4j.training.Optimizer}.
 *
 * <p>May use: {@code inference}, {@code network}, {@code data}, {@code parallel}, {@code files}, ND4J, and slf4j, which
 * comes with it.
 */
package io.github.backprop4j.training;
