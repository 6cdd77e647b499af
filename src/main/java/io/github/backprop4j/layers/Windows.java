package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How the windows of a convolution or pooling lie on padded images. */
final class Windows {

    private Windows() {}

    /**
     * Returns how many windows lie along a side: {@code (size + 2·padding - window) / stride + 1}.
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
            throw error(layer, "%d windows along a side of %d padded by %d, expected at most %d; use less padding",
                    count, size, padding, Integer.MAX_VALUE);
        }
        return (int) count;
    }

    /**
     * Returns {@link #count}, for windows each of which must hold at least one pixel of the image.
     *
     * @throws IllegalArgumentException if the windows do not tile the padded side, or padding is not less than window
     */
    static int countWithPixels(String layer, long size, int window, int stride, int padding) {
        int count = count(layer, size, window, stride, padding);
        if (padding >= window) {
            throw error(layer, "a padding of %d leaves windows of %d without a pixel; use less padding than the"
                    + " window", padding, window);
        }
        return count;
    }

    /** Returns the images with so many pixels of that value on each side; the images themselves if padding is 0. */
    static INDArray pad(INDArray images, int padding, double value) {
        return Padding.forward(images, padding, padding, padding, padding, value);
    }

    /** Returns the images without so many pixels on each side; the images themselves if padding is 0. */
    static INDArray crop(INDArray padded, int padding) {
        return Padding.backward(padded, padding, padding, padding, padding);
    }

    /**
     * Returns the cells at one place of all windows, as a view into the padded images.
     *
     * @param shape (N, C, OH, OW)
     * @param row of the place, counted from 0 in its window, as is column
     * @param strideDown rows from one window to the next
     * @param strideRight columns from one window to the next
     */
    static INDArray plane(INDArray padded, long[] shape, int row, int column, int strideDown, int strideRight) {
        long first = row * padded.stride(2) + column * padded.stride(3);
        long[] strides = {padded.stride(0), padded.stride(1), strideDown * padded.stride(2),
            strideRight * padded.stride(3)};
        return Nd4j.create(padded.data(), shape, strides, padded.offset() + first, 'c');
    }

    /**
     * {@code plane += values}. The sum is computed in a buffer that lies without gaps, because ND4J copies a strided
     * plane much faster than it computes on one.
     */
    static void add(INDArray plane, INDArray values, INDArray buffer) {
        plane.assign(buffer.assign(plane).addi(values));
    }
}
