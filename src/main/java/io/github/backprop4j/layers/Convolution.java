package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;
import static io.github.backprop4j.layers.Arguments.rowMajor;

import io.github.backprop4j.layers.Gemm.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Convolution layer: {@code out[n,f,i,j] = bias[f] + Σ_c,p,q x[n,c,i·stride+p-padding,j·stride+q-padding] ·
 * weights[f,c,p,q]}, where pixels outside the image count as zero.
 *
 * <p>The sum is a product of matrices, weights times the columns that ND4J's {@code Convolution.im2col} makes of the
 * images; its gradients are two more. {@link Lowering} tells how the columns lie. They are made {@value #SLICE}
 * images at a time, so that what is in work stays in the processor's cache and a large batch needs no large memory.
 */
public final class Convolution {

    /** So many images are lowered at once; a batch no larger keeps its columns from forward to backward. */
    static final int SLICE = 32;

    /**
     * What {@link #backward} needs.
     *
     * @param x the images of forward, not copied: leave them unchanged until backward
     * @param weights the weights of forward, not copied
     * @param columns the lowered images, or null if the batch was too large to keep them
     */
    public record Cache(INDArray x, INDArray weights, int stride, int padding, INDArray columns) {

        public Cache {
            x = rowMajor(x);
        }

        /** Of a forward whose columns were not kept; backward makes them again. */
        public Cache(INDArray x, INDArray weights, int stride, int padding) {
            this(x, weights, stride, padding, null);
        }
    }

    /** The output (N, F, OH, OW) and what the backward needs. */
    public record Forward(INDArray out, Cache cache) {}

    /** Each has the shape of the array it is the gradient of, summed over the examples. */
    public record Gradients(INDArray dx, INDArray dWeights, INDArray dBias) {}

    /** As {@link Gradients}, without the images': a network's first layer has no use for it. */
    public record ParameterGradients(INDArray dWeights, INDArray dBias) {}

    private Convolution() {}

    /**
     * Height or width of the output: {@code (size + 2·padding - kernelSize) / stride + 1}.
     *
     * @param size height or width of the images
     * @param kernelSize height or width of the filters, at least 1
     * @param stride pixels from one window to the next, at least 1
     * @param padding zero pixels added on each side, at least 0
     * @throws IllegalArgumentException if the windows do not tile the padded image exactly
     */
    public static int outputSize(long size, int kernelSize, int stride, int padding) {
        return Windows.count("convolution", size, kernelSize, stride, padding);
    }

    /**
     * Cross-correlates each image with each filter (LeCun et al., Gradient-Based Learning Applied to Document
     * Recognition, 1998, section II.A). {@code OH = (H + 2·padding - KH) / stride + 1}, OW likewise.
     *
     * @param x images, (N, C, H, W)
     * @param weights filters, (F, C, KH, KW)
     * @param bias one for each filter, (F)
     * @param stride pixels from one window to the next, both ways, at least 1
     * @param padding zero pixels added on each side, at least 0
     * @throws IllegalArgumentException if shapes or data types disagree or the windows do not tile the padded image
     */
    public static Forward forward(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
        Lowering lowering = requireFits(x, weights, bias, stride, padding);
        long n = x.size(0);
        long filters = weights.size(0);

        INDArray images = rowMajor(x);
        INDArray columns = lowering.allocateColumns(x.dataType(), Math.min(n, SLICE));
        Matrix kernel = lowering.firstBand(lowering.toBands(weights));
        INDArray products = Nd4j.createUninitialized(
                x.dataType(), new long[] {n, filters, lowering.outHeight(), lowering.outWidth()}, 'c');
        Matrix product = Matrix.of(products, filters, lowering.outSize());

        for (long from = 0; from < n; from += SLICE) {
            INDArray slice = slice(columns, 0, Math.min(SLICE, n - from));
            lowering.im2col(slice(images, from, slice.size(0)), slice);
            Matrix column = lowering.firstColumns(slice);
            for (long i = 0; i < slice.size(0); i++) {
                Matrix out = product.shifted((from + i) * filters * lowering.outSize());
                Gemm.multiply(kernel, lowering.columns(column, i, 0), out);
                for (int band = 1; band < lowering.bands(); band++) {
                    Gemm.addMultiply(lowering.band(kernel, band), lowering.columns(column, i, band), out);
                }
            }
        }
        // in place: nobody else has seen the products
        Nd4j.exec(DynamicCustomOp.builder("biasadd").addInputs(products, bias).addOutputs(products)
                .addBooleanArguments(true).build());
        return new Forward(products, new Cache(images, weights, stride, padding, n > SLICE ? null : columns));
    }

    /**
     * {@code dWeights[f,c,p,q] = Σ_n,i,j dOut[n,f,i,j] · x[n,c,i·stride+p-padding,j·stride+q-padding]}, {@code dBias[f]
     * = Σ_n,i,j dOut[n,f,i,j]}, and {@code dx} gathers at each pixel {@code weights[f,c,p,q] · dOut[n,f,i,j]} from
     * every window that the pixel lies in.
     *
     * @param dOut gradient of the output, (N, F, OH, OW)
     * @param cache from the forward of the same batch
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static Gradients backward(INDArray dOut, Cache cache) {
        ParameterGradients parameters = backwardParameters(dOut, cache);
        return new Gradients(backwardInput(dOut, cache), parameters.dWeights(), parameters.dBias());
    }

    /** As {@link #backward}, without {@code dx}. */
    public static ParameterGradients backwardParameters(INDArray dOut, Cache cache) {
        INDArray error = requireError(dOut, cache);
        Lowering lowering = Lowering.of(cache.x, cache.weights, cache.stride, cache.padding);
        long n = error.size(0);
        long filters = error.size(1);

        // transposed, as columns·dOutᵀ: OpenBLAS is a third faster with the longer side first
        INDArray dBands = lowering.allocateTransposedBands(error.dataType(), filters);
        Matrix dKernel = lowering.firstTransposedBand(dBands);
        Matrix first = Matrix.of(error, filters, lowering.outSize());
        INDArray columns =
                cache.columns == null ? lowering.allocateColumns(error.dataType(), SLICE) : cache.columns;
        for (long from = 0; from < n; from += SLICE) {
            INDArray slice = slice(columns, 0, Math.min(SLICE, n - from));
            if (cache.columns == null) {
                lowering.im2col(slice(cache.x, from, slice.size(0)), slice);
            }
            Matrix column = lowering.firstColumns(slice);
            for (long i = 0; i < slice.size(0); i++) {
                Matrix image = first.shifted((from + i) * filters * lowering.outSize());
                for (int band = 0; band < lowering.bands(); band++) {
                    Gemm.addMultiplyTransposed(
                            lowering.columns(column, i, band), image, lowering.band(dKernel, band));
                }
            }
        }
        return new ParameterGradients(lowering.fromTransposedBands(dBands), error.sum(0, 2, 3));
    }

    private static INDArray backwardInput(INDArray dOut, Cache cache) {
        INDArray error = requireError(dOut, cache);
        Lowering lowering = Lowering.of(cache.x, cache.weights, cache.stride, cache.padding);
        long n = error.size(0);
        long filters = error.size(1);

        INDArray dx = Nd4j.createUninitialized(error.dataType(), cache.x.shape(), 'c');
        Matrix kernel = lowering.firstBand(lowering.toBands(cache.weights));
        Matrix first = Matrix.of(error, filters, lowering.outSize());
        INDArray dColumns = lowering.allocateColumns(error.dataType(), Math.min(n, SLICE));
        for (long from = 0; from < n; from += SLICE) {
            INDArray slice = slice(dColumns, 0, Math.min(SLICE, n - from)).assign(0);
            Matrix dColumn = lowering.firstColumns(slice);
            for (long i = 0; i < slice.size(0); i++) {
                Matrix image = first.shifted((from + i) * filters * lowering.outSize());
                for (int band = 0; band < lowering.bands(); band++) {
                    Gemm.addTransposedMultiply(
                            lowering.band(kernel, band), image, lowering.columns(dColumn, i, band));
                }
            }
            lowering.col2im(slice, slice(dx, from, slice.size(0)));
        }
        return dx;
    }

    /** What every engine demands of its arguments. */
    static Lowering requireFits(INDArray x, INDArray weights, INDArray bias, int stride, int padding) {
        Lowering lowering = Lowering.of(x, weights, stride, padding);
        requireShape("convolution", "bias", bias, weights.size(0));
        requireSameType("convolution", "bias", bias, x);
        return lowering;
    }

    /** The output's gradient, row by row, once it has the output's shape and data type. */
    static INDArray requireError(INDArray dOut, Cache cache) {
        Lowering lowering = Lowering.of(cache.x, cache.weights, cache.stride, cache.padding);
        requireRank("convolution", "dOut", dOut, "N, F, OH, OW");
        requireShape("convolution", "dOut", dOut, cache.x.size(0), cache.weights.size(0), lowering.outHeight(),
                lowering.outWidth());
        requireSameType("convolution", "dOut", dOut, cache.x);
        return rowMajor(dOut);
    }

    private static INDArray slice(INDArray batch, long from, long count) {
        return count == batch.size(0) ? batch : batch.get(NDArrayIndex.interval(from, from + count));
    }
}
