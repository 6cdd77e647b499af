/**
 * What a training leaves to look at: {@link io.github.backprop4j.report.MetricsCsv} its numbers,
 * {@link io.github.backprop4j.report.TrainingCurves} its course,
 * {@link io.github.backprop4j.report.ConfusionMatrixPlot} what it mistakes for what, and
 * {@link io.github.backprop4j.report.FilterPlot} what its first layer looks for.
 *
 * <p>Everything is written whole or not at all; equal input gives equal bytes on the same machine, whatever its locale.
 * Images are PNG files, at least 800 pixels wide, drawn without a screen or a window. They need the fonts of the
 * machine; where there are none, or {@code DISPLAY} names a screen that is not there and the process was not started
 * with {@code -Djava.awt.headless=true}, they fail with an {@link java.io.IOException} that says so.
 *
 * <p>May use: {@code network}, {@code training}, {@code data}, {@code files}, ND4J and, for the curves, XChart. XChart
 * is an optional dependency: who calls {@code TrainingCurves} from a project of their own declares it there.
 *
 * <p>Letters: {@code F} filters, {@code C} channels, {@code KH KW} kernel, {@code K} classes.
 */
package io.github.backprop4j.report;
