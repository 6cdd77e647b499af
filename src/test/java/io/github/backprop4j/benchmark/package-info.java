/**
 * The benchmarks: what was measured ({@code Measurement}) on what ({@code Machine}), as JSON and as a table
 * ({@code Report}).
 *
 * <p>Nothing of it is in the jar. What needs JMH or another library to compare with is in {@code src/benchmark} and
 * built by Maven's profile {@code benchmark}; {@code scripts/benchmark} starts it.
 */
package io.github.backprop4j.benchmark;
