package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;
import static io.github.backprop4j.layers.Arguments.rowMajor;
import static io.github.backprop4j.layers.Arguments.shape;
import static io.github.backprop4j.layers.Columns.col2im;
import static io.github.backprop4j.layers.Columns.im2col;
import static io.github.backprop4j.layers.Columns.multiply;
import static io.github.backprop4j.layers.Columns.multiplyByTransposed;
import static io.github.backprop4j.layers.Columns.multiplyTransposed;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolution layer: {@code out[n,f,i,j] = bias[f] + Σ_c,p,q x[n,c,i·stride+p-padding,j·stride+q-padding] ·
 * weights[f,c,p,q]}, where pixels outside the image count as zero.
 *
 * <p>The sum is a product of matrices, {@code out = weights·columns + bias}: a column holds the pixels under one window
 * ({@link Columns}), and a row of the weights holds one filter. The gradients are two more products,
 * {@code dWeights = dOut·columnsᵀ} and {@code dColumns = weightsᵀ·dOut}, whose elements are then gathered at their
 * pixels. {@link Lowering} says how columns lie in memory.
 */
public final class Convolution {

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

        /** The cache of a forward that did not keep its columns; backward then makes them again. */
        public Cache(INDArray x, INDArray weights, int stride, int padding) {
            this(x, weights, stride, padding, null);
        }

        private Lowering lowering() {
            return Lowering.of(x, weights, stride, padding);
        }
    }

    /** The output, (N, F, OH, OW), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    /** The gradients, summed over the examples, each in the shape of the array that it is the gradient of. */
    public record Gradients(INDArray dx, INDArray dWeights, INDArray dBias) {}

    /** The gradients without that of the images, which the first layer of a network has no use for. */
    public record ParameterGradients(INDArray dWeights, INDArray dBias) {}

    private Convolution() {}

    /**
     * Returns the height or width of the output: {@code (size + 2·padding - kernelSize) / stride + 1}.
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
        requireOperands(x, weights, bias);
        Lowering lowering = Lowering.of(x, weights, stride, padding);
        INDArray images = rowMajor(x);
        Columns columns = im2col(lowering, images);
        INDArray out = addBias(multiply(weights, columns), bias);
        return new Forward(out, new Cache(images, weights, stride, padding, columns.kept()));
    }

    /** In place: the caller has just computed the products, and nobody else has seen them. */
    private static INDArray addBias(INDArray products, INDArray bias) {
        Nd4j.exec(DynamicCustomOp.builder("biasadd").addInputs(products, bias).addOutputs(products)
                .addBooleanArguments(true).build());
        return products;
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
        INDArray error = requireError(dOut, cache);
        INDArray dx = col2im(multiplyTransposed(cache.lowering(), cache.weights, error));
        return new Gradients(dx, parameters.dWeights(), parameters.dBias());
    }

    /**
     * Computes {@link #backward}'s gradients of weights and bias alone.
     *
     * @param dOut gradient of the output, (N, F, OH, OW)
     * @param cache from the forward of the same batch
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static ParameterGradients backwardParameters(INDArray dOut, Cache cache) {
        INDArray error = requireError(dOut, cache);
        Lowering lowering = cache.lowering();
        Columns columns =
                cache.columns == null ? im2col(lowering, cache.x) : Columns.of(lowering, cache.columns);
        INDArray dWeights = multiplyByTransposed(error, columns);
        INDArray dBias = error.sum(0, 2, 3);
        return new ParameterGradients(dWeights, dBias);
    }

    /**
     * Checks the arrays of a forward.
     *
     * @throws IllegalArgumentException if their shapes or data types disagree
     */
    public static void requireOperands(INDArray x, INDArray weights, INDArray bias) {
        requireRank("convolution", "x", x, "N, C, H, W");
        requireRank("convolution", "weights", weights, "F, C, KH, KW");
        requireSameType("convolution", "weights", weights, x);
        if (x.size(1) != weights.size(1)) {
            throw error("convolution", "x %s has %d channels but weights %s expect %d", shape(x), x.size(1),
                    shape(weights), weights.size(1));
        }
        requireShape("convolution", "bias", bias, weights.size(0));
        requireSameType("convolution", "bias", bias, x);
    }

    /** Returns dOut, row by row without gaps, once it is known to have the output's shape and data type. */
    private static INDArray requireError(INDArray dOut, Cache cache) {
        Lowering lowering = cache.lowering();
        requireRank("convolution", "dOut", dOut, "N, F, OH, OW");
        requireShape("convolution", "dOut", dOut, cache.x.size(0), cache.weights.size(0), lowering.outHeight(),
                lowering.outWidth());
        requireSameType("convolution", "dOut", dOut, cache.x);
        return rowMajor(dOut);
    }
}
