package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.error;
import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;
import static io.github.backprop4j.layers.Arguments.rowMajor;
import static io.github.backprop4j.layers.Arguments.shape;

import io.github.backprop4j.layers.Gemm.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Fully connected layer: {@code out = x·weights + bias}. */
public final class FullyConnected {

    /** What {@link #backward} needs: forward's arguments, not copied, so leave them unchanged until then. */
    public record Cache(INDArray x, INDArray weights) {
        public Cache {
            x = rowMajor(x);
            weights = rowMajor(weights);
        }
    }

    /** The output, (N, M), and what {@link #backward} needs. */
    public record Forward(INDArray out, Cache cache) {}

    /** The gradients, summed over the examples, each in the shape of the array that it is the gradient of. */
    public record Gradients(INDArray dx, INDArray dWeights, INDArray dBias) {}

    private FullyConnected() {}

    /**
     * {@code out[n,m] = bias[m] + Σ_d x[n,d]·weights[d,m]}.
     *
     * @param x examples, (N, D)
     * @param weights (D, M)
     * @param bias one for each output, (M)
     * @throws IllegalArgumentException if shapes or data types disagree
     */
    public static Forward forward(INDArray x, INDArray weights, INDArray bias) {
        requireOperands(x, weights, bias);
        Cache cache = new Cache(x, weights);
        INDArray out = Nd4j.createUninitialized(x.dataType(), new long[] {x.size(0), weights.size(1)}, 'c');
        Gemm.multiply(matrix(cache.x), matrix(cache.weights), matrix(out));
        return new Forward(out.addiRowVector(bias), cache);
    }

    /**
     * {@code dx = dOut·weightsᵀ}, {@code dWeights = xᵀ·dOut}, {@code dBias[m] = Σ_n dOut[n,m]}.
     *
     * @param dOut gradient of the output, (N, M)
     * @param cache from the forward of the same batch
     * @throws IllegalArgumentException if dOut has not the output's shape and data type
     */
    public static Gradients backward(INDArray dOut, Cache cache) {
        requireShape("fully connected", "dOut", dOut, cache.x.size(0), cache.weights.size(1));
        requireSameType("fully connected", "dOut", dOut, cache.x);
        INDArray error = rowMajor(dOut);
        INDArray dx = Nd4j.create(error.dataType(), cache.x.shape(), 'c');
        INDArray dWeights = Nd4j.create(error.dataType(), cache.weights.shape(), 'c');
        Gemm.addMultiplyTransposed(matrix(error), matrix(cache.weights), matrix(dx));
        Gemm.addTransposedMultiply(matrix(cache.x), matrix(error), matrix(dWeights));
        return new Gradients(dx, dWeights, error.sum(0));
    }

    /**
     * Checks the arrays of a forward.
     *
     * @throws IllegalArgumentException if their shapes or data types disagree
     */
    public static void requireOperands(INDArray x, INDArray weights, INDArray bias) {
        requireRank("fully connected", "x", x, "N, D");
        requireRank("fully connected", "weights", weights, "D, M");
        requireSameType("fully connected", "weights", weights, x);
        requireSameType("fully connected", "bias", bias, x);
        if (x.size(1) != weights.size(0)) {
            throw error("fully connected", "x %s has %d features but weights %s expect %d", shape(x), x.size(1),
                    shape(weights), weights.size(0));
        }
        requireShape("fully connected", "bias", bias, weights.size(1));
    }

    private static Matrix matrix(INDArray array) {
        return Matrix.of(array, array.size(0), array.size(1));
    }
}
