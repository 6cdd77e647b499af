package io.github.backprop4j.spark;

import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.training.GradientSource;
import io.github.backprop4j.training.LocalCopy;
import io.github.backprop4j.training.LocalGradients;
import io.github.backprop4j.training.LocalSteps;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A training's network in an executor with a thread that passes slices: one for each task that runs at once. */
final class Replica implements AutoCloseable {

    private final TrainingSettings settings;
    private final ImageBatches batches;
    private final Workers workers = new Workers(1);
    private final LocalGradients gradients = new LocalGradients(workers);
    private final LocalCopy copy;
    private final Network network;
    private int epoch;
    private ImageBatches.Pass pass;

    /** @param start of the training's architecture; its parameters come with each task */
    Replica(TrainingSettings settings, Network start, Images images) {
        this.settings = settings;
        network = start.using(settings.engine(), settings.precision()).freeze(settings.frozenAtFirst());
        batches = Training.batches(settings, images);
        int steps = settings.epochs() * batches.perEpoch();
        copy = new LocalCopy(settings, Training.updater(settings, steps), workers);
    }

    /**
     * Passes some slices.
     *
     * @param parameters all of the network's as they are before the step, as bytes
     */
    SliceSums pass(StepTask task, byte[] parameters) {
        Rows.write(parameters, network.parameters().row(), 0);
        ImageBatches.Pass position = at(task.epoch(), task.batchOfEpoch());
        Slices cut = Slices.even(position.currentSize(), settings.ghostBatch());
        MiniBatch batch = position.current(cut.from(task.from()), cut.to(task.to() - 1));
        boolean frozen = settings.freezeAfter() > 0 && task.epoch() > settings.freezeAfter();
        GradientSource.Step step = new GradientSource.Step(frozen ? network.freeze(settings.freeze()) : network, batch,
                settings, task.step(), task.epoch(), task.batchOfEpoch());
        ArrayList<SliceSums.Slice> slices = new ArrayList<>();
        long start = System.nanoTime();
        List<LocalGradients.Node> sums = gradients.sums(step, task.from(), task.to(), (loss, correct, statistics) ->
                slices.add(new SliceSums.Slice(loss, correct, Rows.bytes(statistics))));
        double seconds = (System.nanoTime() - start) * 1e-9;
        ArrayList<SliceSums.Node> nodes = new ArrayList<>();
        sums.forEach(each -> nodes.add(new SliceSums.Node(each.level(), each.index(), Rows.bytes(each.sum()))));
        return new SliceSums(slices, nodes, seconds, 0, "");
    }

    /**
     * Takes some steps with a copy of the network.
     *
     * @param parameters all of the network's as they are before the steps, as bytes, like those of the optimizer
     */
    CopyBytes take(LocalSteps.Span span, LocalCopy.Share share, byte[] parameters, byte[] optimizer) {
        Rows.write(parameters, network.parameters().row(), 0);
        INDArray numbers = Rows.row(optimizer);
        ImageBatches.Pass position = at(span.epoch(), span.batchOfEpoch() - 1);
        long start = System.nanoTime();
        LocalSteps.Copy taken = copy.take(span, share, network, numbers, position);
        return CopyBytes.of(taken, (System.nanoTime() - start) * 1e-9);
    }

    /** Steps come in their order, unless a task is run again, and then the pass is begun again. */
    private ImageBatches.Pass at(int wantedEpoch, int wanted) {
        if (pass == null || wantedEpoch != epoch || wanted < pass.number()) {
            pass = batches.epoch(wantedEpoch);
            epoch = wantedEpoch;
        }
        while (pass.number() < wanted) {
            pass.advance();
        }
        return pass;
    }

    /** Ends its thread. */
    @Override
    public void close() {
        workers.close();
    }
}
