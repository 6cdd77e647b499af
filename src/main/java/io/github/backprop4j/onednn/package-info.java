/**
 * The functions of {@code layers}, computed by oneDNN on the same arrays. The reference is {@code layers}: shapes, checks
 * and errors are its own, and finite numbers give the same to 1e-5 of the largest magnitude (gradients of batch
 * normalization to 3e-5), in float32 alone. What {@code layers} promises of NaN and infinities is not promised here: oneDNN's
 * max pooling and ReLU lose a NaN, so that numbers out of range show only if they get past these.
 *
 * <p>Images go from layer to layer as arrays (N, C, H, W) whose channels lie together in memory ({@link Layout}), the form
 * that oneDNN computes fastest with: batch normalization takes an eighth of its time in rows and columns, max pooling a
 * quarter. Any other layer takes such an array as it takes every view.
 *
 * <p>A thread keeps what it has made of oneDNN, its primitives, for the next call of the same shape ({@link Primitives}).
 *
 * <p>May use: {@code layers}.
 */
package io.github.backprop4j.onednn;
