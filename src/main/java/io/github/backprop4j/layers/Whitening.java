package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.rowMajor;
import static io.github.backprop4j.layers.Arguments.shape;

import io.github.backprop4j.layers.Gemm.Matrix;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Filters that whiten patches: a convolution with them gives numbers that are uncorrelated and of one size over the images
 * they were made of (Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009, appendix A, as principal
 * components instead of ZCA; as a frozen first convolution: Page, How to Train Your ResNet, 2019).
 *
 * <p>A patch p is what a window of K×K sees of an image, C·K·K numbers. With the eigenvectors v and eigenvalues λ of the
 * mean of {@code p·pᵀ} over all patches, of which no mean is subtracted, the filters are {@code v / √(λ + }{@value
 * #EPSILON}{@code )} and behind them their negatives, so that nothing is lost in a ReLU or GELU.
 */
public final class Whitening {

    /** Bounds what directions of hardly any variance are multiplied by, to at most 45. */
    public static final double EPSILON = 5e-4;

    /** Numbers of patches that are in memory at once, 32 MB. */
    private static final long MOST_NUMBERS = 1 << 22;

    private Whitening() {}

    /**
     * Computes the filters. The eigenvalues descend from filter to filter, and in each filter that is not a negative the
     * element of the largest magnitude, the first of them if there are several, is positive.
     *
     * @param x images, (N, C, H, W), finite
     * @param kernelSize K, pixels on each side of a filter, at least 1 and no more than H and W
     * @return (2·C·K·K, C, K, K), in x's data type; computed in float64
     * @throws IllegalArgumentException if x is no such array or kernelSize is out of range
     */
    public static INDArray filters(INDArray x, int kernelSize) {
        INDArray vectors = covariance(x, kernelSize).dup('f');
        int size = vectors.rows();
        // overwrites the matrix with its eigenvectors, one in each column, their eigenvalues ascending
        double[] eigenvalues = Eigen.symmetricGeneralizedEigenvalues(vectors, true).toDoubleVector();
        double[][] filters = new double[2 * size][];
        for (int i = 0; i < size; i++) {
            int column = size - 1 - i;
            // rounding can leave one that is 0 a little below
            double factor = 1 / Math.sqrt(Math.max(0, eigenvalues[column]) + EPSILON);
            double[] filter = vectors.getColumn(column).mul(factor).toDoubleVector();
            double[] negative = negative(filter);
            boolean isPositive = filter[largest(filter)] > 0;
            filters[i] = isPositive ? filter : negative;
            filters[size + i] = isPositive ? negative : filter;
        }
        return Nd4j.createFromArray(filters).reshape('c', 2L * size, x.size(1), kernelSize, kernelSize)
                .castTo(x.dataType());
    }

    private static double[] negative(double[] numbers) {
        return IntStream.range(0, numbers.length).mapToDouble(i -> -numbers[i]).toArray();
    }

    private static int largest(double[] numbers) {
        int largest = 0;
        for (int i = 1; i < numbers.length; i++) {
            largest = Math.abs(numbers[i]) > Math.abs(numbers[largest]) ? i : largest;
        }
        return largest;
    }

    /**
     * Computes the mean of {@code p·pᵀ} over all patches p of all images, the numbers of a patch in the order channel, row,
     * column. No mean is subtracted.
     *
     * @param x images, (N, C, H, W), finite
     * @param kernelSize K, pixels on each side of a patch, at least 1 and no more than H and W
     * @return (C·K·K, C·K·K), float64
     * @throws IllegalArgumentException if x is no such array or kernelSize is out of range
     */
    public static INDArray covariance(INDArray x, int kernelSize) {
        requireRank("whitening", "x", x, "N, C, H, W");
        if (kernelSize < 1 || kernelSize > Math.min(x.size(2), x.size(3))) {
            throw error("whitening", "kernel of %d on images %s, expected at least 1 and no more than their sides",
                    kernelSize, shape(x));
        }
        if (!Finite.allFinite(x)) {
            throw error("whitening", "x holds NaN or infinite numbers, expected finite ones");
        }
        long images = x.size(0);
        long windows = (x.size(2) - kernelSize + 1) * (x.size(3) - kernelSize + 1);
        long size = x.size(1) * kernelSize * kernelSize;
        long step = Math.max(1, MOST_NUMBERS / (windows * size));
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, size, size);
        for (long from = 0; from < images; from += step) {
            INDArray some = x.get(NDArrayIndex.interval(from, Math.min(from + step, images)));
            INDArray patches = patches(rowMajor(some), kernelSize);
            Matrix rows = Matrix.of(patches, size, patches.length() / size);
            Gemm.addMultiplyTransposed(rows, rows, Matrix.of(sum, size, size));
        }
        return sum.divi(images * windows);
    }

    /** Returns all patches, (C, K, K, N, OH, OW), float64, row by row. */
    private static INDArray patches(INDArray x, int kernelSize) {
        long[] shape = {x.size(0), x.size(1), x.size(2) - kernelSize + 1, x.size(3) - kernelSize + 1};
        INDArray patches = Nd4j.createUninitialized(
                DataType.DOUBLE, new long[] {shape[1], kernelSize, kernelSize, shape[0], shape[2], shape[3]}, 'c');
        for (int p = 0; p < kernelSize; p++) {
            for (int q = 0; q < kernelSize; q++) {
                INDArray seen = Windows.plane(x, shape, p, q, 1, 1).permute(1, 0, 2, 3);
                patches.get(NDArrayIndex.all(), NDArrayIndex.point(p), NDArrayIndex.point(q)).assign(seen);
            }
        }
        return patches;
    }
}
