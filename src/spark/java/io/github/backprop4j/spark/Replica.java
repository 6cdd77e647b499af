package io.github.backprop4j.spark;

import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.parallel.Natives;
import io.github.backprop4j.parallel.Slices;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.training.GradientSource;
import io.github.backprop4j.training.LocalCopy;
import io.github.backprop4j.training.LocalGradients;
import io.github.backprop4j.training.LocalSteps;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that an executor needs to pass slices of a training's mini-batches: settings, the network as it begins, and the images
 * as bytes. Spark carries it to each executor once; what is made of it there stays there, and the tasks share it.
 */
final class Replica implements Serializable {

    private static final long serialVersionUID = 1;

    private final Recipe recipe;
    private final byte[] model;
    private final ImageBytes images;

    private transient Deque<Passer> idle;

    private Replica(Training training, byte[] model) {
        recipe = Recipe.of(training.settings());
        this.model = model;
        images = ImageBytes.of(training.images());
    }

    /** @throws IOException if the network cannot be written to the folder for temporary files */
    static Replica of(Training training) throws IOException {
        Path file = Files.createTempFile("backprop4j-start", ".npz");
        try {
            training.start().save(file);
            return new Replica(training, Files.readAllBytes(file));
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Passes some slices.
     *
     * @param parameters all of the network's as they are before the step, as bytes
     */
    SliceSums pass(StepTask task, byte[] parameters) {
        return with(passer -> passer.pass(task, parameters), SliceSums::failed);
    }

    /**
     * Takes some steps with a copy of the network.
     *
     * @param part which share of each mini-batch is learnt, of how many parts
     * @param parameters all of the network's as they are before the steps, as bytes, like those of the optimizer
     */
    CopyBytes take(LocalSteps.Span span, int part, int parts, byte[] parameters, byte[] optimizer) {
        return with(passer -> passer.take(span, part, parts, parameters, optimizer), CopyBytes::failed);
    }

    private <R> R with(Function<Passer, R> work, Function<String, R> failed) {
        Natives.load();
        Optional<String> problem = recipe.mixture();
        if (problem.isPresent()) {
            return failed.apply(problem.get());
        }
        Passer passer = take();
        try {
            return work.apply(passer);
        } finally {
            giveBack(passer);
        }
    }

    private synchronized Passer take() {
        if (idle == null) {
            idle = new ArrayDeque<>();
        }
        return idle.isEmpty() ? new Passer(recipe.settings(), network(), images.images()) : idle.pop();
    }

    private synchronized void giveBack(Passer passer) {
        idle.push(passer);
    }

    /** Ends the threads of this process that are idle; those of executors end with them. */
    synchronized void close() {
        if (idle != null) {
            idle.forEach(passer -> passer.workers.close());
            idle = null;
        }
    }

    private Network network() {
        try {
            Path file = Files.createTempFile("backprop4j-start", ".npz");
            try {
                Files.write(file, model);
                return Network.load(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A network and a thread that passes slices through it: one for each task that runs at once. */
    private static final class Passer {

        private final TrainingSettings settings;
        private final ImageBatches batches;
        private final Workers workers = new Workers(1);
        private final LocalGradients gradients = new LocalGradients(workers);
        private Network network;
        private boolean freezes;
        private int epoch;
        private ImageBatches.Pass pass;

        Passer(TrainingSettings settings, Network start, Images images) {
            this.settings = settings;
            network = start.using(settings.engine(), settings.precision()).freeze(settings.frozenAtFirst());
            freezes = settings.freezeAfter() > 0;
            batches = Training.batches(settings, images);
        }

        SliceSums pass(StepTask task, byte[] parameters) {
            long start = System.nanoTime();
            if (freezes && task.epoch() > settings.freezeAfter()) {
                network = network.freeze(settings.freeze());
                freezes = false;
            }
            Rows.write(parameters, network.parameters().row(), 0);
            GradientSource.Step step = new GradientSource.Step(
                    network, batch(task), settings, task.step(), task.epoch(), task.batchOfEpoch());
            ArrayList<SliceSums.Slice> slices = new ArrayList<>();
            List<LocalGradients.Node> sums = gradients.sums(step, task.from(), task.to(), (loss, correct, statistics) ->
                    slices.add(new SliceSums.Slice(loss, correct, Rows.bytes(statistics))));
            ArrayList<SliceSums.Node> nodes = new ArrayList<>();
            sums.forEach(each -> nodes.add(new SliceSums.Node(each.level(), each.index(), Rows.bytes(each.sum()))));
            return new SliceSums(slices, nodes, (System.nanoTime() - start) * 1e-9, "");
        }

        CopyBytes take(LocalSteps.Span span, int part, int parts, byte[] parameters, byte[] optimizer) {
            long start = System.nanoTime();
            Rows.write(parameters, network.parameters().row(), 0);
            int steps = settings.epochs() * batches.perEpoch();
            LocalCopy copy = new LocalCopy(settings, Training.updater(settings, steps), workers, part, parts);
            LocalSteps.Copy taken = copy.take(
                    span, network, Rows.row(optimizer), before(span.epoch(), span.batchOfEpoch()));
            return CopyBytes.of(taken, (System.nanoTime() - start) * 1e-9);
        }

        private MiniBatch batch(StepTask task) {
            ImageBatches.Pass position = before(task.epoch(), task.batchOfEpoch());
            Slices slices = Slices.even(position.nextSize(), settings.ghostBatch());
            return position.next(slices.from(task.from()), slices.to(task.to() - 1));
        }

        /** Mini-batches come in their order, unless a task is run again. */
        private ImageBatches.Pass before(int wantedEpoch, int wanted) {
            if (pass == null || wantedEpoch != epoch || wanted < pass.number()) {
                pass = batches.epoch(wantedEpoch);
                epoch = wantedEpoch;
            }
            while (pass.number() < wanted) {
                pass.skip();
            }
            return pass;
        }
    }
}
