/**
 * The benchmarks, which {@code scripts/benchmark} builds and starts, and their tests, which
 * {@code mvn -Pbenchmark test} runs.
 *
 * <p>A {@code Contestant} is a process that measures one thing and prints its {@code Outcome}; {@code Rounds} runs all
 * of them in turn. A {@code Report} has each {@code Measurement} and the {@code Machine}, as JSON and as a table.
 *
 * <p>A {@code Duet} is two processes, a {@code DuetWorker} of each of two versions, that measure the same at the same time;
 * {@code DuetRounds} repeats it, a {@code DuetRecord} has what came of it, a {@code Gate} judges, and {@code Calibration}
 * tells how often that is wrong.
 *
 * <p>A {@code History} is the reports of many commits; each {@code Series} of it is cut where {@code ChangePoints} finds a
 * change, and {@code HistoryReport} makes a page of all, for which two classes of charts and pages lie in the package
 * {@code report}, beside what they are made of.
 *
 * <p>Nothing of this is in the jar or in the usual build: only Maven's profile {@code benchmark} fetches JMH and the
 * libraries to compare with. The classes that measure backprop4j are {@code OurStep}, {@code OurNotebook},
 * {@code LayerPass}, {@code DuetBenchmark} with {@code SteppedTraining}, and {@code DuetWorker}, which runs those; for the
 * images, {@code Shapes}, {@code Benchmark} and {@code Contestants} call it too.
 */
package io.github.backprop4j.benchmark;
