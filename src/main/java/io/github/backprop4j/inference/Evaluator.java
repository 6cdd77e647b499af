package io.github.backprop4j.inference;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tells how well a network does on data with known labels. */
public final class Evaluator {

    /** How many images are made numbers of at once, which is a matter of memory alone. */
    private static final int BATCH = 512;

    /**
     * How well a network did.
     *
     * @param loss mean cross-entropy of an example
     * @param evaluation accuracy, precision and recall of each class, confusion matrix
     */
    public record Result(double loss, Evaluation evaluation) {

        /** Returns the share of examples classified right, in [0, 1]. */
        public double accuracy() {
            return evaluation.accuracy();
        }
    }

    /**
     * What a network said about one image.
     *
     * @param index of the image among those that are evaluated, from 0
     * @param actual the class with the largest label, the first of equals
     * @param predicted the class with the largest probability, the first of equals
     * @param probability of that class, as the network has it, in [0, 1]
     */
    public record Prediction(int index, int actual, int predicted, double probability) {}

    private record SliceResult(INDArray labels, Loss loss) {}

    private Evaluator() {}

    /**
     * Predicts every image, on all processors.
     *
     * @param network in float32 or float64
     * @throws InvalidInputException if the images are not of the network's size, or there are none
     * @throws OutputNotFiniteException if the network's output for one is NaN or infinite
     */
    public static Result evaluate(Network network, Images images) {
        return evaluate(network, images, Views.ONE);
    }

    /**
     * Predicts several views of every image, on all processors; see {@link #evaluate(Network, Images)}.
     *
     * @param views takes as many passes as there are
     * @throws InvalidInputException if the images are too small for the views, too
     */
    public static Result evaluate(Network network, Images images, Views views) {
        return evaluate(network, images, views, prediction -> {});
    }

    /**
     * Predicts several views of every image, on all processors, and tells what came of each; see {@link
     * #evaluate(Network, Images, Views)}.
     *
     * @param each told of every image, one at a time and in their order
     */
    public static Result evaluate(Network network, Images images, Views views, Consumer<Prediction> each) {
        try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
            return evaluate(network, batches(images), views, workers, done -> {}, each);
        }
    }

    /** Returns images in mini-batches of a size that suits the evaluation. */
    public static Batches batches(Images images) {
        return ImageBatches.inOrder(images, BATCH);
    }

    /**
     * Predicts every image of one epoch.
     *
     * @param network in float32 or float64
     * @param workers run the slices
     * @param progress told, from the workers' threads, how many images have just been predicted
     * @throws InvalidInputException if the images are not of the network's size, or there are none
     * @throws OutputNotFiniteException if the network's output for one is NaN or infinite
     */
    public static Result evaluate(Network network, Batches data, Workers workers, IntConsumer progress) {
        return evaluate(network, data, Views.ONE, workers, progress);
    }

    /**
     * Predicts several views of every image of one epoch; see {@link #evaluate(Network, Batches, Workers, IntConsumer)}.
     *
     * @param views takes as many passes as there are; {@link Views#ofModel} tells those that the network was trained for
     * @throws InvalidInputException if the images are too small for the views, too
     */
    public static Result evaluate(
            Network network, Batches data, Views views, Workers workers, IntConsumer progress) {
        return evaluate(network, data, views, workers, progress, prediction -> {});
    }

    /**
     * Predicts every image and tells what came of each; see
     * {@link #evaluate(Network, Batches, Views, Workers, IntConsumer)}.
     *
     * @param each told of every image, one at a time and in their order
     */
    public static Result evaluate(Network network, Batches data, Views views, Workers workers, IntConsumer progress,
            Consumer<Prediction> each) {
        Architecture architecture = network.architecture();
        views.requireFits(architecture);
        Evaluation evaluation = new Evaluation(architecture.classNames());
        double[] loss = new double[1];
        int examples = 0;
        for (Iterator<MiniBatch> batches = data.epoch(1); batches.hasNext();) {
            MiniBatch batch = batches.next().fitTo(architecture.classNames().size(), architecture.channels(),
                    architecture.height(), architecture.width());
            Slices slices = Slices.even(batch.size());
            int[] first = {examples};
            workers.run(slices.count(), index -> {
                SliceResult result = predict(network, views, batch, slices.from(index), slices.to(index));
                progress.accept(slices.size(index));
                return result;
            }, slice -> {
                evaluation.eval(slice.labels, slice.loss.probabilities());
                loss[0] += slice.loss.sum();
                first[0] = tell(slice, first[0], each);
            });
            examples += batch.size();
        }
        if (examples == 0) {
            throw new InvalidInputException("data: no images to evaluate with");
        }
        return new Result(loss[0] / examples, evaluation);
    }

    /** Returns the index behind the slice's last image. */
    private static int tell(SliceResult slice, int first, Consumer<Prediction> each) {
        double[] labels = slice.labels.dup('c').data().asDouble();
        double[] probabilities = slice.loss.probabilities().dup('c').data().asDouble();
        int images = (int) slice.labels.size(0);
        int classes = labels.length / images;
        for (int i = 0; i < images; i++) {
            int predicted = largest(probabilities, i * classes, classes);
            each.accept(new Prediction(first + i, largest(labels, i * classes, classes), predicted,
                    probabilities[i * classes + predicted]));
        }
        return first + images;
    }

    private static int largest(double[] values, int from, int count) {
        int largest = 0;
        for (int i = 1; i < count; i++) {
            largest = values[from + i] > values[from + largest] ? i : largest;
        }
        return largest;
    }

    private static SliceResult predict(Network network, Views views, MiniBatch batch, int from, int to) {
        INDArray labels = batch.labels(from, to);
        Loss loss = Loss.of(views.logits(network, batch.images(), from, to), labels, batch.weights(from, to));
        if (!Double.isFinite(loss.sum())) {
            batch.requireFiniteImages();
            throw new OutputNotFiniteException();
        }
        return new SliceResult(labels, loss);
    }
}
