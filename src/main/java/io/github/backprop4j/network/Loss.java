package io.github.backprop4j.network;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The loss that training lowers, softmax's cross-entropy, for some examples.
 *
 * @param probabilities softmax of the logits, (N, K)
 * @param sum the cross-entropies added up, each times its example's weight:
 *     {@code Σ_n w[n]·(log Σ_k exp(z[n,k]) - Σ_k labels[n,k]·z[n,k])}
 * @param correct how many examples have their largest logit where they have their largest label
 * @param dLogits the gradient of that sum with respect to the logits, {@code w[n]·(p - labels)}, (N, K)
 */
public record Loss(INDArray probabilities, double sum, int correct, INDArray dLogits) {

    /** Computes the loss of examples that all weigh 1. */
    public static Loss of(INDArray logits, INDArray labels) {
        float[] weights = new float[Math.toIntExact(logits.size(0))];
        Arrays.fill(weights, 1);
        return of(logits, labels, weights);
    }

    /**
     * Computes all of it row by row in float64: some hundred numbers, for which as many ND4J calls as it takes (a dozen)
     * would take ten times as long. {@code layers.Softmax} has the equations one by one.
     *
     * @param logits (N, K), float32 or float64
     * @param labels (N, K), each row adds up to 1
     * @param weights w, the weight of each example, (N)
     */
    public static Loss of(INDArray logits, INDArray labels, float[] weights) {
        return of(logits, labels, weights, 0);
    }

    /**
     * Computes the same with smoothed labels: {@code (1 - s)·label + s/K} is taken for each label in the sum and in the
     * gradient (Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR 2016, section 7). Which
     * examples are correct is told by the labels as they are.
     *
     * @param logits (N, K), float32 or float64
     * @param labels (N, K), each row adds up to 1
     * @param weights w, the weight of each example, (N)
     * @param smoothing s, at least 0 and below 1; 0 leaves the labels as they are, to the bit
     */
    public static Loss of(INDArray logits, INDArray labels, float[] weights, double smoothing) {
        int classes = (int) logits.size(1);
        double[] z = numbers(logits);
        double[] label = numbers(labels);
        double sum = 0;
        int correct = 0;
        for (int row = 0; row < z.length; row += classes) {
            int end = row + classes;
            double weight = weights[row / classes];
            int predicted = largest(z, row, end);
            correct += predicted == largest(label, row, end) ? 1 : 0;
            for (int i = row; smoothing > 0 && i < end; i++) {
                label[i] = (1 - smoothing) * label[i] + smoothing / classes;
            }
            double max = z[predicted];
            double exponentials = 0;
            for (int i = row; i < end; i++) {
                sum -= weight * (label[i] * (z[i] - max));
                z[i] = Math.exp(z[i] - max);
                exponentials += z[i];
            }
            sum += weight * Math.log(exponentials);
            for (int i = row; i < end; i++) {
                z[i] /= exponentials;
                label[i] = weight * (z[i] - label[i]);
            }
        }
        return new Loss(array(z, logits), sum, correct, array(label, logits));
    }

    private static int largest(double[] values, int from, int to) {
        int largest = from;
        for (int i = from + 1; i < to; i++) {
            largest = values[i] > values[largest] ? i : largest;
        }
        return largest;
    }

    /** Row by row, in bulk: to ask for one number after the other takes ND4J a hundred times as long. */
    private static double[] numbers(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private static INDArray array(double[] values, INDArray like) {
        return Nd4j.create(values, like.shape(), like.dataType());
    }
}
