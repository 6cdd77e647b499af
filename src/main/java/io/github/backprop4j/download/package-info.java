/**
 * Downloads public data sets. This is the only room that talks to the network.
 *
 * <p>{@link io.github.backprop4j.download.PublicDataset} is the way in: it lists the data sets with the size and the
 * checksum of each file, and fetches one into a directory, where {@link io.github.backprop4j.data.Datasets#open} reads
 * it. A download that broke off goes on where it stopped; nothing is accepted that differs from the listed checksum. A
 * {@link io.github.backprop4j.download.DownloadException} says why a file cannot be had, and what to do.
 *
 * <p>May use: {@code data}, {@code files}, commons-io, commons-compress, and of the JDK beside {@code java} its TLS.
 */
package io.github.backprop4j.download;
