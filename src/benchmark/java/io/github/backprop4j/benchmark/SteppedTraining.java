package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.util.Iterator;
import java.util.concurrent.SynchronousQueue;
import org.nd4j.linalg.learning.config.Adam;

/** A training without an end, on a thread of its own, that waits between its steps until one more is wanted. */
final class SteppedTraining {

    /** Handed over for a step that is wanted, and for one that is done. */
    private static final Object STEP = new Object();

    private final SynchronousQueue<Object> wanted = new SynchronousQueue<>();
    private final SynchronousQueue<Object> done = new SynchronousQueue<>();

    private volatile Throwable failure;

    private SteppedTraining() {}

    /** Prepares one with Adam; it does not keep the process alive. */
    static SteppedTraining start(BenchmarkNetwork network, Engine engine, Images images, int batch) {
        ImageBatches batches = ImageBatches.inOrder(images, batch);
        Architecture architecture = Architecture.parse(
                network.layers(), images.channels(), images.height(), images.width(), images.classNames());
        Network start = Network.initialize(architecture, Training.scaling(images), 1,
                () -> batches.epoch(1).next().images(0, batch)).using(engine);
        SteppedTraining training = new SteppedTraining();
        Trainer trainer = Trainer.builder(TrainingSettings.builder().epochs(1).build()).updater(new Adam(1e-3)).threads(1)
                .listener(training.new Steps()).build();
        Thread thread = new Thread(() -> {
            give(training.done);
            take(training.wanted);
            try {
                trainer.train(start, training.endless(batches));
            } catch (RuntimeException | Error e) {
                training.failure = e;
            }
            give(training.done);
        }, "training " + network + " " + engine);
        thread.setDaemon(true);
        thread.start();
        take(training.done);
        return training;
    }

    /**
     * Learns one more batch.
     *
     * @throws IllegalStateException if the training has failed
     */
    void step() {
        give(wanted);
        take(done);
        if (failure != null) {
            throw new IllegalStateException("training: " + failure.getMessage(), failure);
        }
    }

    private final class Steps implements TrainingListener {
        @Override
        public void stepDone(long step, int examples, double loss) {
            give(done);
            take(wanted);
        }
    }

    private Batches endless(Batches batches) {
        return epoch -> new Iterator<>() {
            private Iterator<MiniBatch> current = batches.epoch(epoch);

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public MiniBatch next() {
                if (!current.hasNext()) {
                    current = batches.epoch(epoch);
                }
                return current.next();
            }
        };
    }

    private static void give(SynchronousQueue<Object> queue) {
        try {
            queue.put(STEP);
        } catch (InterruptedException e) {
            throw new IllegalStateException("stepped training: interrupted", e);
        }
    }

    private static void take(SynchronousQueue<Object> queue) {
        try {
            queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException("stepped training: interrupted", e);
        }
    }
}
