/**
 * The NumPy notebook in Java, digit for digit: its seven-layer network, its training loop and NumPy's random numbers.
 *
 * <p>{@link io.github.backprop4j.notebook.Cnn} is the notebook's class CNN, with the passes through the layers;
 * {@link io.github.backprop4j.notebook.TrainingLoop} is the cell that trains (8). The README has a table of all cells.
 * Variables have the notebook's names where it has one (W2, argmaxes3, outerr6, learnrate), so that a name found here
 * is found there.
 *
 * <p>May use: {@code layers}, {@code data}, {@code parallel} and {@code files}.
 */
package io.github.backprop4j.notebook;
