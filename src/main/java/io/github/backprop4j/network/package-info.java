/**
 * Networks put together from layers: {@link io.github.backprop4j.network.Architecture} says what one is made of,
 * {@link io.github.backprop4j.network.Parameters} holds its numbers, and {@link io.github.backprop4j.network.Network}
 * passes images forward and errors backward through it, predicts, and is saved in a file.
 *
 * <p>A {@link io.github.backprop4j.network.Layer} is a value and one file: its settings, their checks, its text form and its
 * passes, by the {@link io.github.backprop4j.network.Functions} that the network's
 * {@link io.github.backprop4j.network.Engine} has: those of {@code layers} or of {@code onednn}. {@link io.github.backprop4j.network.Chain} and
 * {@link io.github.backprop4j.network.Residual} are layers too, made of others. All are listed in
 * {@link io.github.backprop4j.network.LayerRegistry}; {@link io.github.backprop4j.network.ReluLayer} is the one to start a
 * new one from, and {@link io.github.backprop4j.network.GradientCheck} holds its gradients against differences.
 *
 * <p>Letters in shapes are those of {@code layers}: {@code N} examples, {@code C} channels, {@code H}×{@code W} the
 * image, {@code K} classes. A shape without N is that of one example.
 *
 * <p>May use: {@code layers}, {@code onednn}, {@code parallel}, {@code files}, ND4J.
 */
package io.github.backprop4j.network;
