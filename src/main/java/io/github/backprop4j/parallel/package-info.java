/**
 * The one mechanism for threads: {@link io.github.backprop4j.parallel.Workers} runs the slices of a batch on named
 * threads, each with its own ND4J workspace, and hands the results back in the order of the slices, so that a sum over
 * slices is the same to the bit for any number of threads.
 *
 * <p>{@link io.github.backprop4j.parallel.StopSignal} lets long work end in order when the process is told to stop.
 *
 * <p>{@link io.github.backprop4j.parallel.BlasKernels} tells what OpenBLAS computes with; the first workers of a process
 * warn if that is slow.
 *
 * <p>May use: ND4J, the OpenBLAS that it has loaded, and slf4j, which comes with it.
 */
package io.github.backprop4j.parallel;
