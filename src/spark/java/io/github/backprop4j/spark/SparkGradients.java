package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.training.GradientSource;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Gradients that the executors of a cluster compute. A step is a job whose tasks pass some slices each; a task is a
 * function of the parameters and of the step alone, so that Spark may run it anywhere, and again.
 *
 * <p>The sums of few tasks go to the driver, which adds them up. Many tasks send a range of the numbers to each of as many
 * others, which add the ranges up, so that the driver gets no more than one gradient, however many there are. Both add in the
 * order of {@link io.github.backprop4j.training.SumTree}: the bits are those of one machine.
 */
public final class SparkGradients implements GradientSource, AutoCloseable {

    /** Tasks whose sums the driver adds up: each costs it the time to receive a gradient, ranges a second stage. */
    private static final int ADDED_BY_DRIVER = 4;

    private final Cluster cluster;
    private final Broadcast<TrainingData> training;
    private final IntSupplier partitions;
    private final StepClock clock = new StepClock();
    private INDArray sum;

    /**
     * Has the images of a training carried to the executors.
     *
     * @param partitions asked before each step: how many tasks it has, if there are as many slices
     * @throws IOException if there is no room for temporary files
     */
    public SparkGradients(Cluster cluster, Training training, IntSupplier partitions) throws IOException {
        this.cluster = cluster;
        this.partitions = partitions;
        this.training = cluster.context().broadcast(TrainingData.of(training));
    }

    @Override
    public INDArray sum(Step step, SliceListener listener) {
        clock.begin();
        Slices slices = step.slices();
        int parts = Math.min(partitions.getAsInt(), slices.count());
        List<StepTask> tasks = IntStream.range(0, parts).mapToObj(part -> new StepTask(step.step(), step.epoch(),
                step.batchOfEpoch(), boundary(slices, part, parts), boundary(slices, part + 1, parts))).toList();
        byte[] parameters = Rows.bytes(step.network().parameters().row());
        List<SliceSums> sums = pass(tasks, parameters);
        for (SliceSums each : sums) {
            each.failure().ifPresent(problem -> {
                throw new InvalidInputException("executor: " + problem);
            });
            each.slices().forEach(slice -> listener.passed(slice.loss(), slice.correct(), Rows.row(slice.statistics())));
        }
        join(sums);
        long moved = sums.stream().mapToLong(SliceSums::moved).sum();
        boolean inRanges = parts > ADDED_BY_DRIVER;
        clock.end(sums.stream().mapToDouble(SliceSums::seconds).max().orElse(0),
                new StepClock.Bytes(parameters.length, inRanges ? sum.length() * Float.BYTES : moved, inRanges ? moved : 0));
        return sum;
    }

    /** Where the slices of a task begin and those of the one before end. */
    private static int boundary(Slices slices, int part, int parts) {
        return (int) ((long) slices.count() * part / parts);
    }

    /** Returns the sum of all tasks in ranges of its numbers, in their order. */
    private List<SliceSums> pass(List<StepTask> tasks, byte[] parameters) {
        int parts = tasks.size();
        Broadcast<TrainingData> carried = training;
        Broadcast<byte[]> row = cluster.context().broadcast(parameters);
        try {
            JavaRDD<SliceSums> passed = cluster.context().parallelize(tasks, parts).map(task -> Replicas.of(carried)
                    .with(replica -> replica.pass(task, row.value()), SliceSums::failed));
            return parts <= ADDED_BY_DRIVER ? List.of(SliceSums.add(cluster.run(passed))) : addedInRanges(passed, parts);
        } finally {
            row.destroy();
        }
    }

    private List<SliceSums> addedInRanges(JavaRDD<SliceSums> passed, int ranges) {
        List<Tuple2<Integer, SliceSums>> added = new ArrayList<>(cluster.run(passed
                .flatMapToPair(each -> numbered(each.cut(ranges)).iterator())
                .groupByKey(new HashPartitioner(ranges))
                .map(each -> new Tuple2<>(each._1(), SliceSums.add(each._2())))));
        added.sort(Comparator.comparingInt(Tuple2::_1));
        return added.stream().map(Tuple2::_2).toList();
    }

    private static List<Tuple2<Integer, SliceSums>> numbered(List<SliceSums> ranges) {
        return IntStream.range(0, ranges.size()).mapToObj(i -> new Tuple2<>(i, ranges.get(i))).toList();
    }

    private void join(List<SliceSums> ranges) {
        int numbers = ranges.stream().mapToInt(each -> each.nodes().get(0).row().length / Float.BYTES).sum();
        if (sum == null || sum.length() != numbers) {
            sum = Nd4j.createUninitialized(DataType.FLOAT, 1, numbers);
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
        Replicas.close(training);
        training.destroy();
    }
}
