package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Average pooling: each output is the mean of the pixels in its window.
 *
 * <p>Windows may overlap and may reach into the padding, whose cells are not counted: a window's sum is divided by the
 * number of its cells that lie inside the image.
 *
 * <p>Both passes work on whole planes, as those of {@link MaxPooling} do. They go along one side of the windows first
 * and then along the other, so that windows of k×k take 2k planes and not k².
 */
public final class AveragePooling {

    /**
     * What {@link #backward} needs.
     *
     * @param x the images of forward, not copied; only their shape and data type are used
     */
    public record Cache(INDArray x, int size, int stride, int padding) {}

    /** The output, (N, C, OH, OW), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private AveragePooling() {}

    /**
     * Returns the height or width of the output: {@code (inputSize + 2·padding - size) / stride + 1}.
     *
     * @param inputSize height or width of the images
     * @param size pixels on each side of a window, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @param padding pixels by which windows reach over each side, at least 0 and less than size
     * @throws IllegalArgumentException if the windows do not tile the padded image exactly or padding is too large
     */
    public static int outputSize(long inputSize, int size, int stride, int padding) {
        return Windows.countWithPixels("average pooling", inputSize, size, stride, padding);
    }

    /**
     * {@code out[n,c,i,j] = Σ_p,q x[n,c,i·stride+p-padding,j·stride+q-padding] / cells[i,j]}, where p and q go from 0
     * to size - 1 as far as that is inside the image, and {@code cells[i,j]} is how many cells those are (LeCun et al.,
     * Gradient-Based Learning Applied to Document Recognition, 1998, section II.B, without its coefficient and bias);
     * {@code OH = (H + 2·padding - size) / stride + 1}, OW likewise.
     *
     * @param x images, (N, C, H, W)
     * @param size pixels on each side of a window, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @param padding pixels by which windows reach over each side, at least 0 and less than size
     * @throws IllegalArgumentException if x is no such array or the windows do not tile the padded image
     */
    public static Forward forward(INDArray x, int size, int stride, int padding) {
        requireRank("average pooling", "x", x, "N, C, H, W");
        Cache cache = new Cache(x, size, stride, padding);
        long[] shape = outputShape(cache);
        INDArray padded = Windows.pad(x, padding, 0);
        INDArray sums = sum(2, sum(3, padded, shape[3], cache), shape[2], cache);
        return new Forward(divideByCells(sums, cache), cache);
    }

    /**
     * {@code dx[n,c,h,w] = Σ dOut[n,c,i,j] / cells[i,j]} over the windows (i, j) that the pixel lies in; 0 if it lies
     * in none.
     *
     * @param dOut gradient of the output, (N, C, OH, OW)
     * @param cache from the forward of the same batch
     * @return dx, (N, C, H, W)
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        long[] shape = outputShape(cache);
        requireShape("average pooling", "dOut", dOut, shape);
        requireSameType("average pooling", "dOut", dOut, cache.x);

        INDArray share = divideByCells(dOut.dup('c'), cache);
        INDArray tall = spread(2, share, cache.x.size(2) + 2L * cache.padding, cache);
        return Windows.crop(spread(3, tall, cache.x.size(3) + 2L * cache.padding, cache), cache.padding);
    }

    /**
     * Sums up windows that lie along one dimension only.
     *
     * @param windows how many there are, the size of the result along that dimension; the other sizes stay
     */
    private static INDArray sum(int dimension, INDArray array, long windows, Cache cache) {
        long[] shape = withSize(dimension, array, windows);
        INDArray sum = Nd4j.createUninitialized(array.dataType(), shape, 'c');
        INDArray buffer = Nd4j.createUninitialized(array.dataType(), shape, 'c');
        sum.assign(plane(dimension, array, shape, 0, cache.stride));
        for (int place = 1; place < cache.size; place++) {
            sum.addi(buffer.assign(plane(dimension, array, shape, place, cache.stride)));
        }
        return sum;
    }

    /**
     * Adds each element onto the cells of its window, as the adjoint of {@link #sum}.
     *
     * @param side the size of the result along that dimension; the other sizes stay
     */
    private static INDArray spread(int dimension, INDArray array, long side, Cache cache) {
        INDArray spread = Nd4j.create(array.dataType(), withSize(dimension, array, side), 'c');
        INDArray buffer = Nd4j.createUninitialized(array.dataType(), array.shape(), 'c');
        for (int place = 0; place < cache.size; place++) {
            INDArray plane = plane(dimension, spread, array.shape(), place, cache.stride);
            if (cache.stride < cache.size) {
                Windows.add(plane, array, buffer);
            } else {
                plane.assign(array);
            }
        }
        return spread;
    }

    private static INDArray plane(int dimension, INDArray array, long[] shape, int place, int stride) {
        return dimension == 2
                ? Windows.plane(array, shape, place, 0, stride, 1)
                : Windows.plane(array, shape, 0, place, 1, stride);
    }

    private static long[] withSize(int dimension, INDArray array, long size) {
        long[] shape = array.shape().clone();
        shape[dimension] = size;
        return shape;
    }

    private static long[] outputShape(Cache cache) {
        INDArray x = cache.x;
        return new long[] {x.size(0), x.size(1), outputSize(x.size(2), cache.size, cache.stride, cache.padding),
            outputSize(x.size(3), cache.size, cache.stride, cache.padding)};
    }

    /** Divides in place: both callers hand over an array (N, C, OH, OW) that nobody else has seen. */
    private static INDArray divideByCells(INDArray array, Cache cache) {
        if (cache.padding == 0) {
            return array.divi(cache.size * cache.size);
        }
        INDArray rows = cells(array.size(2), cache.x.size(2), cache).castTo(array.dataType());
        INDArray columns = cells(array.size(3), cache.x.size(3), cache).castTo(array.dataType());
        return array.divi(rows.reshape(1, 1, rows.length(), 1).mul(columns.reshape(1, 1, 1, columns.length())));
    }

    /** Returns how many cells of each window along a side lie inside the image. */
    private static INDArray cells(long windows, long side, Cache cache) {
        double[] cells = new double[(int) windows];
        for (int i = 0; i < cells.length; i++) {
            int first = i * cache.stride - cache.padding;
            cells[i] = Math.min(first + cache.size, side) - Math.max(first, 0);
        }
        return Nd4j.createFromArray(cells);
    }
}
