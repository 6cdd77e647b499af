package io.github.backprop4j.examples;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A listener of one's own: it tells how each epoch went, keeps the loss of every step, and ends the training once the
 * network is good enough. The trainer calls it on the thread that trains, so it needs no locks; what takes long in it,
 * makes the training take longer.
 */
public final class OwnListener implements TrainingListener, BooleanSupplier {

    private final double goal;
    private final Consumer<String> tell;
    private final List<Double> losses = new ArrayList<>();
    private double accuracy;

    /**
     * Makes a listener for one training.
     *
     * @param goal the accuracy with the validation images that is good enough
     * @param tell is given a line for each epoch
     */
    public OwnListener(double goal, Consumer<String> tell) {
        this.goal = goal;
        this.tell = tell;
    }

    @Override
    public void stepDone(long step, int examples, double loss) {
        losses.add(loss);
    }

    @Override
    public void epochDone(EpochMetrics metrics, Network network) {
        accuracy = metrics.validationAccuracy();
        tell.accept(String.format("epoch %d: loss %.3f, %.0f %% of the validation images right", metrics.epoch(),
                metrics.trainLoss(), 100 * accuracy));
    }

    /** Returns whether the training is to end; asked after each step and each epoch. */
    @Override
    public boolean getAsBoolean() {
        return accuracy >= goal;
    }

    /** Returns the loss of each step so far. */
    public List<Double> losses() {
        return List.copyOf(losses);
    }

    /** @param arguments the data to train with, such as {@code shapes} */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: OwnListener DATA");
        }
        Trainer.Result result = train(Datasets.open(arguments[0]), new OwnListener(0.8, System.out::println));
        System.out.println(result.stopped() ? "good enough after " + result.steps() + " steps" : "never good enough");
    }

    /** Trains for 20 epochs, or until the listener says that it is enough. */
    public static Trainer.Result train(Dataset data, OwnListener listener) throws IOException {
        TrainingSettings settings = TrainingSettings.builder()
                .layers("conv:10:5,relu,pool:4,dense:30,relu").epochs(20).validation(0.2).build();
        Training training = Training.of(settings, data);
        return training.run(training.trainer().listener(listener).stopWhen(listener).build());
    }
}
