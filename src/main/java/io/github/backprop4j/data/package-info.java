/**
 * Data sets: what pictures there are, how their formats are read, and where they come from.
 *
 * <p>{@link io.github.backprop4j.data.Datasets#open} is the way in: it takes a name or a directory and gives a
 * {@link io.github.backprop4j.data.Dataset}, {@link io.github.backprop4j.data.Pictures} to train on and to test with,
 * kept as bytes. {@link io.github.backprop4j.data.Cifar10}, {@link io.github.backprop4j.data.Mnist} and
 * {@link io.github.backprop4j.data.PictureFolder} each read a format, {@link io.github.backprop4j.data.PictureFile} a
 * single picture; {@link io.github.backprop4j.data.DrawnShapes} draws pictures and needs no file.
 * {@link io.github.backprop4j.data.PublicDataset} downloads what is on the internet, and
 * {@link io.github.backprop4j.data.Augmentation} turns the pictures of a mini-batch into numbers, changed at random.
 *
 * <p>May use: {@code files}, commons-io, commons-compress, and of the JDK beside {@code java} its image reading and
 * TLS.
 */
package io.github.backprop4j.data;
