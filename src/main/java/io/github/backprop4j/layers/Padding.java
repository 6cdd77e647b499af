package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireRank;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Padding and cropping of images, each side by its own number of pixels: a positive number adds so many rows or columns
 * on that side, a negative one cuts so many off.
 *
 * <p>Convolution and pooling have a padding of their own, the same on all sides. This one serves where the sides
 * differ, as when windows do not tile the images and the pixels left over, at the bottom and on the right, are to be
 * cut off.
 */
public final class Padding {

    private Padding() {}

    /**
     * {@code out[n,c,i,j] = x[n,c,i-top,j-left]}, or {@code value} where that is outside the images;
     * {@code OH = H + top + bottom}, {@code OW = W + left + right}.
     *
     * @param x images, (N, C, H, W)
     * @param top rows to add above, or to cut off if negative; likewise bottom, left and right
     * @param value of the pixels that are added
     * @return images, (N, C, OH, OW); x itself if all sides are 0, else a copy
     * @throws IllegalArgumentException if x is no such array or nothing would be left of its images
     */
    public static INDArray forward(INDArray x, int top, int bottom, int left, int right, double value) {
        requireRank("padding", "x", x, "N, C, H, W");
        requireLeft("height", x.size(2), top, bottom);
        requireLeft("width", x.size(3), left, right);
        if (top == 0 && bottom == 0 && left == 0 && right == 0) {
            return x;
        }
        INDArray kept = inner(x, -Math.min(top, 0), -Math.min(bottom, 0), -Math.min(left, 0), -Math.min(right, 0));
        if (top <= 0 && bottom <= 0 && left <= 0 && right <= 0) {
            return kept.dup('c');
        }
        INDArray out = Nd4j.createUninitialized(x.dataType(), new long[] {x.size(0), x.size(1),
            x.size(2) + top + bottom, x.size(3) + left + right}, 'c').assign(value);
        inner(out, Math.max(top, 0), Math.max(bottom, 0), Math.max(left, 0), Math.max(right, 0)).assign(kept);
        return out;
    }

    /**
     * {@code dx[n,c,h,w] = dOut[n,c,h+top,w+left]}, or 0 where forward has cut the pixel off: what forward adds,
     * backward cuts off, and the other way round.
     *
     * @param dOut gradient of the output, (N, C, OH, OW)
     * @param top forward's, as are bottom, left and right
     * @return dx, (N, C, H, W); dOut itself if all sides are 0, else a copy
     * @throws IllegalArgumentException if dOut is no such array or is too small to be forward's output
     */
    public static INDArray backward(INDArray dOut, int top, int bottom, int left, int right) {
        return forward(dOut, -top, -bottom, -left, -right, 0);
    }

    private static INDArray inner(INDArray images, long top, long bottom, long left, long right) {
        return images.get(all(), all(), interval(top, images.size(2) - bottom),
                interval(left, images.size(3) - right));
    }

    private static void requireLeft(String name, long size, int before, int after) {
        if (size + Math.min(before, 0) + Math.min(after, 0) < 1) {
            throw error("padding", "%d and %d pixels leave nothing of a %s of %d; cut off fewer", before, after, name,
                    size);
        }
    }
}
