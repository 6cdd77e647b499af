package io.github.backprop4j.training;

import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Workers;
import java.util.Iterator;
import java.util.function.IntConsumer;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How well a network does on data with known labels. */
public final class Evaluator {

    /**
     * @param loss mean cross-entropy of an example
     * @param evaluation accuracy, precision and recall of each class, confusion matrix
     */
    public record Result(double loss, Evaluation evaluation) {}

    private record SliceResult(INDArray labels, Loss loss) {}

    private Evaluator() {}

    /**
     * Predicts every image of one epoch.
     *
     * @param network in float32
     * @param workers run the slices
     * @param progress told, from the workers' threads, how many images have just been predicted
     * @throws IllegalArgumentException if the images are not of the network's size, or there are none
     * @throws ArithmeticException if the network's output for one is NaN or infinite
     */
    public static Result evaluate(Network network, Batches data, Workers workers, IntConsumer progress) {
        Evaluation evaluation = new Evaluation(network.architecture().classNames());
        double[] loss = new double[1];
        int examples = 0;
        for (Iterator<MiniBatch> batches = data.epoch(1); batches.hasNext();) {
            MiniBatch batch = batches.next();
            batch.requireFits(network.architecture());
            workers.run(batch.slices(), index -> {
                MiniBatch.Slice slice = batch.slice(index);
                INDArray labels = batch.labels(slice);
                INDArray logits = network.predictLogits(batch.images(slice, network.architecture()));
                progress.accept(slice.size());
                Loss sliceLoss = Loss.of(logits, labels);
                if (!Double.isFinite(sliceLoss.sum())) {
                    throw new ArithmeticException("the network's output is NaN or infinite");
                }
                return new SliceResult(labels, sliceLoss);
            }, slice -> {
                evaluation.eval(slice.labels, slice.loss.probabilities());
                loss[0] += slice.loss.sum();
            });
            examples += batch.size();
        }
        if (examples == 0) {
            throw new IllegalArgumentException("data: no images to evaluate with");
        }
        return new Result(loss[0] / examples, evaluation);
    }
}
