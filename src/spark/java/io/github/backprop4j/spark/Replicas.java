package io.github.backprop4j.spark;

import io.github.backprop4j.parallel.Natives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * The replicas of a training in this process. An executor has nothing that lasts from one task to the next but what is
 * static; a broadcast is not enough, as Spark drops it where memory is short, and with it would go what was made of it.
 */
final class Replicas {

    private static final Map<Long, Replicas> OF_TRAININGS = new ConcurrentHashMap<>();

    private final TrainingData data;
    private final Optional<String> mixture;
    private final Deque<Replica> idle = new ArrayDeque<>();

    private Replicas(TrainingData data) {
        Natives.load();
        this.data = data;
        mixture = data.recipe().mixture();
    }

    /** Returns those of a training, which are the same for all tasks of this process. */
    static Replicas of(Broadcast<TrainingData> training) {
        return OF_TRAININGS.computeIfAbsent(training.id(), id -> new Replicas(training.value()));
    }

    /** Ends the threads of those in this process, if its tasks were here. */
    static void close(Broadcast<TrainingData> training) {
        Optional.ofNullable(OF_TRAININGS.remove(training.id())).ifPresent(each -> each.idle.forEach(Replica::close));
    }

    /**
     * Has a replica do something.
     *
     * @param failed makes the result of what is wrong with this process
     */
    <R> R with(Function<Replica, R> work, Function<String, R> failed) {
        if (mixture.isPresent()) {
            return failed.apply(mixture.get());
        }
        Replica replica = borrow();
        try {
            return work.apply(replica);
        } finally {
            giveBack(replica);
        }
    }

    private Replica borrow() {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        try {
            return data.replica();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void giveBack(Replica replica) {
        synchronized (idle) {
            idle.push(replica);
        }
    }
}
