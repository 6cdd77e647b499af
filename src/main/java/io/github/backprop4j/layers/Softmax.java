package io.github.backprop4j.layers;

import static io.github.backprop4j.layers.Arguments.requireRank;
import static io.github.backprop4j.layers.Arguments.requireSameType;
import static io.github.backprop4j.layers.Arguments.requireShape;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Softmax over the classes of each example, {@code p[n,k] = exp(z[n,k]) / Σ_l exp(z[n,l])}, and the cross-entropy loss
 * that goes with it.
 *
 * <p>A row of logits that holds NaN or +∞ gives a row of NaN.
 */
public final class Softmax {

    private Softmax() {}

    /**
     * Computes the probabilities. Each row's maximum is subtracted from it first, so that nothing overflows.
     *
     * @param logits (N, K)
     * @return (N, K), each row adds up to 1
     */
    public static INDArray forward(INDArray logits) {
        requireRank("softmax", "logits", logits, "N, K");
        return normalize(logits.subColumnVector(logits.max(true, 1)));
    }

    /**
     * Computes the probabilities as the notebook does, which subtracts the largest logit of the <em>whole batch</em>
     * from every row: a row far below that maximum underflows to 0/0, and a NaN anywhere makes every row NaN.
     *
     * @param logits (N, K)
     */
    public static INDArray forwardWithBatchMaximum(INDArray logits) {
        requireRank("softmax", "logits", logits, "N, K");
        if (Finite.hasNan(logits)) {
            // ND4J's maximum passes over NaN
            return Nd4j.valueArrayOf(logits.shape(), Double.NaN, logits.dataType());
        }
        return normalize(logits.sub(logits.maxNumber()));
    }

    /** Computes in place: both callers hand over an array that nobody else has seen. */
    private static INDArray normalize(INDArray shifted) {
        INDArray exponentials = Transforms.exp(shifted, false);
        return exponentials.diviColumnVector(exponentials.sum(true, 1));
    }

    /**
     * {@code dLogits[n,k] = p[n,k] · (dOut[n,k] - Σ_l dOut[n,l]·p[n,l])}.
     *
     * @param dOut gradient of the probabilities, (N, K)
     * @param probabilities forward's result, (N, K)
     */
    public static INDArray backward(INDArray dOut, INDArray probabilities) {
        requireShape("softmax", "dOut", dOut, probabilities.shape());
        requireSameType("softmax", "dOut", dOut, probabilities);
        return dOut.subColumnVector(dOut.mul(probabilities).sum(true, 1)).muli(probabilities);
    }

    /**
     * Returns the diagonal of each row's Jacobian, {@code ∂p[n,k]/∂z[n,k] = e_k·(Σ_l e_l - e_k) / (Σ_l e_l)²} with
     * {@code e = exp(z[n] - max z[n])}. The notebook uses no other part of the Jacobian.
     *
     * @param logits (N, K)
     * @return (N, K)
     */
    public static INDArray diagonalDerivative(INDArray logits) {
        requireRank("softmax", "logits", logits, "N, K");
        INDArray exponentials = Transforms.exp(logits.subColumnVector(logits.max(true, 1)), false);
        INDArray sums = exponentials.sum(true, 1);
        INDArray others = exponentials.rsubColumnVector(sums);
        return others.muli(exponentials).diviColumnVector(sums.mul(sums));
    }

    /**
     * Returns the cross-entropy of each example, {@code loss[n] = log Σ_k exp(z[n,k]) - Σ_k labels[n,k]·z[n,k]}. It is
     * finite for any finite logits.
     *
     * @param logits (N, K)
     * @param labels (N, K), each row adds up to 1: one-hot or smoothed
     * @return (N)
     */
    public static INDArray crossEntropy(INDArray logits, INDArray labels) {
        requireRank("softmax", "logits", logits, "N, K");
        requireShape("softmax", "labels", labels, logits.shape());
        requireSameType("softmax", "labels", labels, logits);
        INDArray shifted = logits.subColumnVector(logits.max(true, 1));
        INDArray logSums = Transforms.log(Transforms.exp(shifted).sum(1), false);
        return logSums.subi(shifted.muli(labels).sum(1));
    }

    /**
     * Returns the gradient of the <em>sum</em> of {@link #crossEntropy} over the examples,
     * {@code dLogits = p - labels}.
     *
     * @param probabilities forward's result, (N, K)
     * @param labels (N, K)
     */
    public static INDArray crossEntropyBackward(INDArray probabilities, INDArray labels) {
        requireShape("softmax", "labels", labels, probabilities.shape());
        requireSameType("softmax", "labels", labels, probabilities);
        return probabilities.sub(labels);
    }
}
