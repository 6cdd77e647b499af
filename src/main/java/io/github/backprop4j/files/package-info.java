/**
 * The one mechanism for files: {@link io.github.backprop4j.files.AtomicFile} writes a file whole or not at all,
 * {@link io.github.backprop4j.files.Directories} makes directories that a power cut does not take away,
 * {@link io.github.backprop4j.files.Npz} keeps arrays in NumPy's format, and
 * {@link io.github.backprop4j.files.InvalidFileException} says in one line what is wrong with a file. What the user can
 * mend is a {@link io.github.backprop4j.files.UserError}, here and in every other room.
 *
 * <p>May use: ND4J, and slf4j, which comes with it, and commons-io.
 */
package io.github.backprop4j.files;
