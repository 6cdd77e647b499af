/**
 * Data sets: what images there are, how their formats are read, and how images are changed at random.
 *
 * <p>{@link io.github.backprop4j.data.Datasets#open} is the way in: it takes a name or a directory and gives a
 * {@link io.github.backprop4j.data.Dataset}, {@link io.github.backprop4j.data.Images} to train on and to test with,
 * kept as bytes. Each {@link io.github.backprop4j.data.DatasetFormat} is a class of its own and a line in the list of
 * {@code Datasets}: {@link io.github.backprop4j.data.Cifar10}, {@link io.github.backprop4j.data.Mnist} and
 * {@link io.github.backprop4j.data.ImageFolder}. {@link io.github.backprop4j.data.ImageFile} reads a single image;
 * {@link io.github.backprop4j.data.DrawnShapes} draws images and needs no file.
 * {@link io.github.backprop4j.data.Batches} are what a training reads: mini-batches of numbers, made of images and changed
 * at random by an {@link io.github.backprop4j.data.Augmentation}, or taken from an iterator of ND4J's.
 *
 * <p>May use: {@code files}, ND4J, commons-io, commons-compress, SLF4J, TwelveMonkeys' metadata, and of the JDK beside
 * {@code java} its image reading.
 */
package io.github.backprop4j.data;
