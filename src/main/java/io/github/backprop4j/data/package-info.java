/**
 * Data sets: what pictures there are and how their formats are read.
 *
 * <p>{@link io.github.backprop4j.data.Pictures} is what every source gives: labelled pictures, kept as bytes.
 * {@link io.github.backprop4j.data.Cifar10} reads the CIFAR-10 binary files,
 * {@link io.github.backprop4j.data.DrawnShapes} draws pictures and needs no file.
 *
 * <p>May use: {@code files}.
 */
package io.github.backprop4j.data;
