package io.github.backprop4j.benchmark;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Precision;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.util.Iterator;
import org.nd4j.linalg.learning.config.Adam;

/** Our training steps, all that {@code train} does in them: batches are made of bytes and scaled meanwhile. */
final class OurStep {

    private OurStep() {}

    /** @param arguments network, engine, precision, images to a step, threads, seconds of warm-up, seconds to measure */
    public static void main(String[] arguments) {
        BenchmarkNetwork network = BenchmarkNetwork.valueOf(arguments[0]);
        Engine engine = Engine.valueOf(arguments[1]);
        Precision precision = Precision.valueOf(arguments[2]);
        int batch = Integer.parseInt(arguments[3]);
        int threads = Integer.parseInt(arguments[4]);

        Images images = Shapes.inBatchesOf(batch).images();
        ImageBatches batches = ImageBatches.inOrder(images, batch);
        Architecture architecture = Architecture.parse(
                network.layers(), images.channels(), images.height(), images.width(), images.classNames());
        Network start = Network.initialize(architecture, Training.scaling(images), 1,
                () -> batches.epoch(1).next().images(0, batch)).using(engine, precision);

        StepClock clock = new StepClock(Double.parseDouble(arguments[5]), Double.parseDouble(arguments[6]));
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                clock.stepDone();
            }
        };
        Trainer.builder(TrainingSettings.builder().epochs(1).build()).updater(new Adam(1e-3)).threads(threads)
                .listener(listener).build().train(start, whileRunning(clock, batches));
        System.out.println(Outcome.ofThisProcess(batch / clock.secondsPerStep()).line());
    }

    /** One long epoch of all epochs that the clock wants. */
    private static Batches whileRunning(StepClock clock, Batches batches) {
        return epoch -> new Iterator<>() {
            private Iterator<MiniBatch> current = batches.epoch(epoch);

            @Override
            public boolean hasNext() {
                return clock.isRunning();
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
}
