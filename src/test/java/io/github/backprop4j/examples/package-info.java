/**
 * Small complete programs that use the library, one for each thing that people want of it, to be copied. They use its
 * public classes only; {@link io.github.backprop4j.examples.ExamplesTest} runs each of them.
 */
package io.github.backprop4j.examples;
