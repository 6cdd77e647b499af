package io.github.backprop4j.spark;

import io.github.backprop4j.network.Parameters;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.training.GradientSource;
import io.github.backprop4j.training.SumTree;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients that the executors of a cluster compute, a step being a job with a task for each partition. */
final class SparkGradients implements GradientSource {

    private final JavaSparkContext spark;
    private final Broadcast<Replica> replica;
    private final int partitions;
    private double computing;
    private double all;

    /** @param partitions that the slices of a mini-batch are dealt out to, as far as there are so many */
    SparkGradients(JavaSparkContext spark, Replica replica, int partitions) {
        this.spark = spark;
        this.replica = spark.broadcast(replica);
        this.partitions = partitions;
    }

    @Override
    public INDArray sum(Step step, SliceListener listener) {
        long start = System.nanoTime();
        Slices slices = step.slices();
        Parameters parameters = step.network().parameters();
        byte[] trained = Rows.bytes(parameters.trained());
        int parts = Math.min(partitions, slices.count());
        List<StepTask> tasks = IntStream.range(0, parts).mapToObj(part -> new StepTask(step.step(), step.epoch(),
                step.batchOfEpoch(), slices.count() * part / parts, slices.count() * (part + 1) / parts)).toList();
        Broadcast<Replica> shared = replica;
        List<SliceSums> passed = spark.parallelize(tasks, parts).map(task -> shared.value().pass(task, trained)).collect();
        SumTree<INDArray> tree = new SumTree<>();
        for (SliceSums each : passed) {
            each.slices().forEach(slice -> listener.passed(slice.loss(), slice.correct(), row(slice.statistics())));
            each.nodes().forEach(node -> add(tree.add(new SumTree.Node<>(node.level(), node.index(), row(node.row())))));
        }
        add(tree.finish());
        computing += passed.stream().mapToDouble(SliceSums::seconds).max().orElse(0);
        all += (System.nanoTime() - start) * 1e-9;
        return tree.nodes().get(0).sum();
    }

    private static void add(List<SumTree.Addition<INDArray>> additions) {
        additions.forEach(each -> each.to().addi(each.added()));
    }

    private static INDArray row(byte[] bytes) {
        if (bytes.length == 0) {
            return Nd4j.empty(org.nd4j.linalg.api.buffer.DataType.FLOAT);
        }
        INDArray row = Nd4j.createUninitialized(org.nd4j.linalg.api.buffer.DataType.FLOAT, 1, bytes.length / Float.BYTES);
        Rows.read(bytes, row);
        return row;
    }

    /** Returns the share of its time, from 0 to 1, that was not spent on passing slices. */
    double overhead() {
        return all == 0 ? 0 : 1 - computing / all;
    }
}
