/**
 * Data sets: what images there are, how their formats are read, and where they come from.
 *
 * <p>{@link io.github.backprop4j.data.Datasets#open} is the way in: it takes a name or a directory and gives a
 * {@link io.github.backprop4j.data.Dataset}, {@link io.github.backprop4j.data.Images} to train on and to test with,
 * kept as bytes. {@link io.github.backprop4j.data.Cifar10}, {@link io.github.backprop4j.data.Mnist} and
 * {@link io.github.backprop4j.data.ImageFolder} each read a format, {@link io.github.backprop4j.data.ImageFile} a
 * single image; {@link io.github.backprop4j.data.DrawnShapes} draws images and needs no file.
 * {@link io.github.backprop4j.data.PublicDataset} downloads what is on the internet, and
 * {@link io.github.backprop4j.data.Augmentation} turns the images of a mini-batch into numbers, changed at random.
 *
 * <p>May use: {@code files}, commons-io, commons-compress, and of the JDK beside {@code java} its image reading and
 * TLS.
 */
package io.github.backprop4j.data;
