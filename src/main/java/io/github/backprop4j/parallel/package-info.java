/**
 * The one mechanism for threads: {@link io.github.backprop4j.parallel.Workers} runs the slices of a batch on named
 * threads, each with its own ND4J workspace, and hands the results back in the order of the slices, so that a sum over
 * slices is the same to the bit for any number of threads. {@link io.github.backprop4j.parallel.Slices} says how a batch
 * is cut into slices.
 *
 * <p>{@link io.github.backprop4j.parallel.StopSignal} lets long work end in order when the process is told to stop.
 *
 * <p>{@link io.github.backprop4j.parallel.BlasKernels} names the kernels that OpenBLAS computes with; the first workers
 * of a process warn if those are slow. {@link io.github.backprop4j.parallel.MathLibraries} names the builds that compute.
 *
 * <p>{@link io.github.backprop4j.parallel.Natives} looks at the machine before native libraries are loaded, and says in one
 * line what is wrong with it.
 *
 * <p>The room may use ND4J, the OpenBLAS that ND4J has loaded, and slf4j, which comes with ND4J.
 */
package io.github.backprop4j.parallel;
