/**
 * Holds the readers of files to what they promise about files of strangers: hostile files made by hand, damage that
 * checksums tell, and a fuzzer, {@code scripts/fuzz}, that looks for more of them.
 *
 * <p>{@link io.github.backprop4j.fuzzing.Target} has the readers, {@link io.github.backprop4j.fuzzing.Judge} says what is
 * right, and {@link io.github.backprop4j.fuzzing.Wrapping} makes files of the fuzzer's inputs. An input that the fuzzer
 * found wanting becomes a file in {@code src/test/resources/fuzzing/TARGET/}, which each build then reads.
 */
package io.github.backprop4j.fuzzing;
