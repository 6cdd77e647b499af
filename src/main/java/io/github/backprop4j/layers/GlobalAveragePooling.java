package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import io.github.backprop4j.layers.Gemm.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Global average pooling: the mean of each channel of each image, {@code out[n,c] = Σ_h,w x[n,c,h,w] / (H·W)} (Lin,
 * Chen and Yan, Network in Network, 2014, section 3.2).
 *
 * <p>It turns images into examples for a {@link FullyConnected} layer, whatever their height and width.
 */
public final class GlobalAveragePooling {

    /**
     * What {@link #backward} needs.
     *
     * @param x the images of forward, not copied; only their shape and data type are used
     */
    public record Cache(INDArray x) {}

    /** The output, (N, C), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    private GlobalAveragePooling() {}

    /**
     * {@code out[n,c] = Σ_h,w x[n,c,h,w] / (H·W)}.
     *
     * @param x images, (N, C, H, W)
     * @throws IllegalArgumentException if x is no such array
     */
    public static Forward forward(INDArray x) {
        requireRank("global average pooling", "x", x, "N, C, H, W");
        return new Forward(x.mean(2, 3), new Cache(x));
    }

    /**
     * {@code dx[n,c,h,w] = dOut[n,c] / (H·W)}.
     *
     * @param dOut gradient of the output, (N, C)
     * @param cache from the forward of the same batch
     * @return dx, (N, C, H, W)
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static INDArray backward(INDArray dOut, Cache cache) {
        INDArray x = cache.x;
        requireShape("global average pooling", "dOut", dOut, x.size(0), x.size(1));
        requireSameType("global average pooling", "dOut", dOut, x);
        long pixels = x.size(2) * x.size(3);
        INDArray dx = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        // a column times a row of ones copies the column's elements along the rows; ND4J's broadcast is slower
        INDArray shares = Arguments.rowMajor(dOut.div(pixels));
        INDArray ones = Nd4j.ones(dOut.dataType(), pixels);
        Gemm.multiply(Matrix.of(shares, dOut.length(), 1), Matrix.of(ones, 1, pixels),
                Matrix.of(dx, dOut.length(), pixels));
        return dx;
    }
}
