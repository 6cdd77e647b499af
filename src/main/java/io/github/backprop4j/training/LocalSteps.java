package io.github.backprop4j.training;

import java.io.Serializable;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Takes some steps of a training with several copies of its network, each of which learns from its share of every mini-batch
 * and hears nothing of the others; behind those steps the copies are averaged (Moritz et al., SparkNet: Training Deep
 * Networks in Spark, arXiv 1511.06051, 2016). A network that takes long to send is then sent once for several steps. The
 * result is not that of the same steps taken together.
 */
public interface LocalSteps {

    /**
     * Some steps in a row, of one epoch.
     *
     * @param step steps done before, over all epochs
     * @param slices that have passed before, over all epochs
     * @param epoch from 1
     * @param batchOfEpoch the first mini-batch's number in its epoch, from 0
     * @param count how many
     */
    record Span(long step, long slices, int epoch, int batchOfEpoch, int count) implements Serializable {}

    /**
     * What a step gave a copy.
     *
     * @param loss summed over its share of the mini-batch
     * @param correct images of it that were classified right
     * @param learningRate of the step
     */
    record Taken(double loss, long correct, double learningRate) implements Serializable {}

    /**
     * A copy behind the steps of a span.
     *
     * @param images that it has learnt
     * @param slices that have passed through it
     * @param steps what each gave
     * @param parameters all of its network's, in the order of {@link io.github.backprop4j.network.Parameters#row}
     * @param optimizer the optimizer's numbers (1, S); empty if there are none
     */
    record Copy(long images, long slices, List<Taken> steps, INDArray parameters, INDArray optimizer) {}

    /** Returns how many steps are taken from one average to the next, at least 1; fewer at the end of an epoch. */
    int together();

    /**
     * Has copies take the steps of a span.
     *
     * @param parameters that all begin with; not to be changed
     * @param optimizer the optimizer's numbers that all begin with (1, S), empty if there are none; not to be changed
     * @return the copies, which the caller may change
     */
    List<Copy> take(Span span, INDArray parameters, INDArray optimizer);
}
