package io.github.backprop4j.training;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.Npz;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All that a training needs to go on as if it had never been stopped. What is random in it depends on the seed and the
 * position alone, so that no generator's state is kept.
 *
 * <p>Its file is the npz file of a model, of {@link #network}, with more arrays whose names begin with
 * {@code training.} and, for {@link #best}, {@code best.}
 *
 * @param network as it is after the step
 * @param optimizerState the optimizer's own numbers, (1, S); empty if it has none
 * @param seed of the training
 * @param steps optimizer steps done
 * @param slices passed through the network so far, by which running statistics go
 * @param epoch under way, from 1; after the last one, one more than there are
 * @param sums over the epoch's mini-batches so far
 * @param epochs done
 * @param best the epoch with the lowest validation loss so far; empty without validation data
 */
public record Checkpoint(Network network, Optional<INDArray> optimizerState, long seed, long steps, long slices, int epoch,
        EpochSums sums, List<EpochMetrics> epochs, Optional<Best> best) {

    private static final long MAX_BYTES = 16L << 30;
    private static final String BEST = "best.";
    private static final String OPTIMIZER = "training.optimizer";
    private static final String COUNTS = "training.counts";
    private static final String SUMS = "training.sums";
    private static final String EPOCHS = "training.epochs";
    private static final int EPOCH_NUMBERS = 9;

    /**
     * The best network so far.
     *
     * @param loss mean cross-entropy of a validation image
     */
    public record Best(int epoch, double loss, Network network) {}

    /**
     * What the mini-batches of an epoch that were learnt add up to.
     *
     * @param loss summed over the examples
     * @param learningRate of the last step
     * @param seconds of training, over all starts
     */
    public record EpochSums(
            int batches, long examples, long correct, double loss, double learningRate, double seconds) {

        static final EpochSums NONE = new EpochSums(0, 0, 0, 0, Double.NaN, 0);

        EpochSums plus(MiniBatch batch, TrainingRun.Step step) {
            return new EpochSums(batches + 1, examples + batch.size(), correct + step.correct(), loss + step.lossSum(),
                    step.learningRate(), seconds);
        }

        EpochSums after(double moreSeconds) {
            return new EpochSums(batches, examples, correct, loss, learningRate, seconds + moreSeconds);
        }

        EpochMetrics metrics(int epoch, long step) {
            return new EpochMetrics(epoch, step, learningRate, loss / examples, (double) correct / examples, Double.NaN,
                    Double.NaN, seconds, examples / seconds);
        }
    }

    /** The beginning of a training. */
    static Checkpoint start(Network network, long seed) {
        return new Checkpoint(
                network, Optional.empty(), seed, 0, 0, 1, EpochSums.NONE, List.of(), Optional.empty());
    }

    /**
     * The same with its network using the start's engine, which files do not hold.
     *
     * @throws IllegalArgumentException if it is of a training that began with another architecture or other data
     */
    Checkpoint of(Network start) {
        if (!network.architecture().equals(start.architecture())) {
            throw new IllegalArgumentException("checkpoint: is of " + network + " with the classes "
                    + network.architecture().classNames() + ", expected " + start + " with "
                    + start.architecture().classNames());
        }
        if (network.scaling().factor() != start.scaling().factor()
                || !network.scaling().mean().equals(start.scaling().mean())) {
            throw new IllegalArgumentException(
                    "checkpoint: is of a training with other images: their mean or deviation is not that of the data");
        }
        return new Checkpoint(
                network.using(start.engine()), optimizerState, seed, steps, slices, epoch, sums, epochs, best);
    }

    void write(Path file) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>(network.toArrays());
        optimizerState.ifPresent(state -> arrays.put(OPTIMIZER, state));
        arrays.put(COUNTS, Nd4j.createFromArray(seed, steps, slices, epoch, sums.batches, sums.examples, sums.correct,
                best.map(Best::epoch).orElse(0)));
        arrays.put(SUMS, Nd4j.createFromArray(sums.loss, sums.learningRate, sums.seconds,
                best.map(Best::loss).orElse(Double.NaN)));
        if (!epochs.isEmpty()) {
            arrays.put(EPOCHS, Nd4j.createFromArray(epochs.stream().map(Checkpoint::numbers).toArray(double[][]::new)));
        }
        best.ifPresent(kept -> kept.network.parameters().names()
                .forEach(name -> arrays.put(BEST + name, kept.network.parameters().get(name))));
        Npz.write(file, arrays);
    }

    /**
     * Reads a checkpoint.
     *
     * @throws InvalidFileException if the file is none, or is damaged
     */
    static Checkpoint read(Path file) throws IOException {
        Map<String, INDArray> arrays = Npz.read(file, MAX_BYTES);
        Network network = Network.ofArrays(file, arrays);
        requireKnown(file, network, arrays.keySet());
        try {
            long[] counts = required(arrays, COUNTS, DataType.INT64, 8).toLongVector();
            double[] sums = required(arrays, SUMS, DataType.DOUBLE, 4).toDoubleVector();
            int bestEpoch = Math.toIntExact(counts[7]);
            Optional<Best> best = bestEpoch == 0 ? Optional.empty()
                    : Optional.of(new Best(bestEpoch, sums[3], Network.ofArrays(file, bestArrays(network, arrays))));
            Optional<INDArray> state = Optional.ofNullable(arrays.get(OPTIMIZER));
            if (state.isPresent() && (state.get().dataType() != network.parameters().dataType()
                    || state.get().rank() != 2 || state.get().size(0) != 1)) {
                throw new IllegalArgumentException("its array " + OPTIMIZER + " is " + state.get().dataType() + " "
                        + Arrays.toString(state.get().shape()) + ", expected " + network.parameters().dataType()
                        + " [1, numbers]");
            }
            return new Checkpoint(network, state, counts[0], counts[1], counts[2],
                    Math.toIntExact(counts[3]),
                    new EpochSums(Math.toIntExact(counts[4]), counts[5], counts[6], sums[0], sums[1], sums[2]),
                    metrics(arrays.get(EPOCHS)), best);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidFileException(file, "is no checkpoint: " + e.getMessage());
        }
    }

    /** Names have no checksum, and of a damaged one the array would be missed in silence. */
    private static void requireKnown(Path file, Network network, Set<String> names) throws InvalidFileException {
        Set<String> known = new HashSet<>(network.toArrays().keySet());
        network.parameters().names().forEach(name -> known.add(BEST + name));
        known.addAll(List.of(OPTIMIZER, COUNTS, SUMS, EPOCHS));
        for (String name : names) {
            if (!known.contains(name)) {
                throw new InvalidFileException(file, "is no checkpoint: it holds the array " + name
                        + ", expected those of its network and of a training only");
            }
        }
    }

    private static Map<String, INDArray> bestArrays(Network network, Map<String, INDArray> arrays) {
        Map<String, INDArray> best = new LinkedHashMap<>(arrays);
        for (String name : network.parameters().names()) {
            if (!arrays.containsKey(BEST + name)) {
                throw new IllegalArgumentException("has no array " + BEST + name);
            }
            best.put(name, arrays.get(BEST + name));
        }
        return best;
    }

    private static INDArray required(Map<String, INDArray> arrays, String name, DataType type, long length) {
        INDArray array = arrays.get(name);
        if (array == null || array.dataType() != type || !Arrays.equals(array.shape(), new long[] {length})) {
            throw new IllegalArgumentException("its array " + name + " is "
                    + (array == null ? "missing" : array.dataType() + " " + Arrays.toString(array.shape()))
                    + ", expected " + type + " [" + length + "]");
        }
        return array;
    }

    private static double[] numbers(EpochMetrics epoch) {
        return new double[] {epoch.epoch(), epoch.step(), epoch.learningRate(), epoch.trainLoss(), epoch.trainAccuracy(),
            epoch.validationLoss(), epoch.validationAccuracy(), epoch.seconds(), epoch.imagesPerSecond()};
    }

    private static List<EpochMetrics> metrics(INDArray epochs) {
        List<EpochMetrics> metrics = new ArrayList<>();
        if (epochs == null) {
            return metrics;
        }
        if (epochs.dataType() != DataType.DOUBLE || epochs.rank() != 2 || epochs.size(1) != EPOCH_NUMBERS) {
            throw new IllegalArgumentException("its array " + EPOCHS + " is " + epochs.dataType() + " "
                    + Arrays.toString(epochs.shape()) + ", expected DOUBLE [epochs, " + EPOCH_NUMBERS + "]");
        }
        for (double[] row : epochs.toDoubleMatrix()) {
            metrics.add(new EpochMetrics(
                    (int) row[0], (long) row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8]));
        }
        return metrics;
    }
}
