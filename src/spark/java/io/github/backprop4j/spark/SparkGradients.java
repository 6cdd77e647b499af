package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.training.GradientSource;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import scala.Tuple2;

/**
 * Gradients that the executors of a cluster compute. A step is a job whose tasks pass some slices each; a task is a function
 * of the parameters and of the step alone, so that Spark may run it anywhere, and again.
 *
 * <p>The sums of few tasks go to the driver, which adds them up. Many tasks send a range of the numbers to each of as many
 * others, which add the ranges up, so that the driver gets no more than one gradient, however many there are. Both add in the
 * order of {@link io.github.backprop4j.training.SumTree}: the bits are those of one machine.
 */
public final class SparkGradients implements GradientSource, AutoCloseable {

    /** Tasks whose sums the driver adds up: each costs it the time to receive a gradient, and ranges cost a second stage. */
    private static final int ADDED_BY_DRIVER = 4;

    private final Cluster cluster;
    private final Broadcast<Replica> replica;
    private final IntSupplier partitions;
    private final StepClock clock = new StepClock();
    private INDArray sum;

    private SparkGradients(Cluster cluster, Training training, IntSupplier partitions) throws IOException {
        this.cluster = cluster;
        this.partitions = partitions;
        replica = cluster.context().broadcast(Replica.of(training));
    }

    /**
     * Has the images of a training carried to the executors.
     *
     * @param partitions asked before each step: how many tasks it has, if there are as many slices
     * @throws IOException if there is no room for temporary files
     */
    public static SparkGradients of(Cluster cluster, Training training, IntSupplier partitions) throws IOException {
        return new SparkGradients(cluster, training, partitions);
    }

    @Override
    public INDArray sum(Step step, SliceListener listener) {
        clock.begin();
        Slices slices = step.slices();
        int parts = Math.min(partitions.getAsInt(), slices.count());
        List<StepTask> tasks = IntStream.range(0, parts).mapToObj(part -> new StepTask(step.step(), step.epoch(),
                step.batchOfEpoch(), boundary(slices, part, parts), boundary(slices, part + 1, parts))).toList();
        byte[] parameters = Rows.bytes(step.network().parameters().row());
        List<SliceSums> results = pass(tasks, parameters);
        List<SliceSums> sums = parts <= ADDED_BY_DRIVER ? List.of(SliceSums.add(results)) : results;
        for (SliceSums each : sums) {
            each.failure().ifPresent(problem -> {
                throw new InvalidInputException("executor: " + problem);
            });
            each.slices().forEach(slice -> listener.passed(slice.loss(), slice.correct(), Rows.row(slice.statistics())));
        }
        join(sums);
        clock.end(sums.stream().mapToDouble(SliceSums::seconds).max().orElse(0), parameters.length,
                results.stream().mapToLong(SliceSums::bytes).sum());
        return sum;
    }

    /** Where the slices of a task begin and those of the one before end. */
    private static int boundary(Slices slices, int part, int parts) {
        return (int) ((long) slices.count() * part / parts);
    }

    /** Returns what each task gave, or of many tasks the sums of ranges of the numbers; in their order. */
    private List<SliceSums> pass(List<StepTask> tasks, byte[] parameters) {
        int parts = tasks.size();
        Broadcast<Replica> shared = replica;
        JavaRDD<SliceSums> passed = cluster.context().parallelize(tasks, parts)
                .map(task -> shared.value().pass(task, parameters));
        if (parts <= ADDED_BY_DRIVER) {
            return cluster.run(passed);
        }
        List<Tuple2<Integer, SliceSums>> ranges = new ArrayList<>(cluster.run(passed
                .flatMapToPair(each -> numbered(each.cut(parts)).iterator())
                .groupByKey(new HashPartitioner(parts))
                .map(each -> new Tuple2<>(each._1(), SliceSums.add(each._2())))));
        ranges.sort((one, other) -> Integer.compare(one._1(), other._1()));
        return ranges.stream().map(Tuple2::_2).toList();
    }

    private static List<Tuple2<Integer, SliceSums>> numbered(List<SliceSums> ranges) {
        return IntStream.range(0, ranges.size()).mapToObj(i -> new Tuple2<>(i, ranges.get(i))).toList();
    }

    private void join(List<SliceSums> ranges) {
        int bytes = ranges.stream().mapToInt(each -> each.nodes().get(0).row().length).sum();
        if (sum == null || sum.length() != bytes / Float.BYTES) {
            sum = Nd4j.createUninitialized(DataType.FLOAT, 1, bytes / Float.BYTES);
        }
        int from = 0;
        for (SliceSums each : ranges) {
            byte[] row = each.nodes().get(0).row();
            Rows.write(row, sum, from);
            from += row.length / Float.BYTES;
        }
    }

    /** Returns how the time of the steps was spent. */
    public StepClock clock() {
        return clock;
    }

    /** Lets go of what the executors keep. */
    @Override
    public void close() {
        // of a local master's tasks, too
        replica.value().close();
        replica.destroy();
    }
}
