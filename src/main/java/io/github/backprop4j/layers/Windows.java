package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;

/** How windows of a convolution or pooling lie on a padded picture, along one side of it. */
final class Windows {

    private Windows() {}

    /**
     * {@code (size + 2·padding - window) / stride + 1}.
     *
     * @throws IllegalArgumentException unless so many windows tile the padded side exactly
     */
    static int count(String layer, long size, long window, int stride, int padding) {
        if (window < 1 || stride < 1 || padding < 0) {
            throw error(layer, "window %d, stride %d, padding %d; expected a window and a stride of at least 1 and a"
                    + " padding of at least 0", window, stride, padding);
        }
        long room = size + 2L * padding - window;
        if (room < 0) {
            throw error(layer, "a window of %d is larger than a side of %d padded by %d; use a smaller window or more"
                    + " padding", window, size, padding);
        }
        if (room % stride != 0) {
            throw error(layer, "windows of %d with stride %d and padding %d do not tile a side of %d: %d pixels are"
                    + " left over; change the stride or the padding", window, stride, padding, size, room % stride);
        }
        long count = room / stride + 1;
        if (count > Integer.MAX_VALUE) {
            throw error(layer, "%d windows along a side of %d padded by %d, expected at most %d; use less padding", count,
                    size, padding, Integer.MAX_VALUE);
        }
        return (int) count;
    }
}
