package io.github.backprop4j.spark;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.training.LocalCopy;
import io.github.backprop4j.training.LocalSteps;
import io.github.backprop4j.training.Training;
import java.io.IOException;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Steps that the executors of a cluster take by themselves, some at a time; see {@link LocalSteps}. */
public final class SparkLocalSteps implements LocalSteps, AutoCloseable {

    private final Cluster cluster;
    private final Broadcast<TrainingData> training;
    private final IntSupplier partitions;
    private final int together;
    private final StepClock clock = new StepClock();

    /**
     * Has the images of a training carried to the executors.
     *
     * @param partitions asked before each average: how many copies there are
     * @param together steps from one average to the next, at least 1
     * @throws IOException if there is no room for temporary files
     */
    public SparkLocalSteps(Cluster cluster, Training training, IntSupplier partitions, int together) throws IOException {
        this.cluster = cluster;
        this.partitions = partitions;
        this.together = together;
        this.training = cluster.context().broadcast(TrainingData.of(training));
    }

    @Override
    public int together() {
        return together;
    }

    @Override
    public List<Copy> take(Span span, INDArray parameters, INDArray optimizer) {
        clock.begin();
        int parts = partitions.getAsInt();
        byte[] network = Rows.bytes(parameters);
        byte[] numbers = Rows.bytes(optimizer);
        List<CopyBytes> copies = take(span, parts, network, numbers);
        for (CopyBytes each : copies) {
            each.failure().ifPresent(problem -> {
                throw new InvalidInputException("executor: " + problem);
            });
        }
        clock.end(copies.stream().mapToDouble(CopyBytes::seconds).max().orElse(0), new StepClock.Bytes(
                network.length + numbers.length,
                copies.stream().mapToLong(each -> each.parameters().length + each.optimizer().length).sum(), 0));
        return copies.stream().filter(each -> each.images() > 0).map(CopyBytes::copy).toList();
    }

    private List<CopyBytes> take(Span span, int parts, byte[] network, byte[] numbers) {
        Broadcast<TrainingData> carried = training;
        Broadcast<byte[][]> rows = cluster.context().broadcast(new byte[][] {network, numbers});
        try {
            return cluster.run(cluster.context().parallelize(IntStream.range(0, parts).boxed().toList(), parts)
                    .map(part -> Replicas.of(carried).with(replica -> replica.take(span,
                            new LocalCopy.Share(part, parts), rows.value()[0], rows.value()[1]), CopyBytes::failed)));
        } finally {
            rows.destroy();
        }
    }

    /** Returns how the time was spent, from one average to the next. */
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
