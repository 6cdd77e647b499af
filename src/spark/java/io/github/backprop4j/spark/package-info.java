/**
 * Training and sweeps on Apache Spark: {@link io.github.backprop4j.spark.SparkGradients} has the executors of a cluster pass
 * the slices of a mini-batch, which gives the model that one machine would have trained, byte for byte; {@link
 * io.github.backprop4j.spark.Sweep} has each of them train with settings of its own.
 *
 * <p>Nothing of this is in the jar or in the usual build: only Maven's profile {@code spark} fetches Spark. May use:
 * {@code training}, {@code inference}, {@code network}, {@code data}, {@code parallel}, {@code files}, ND4J and Spark.
 */
package io.github.backprop4j.spark;
