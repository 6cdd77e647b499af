/**
 * Writes what a training leaves to look at: {@link io.github.backprop4j.report.TrainingReport} a page about all of it, for
 * the browser, {@link io.github.backprop4j.report.EvaluationReport} such a page about a test of any network,
 * {@link io.github.backprop4j.report.MetricsCsv} its metrics as numbers,
 * {@link io.github.backprop4j.report.TrainingCurves} a plot of its losses and accuracies,
 * {@link io.github.backprop4j.report.LearningRatePlot} and {@link io.github.backprop4j.report.LearningRateCsv} the loss over
 * the learning rates that were tried,
 * {@link io.github.backprop4j.report.ConfusionMatrixPlot} a plot of which classes the network takes for which,
 * {@link io.github.backprop4j.report.FilterPlot} a plot of the filters that its first layer has learnt, and
 * {@link io.github.backprop4j.report.TensorBoardEvents} what TensorBoard shows of it.
 *
 * <p>A file is written whole or not at all, and equal input gives equal bytes on the same machine, whatever its locale; but
 * the page of a training that goes on tells the time, and a file of events grows, and its events have their times. A plot
 * is a PNG file of at least 800 pixels' width, drawn without a screen or a window. It needs the fonts of the machine.
 * Writing fails with an {@link java.io.IOException} that says so where there are no fonts, or where {@code DISPLAY} names a
 * screen that is not there and the process was not started with {@code -Djava.awt.headless=true}.
 *
 * <p>A page is one file that needs no other, and no fonts. {@link io.github.backprop4j.report.Outcomes} collects what it
 * tells of single images. Each part of it is a {@code Section}, which writes itself to a {@code Html}, through which no
 * name becomes markup.
 *
 * <p>The room may use {@code network}, {@code training}, {@code inference}, {@code data}, {@code files}, SLF4J, ND4J, which
 * has the classes of TensorFlow's protocol buffers, too, and, for the curves as PNG and the learning rates, XChart. XChart
 * is an optional dependency: a project that calls {@code TrainingCurves} or {@code LearningRatePlot} declares it for
 * itself; pages do not need it.
 *
 * <p>Letters: {@code F} filters, {@code C} channels, {@code KH KW} kernel, {@code K} classes.
 */
package io.github.backprop4j.report;
