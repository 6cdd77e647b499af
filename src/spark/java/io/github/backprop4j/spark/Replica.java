package io.github.backprop4j.spark;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.training.GradientSource;
import io.github.backprop4j.training.LocalGradients;
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
import java.util.Iterator;
import java.util.List;

/**
 * All that an executor needs to pass slices of a training's mini-batches: its settings, the network as it begins and the
 * images, as bytes. Spark broadcasts it once; what is made of it then stays with the executor, whose tasks share it.
 */
final class Replica implements Serializable {

    private static final long serialVersionUID = 1;

    private final String settings;
    private final String platform;
    private final byte[] model;
    private final int channels;
    private final int height;
    private final int width;
    private final ArrayList<String> classNames;
    private final byte[] pixels;
    private final int[] labels;

    private transient Opened opened;

    private Replica(Training training, byte[] model) {
        Images images = training.images();
        settings = training.settings().toJson();
        platform = platform(training.settings());
        this.model = model;
        channels = images.channels();
        height = images.height();
        width = images.width();
        classNames = new ArrayList<>(images.classNames());
        pixels = images.pixels();
        labels = images.labels();
    }

    static Replica of(Training training) throws IOException {
        Path file = Files.createTempFile("backprop4j-start", ".npz");
        try {
            training.start().save(file);
            return new Replica(training, Files.readAllBytes(file));
        } finally {
            Files.delete(file);
        }
    }

    private static String platform(TrainingSettings settings) {
        return Platform.here(settings.engine(), settings.precision()).toString();
    }

    /**
     * Passes some slices.
     *
     * @param parameters the trained ones as they are before the step, as bytes
     */
    SliceSums pass(StepTask task, byte[] parameters) {
        Opened replica = opened();
        Passer passer = replica.take();
        try {
            return passer.pass(task, parameters, replica.batch(task.epoch(), task.batchOfEpoch()));
        } finally {
            replica.giveBack(passer);
        }
    }

    private synchronized Opened opened() {
        if (opened == null) {
            opened = new Opened();
        }
        return opened;
    }

    /** What an executor makes of it. */
    private final class Opened {

        private final TrainingSettings its = TrainingSettings.fromJson(settings);
        private final Batches batches;
        private final Deque<Passer> idle = new ArrayDeque<>();
        private int epoch;
        private int next;
        private Iterator<MiniBatch> epochs;
        private MiniBatch last;

        Opened() {
            String here = platform(its);
            if (!here.equals(platform)) {
                throw new InvalidInputException("executor: computes with " + here + ", but the driver with " + platform
                        + ", and their bits would differ; give all of them the same library, libraries and kind of processor");
            }
            batches = Training.batches(its, new Images(channels, height, width, classNames, pixels, labels));
        }

        /** Mini-batches are wanted in their order, unless a task is run again; each is made once. */
        synchronized MiniBatch batch(int wantedEpoch, int wanted) {
            if (wantedEpoch != epoch || wanted < next - 1) {
                epochs = batches.epoch(wantedEpoch);
                epoch = wantedEpoch;
                next = 0;
            }
            for (; next <= wanted; next++) {
                last = epochs.next();
            }
            return last;
        }

        synchronized Passer take() {
            return idle.isEmpty() ? new Passer(its, network()) : idle.pop();
        }

        synchronized void giveBack(Passer passer) {
            idle.push(passer);
        }

        private Network network() {
            try {
                Path file = Files.createTempFile("backprop4j-start", ".npz");
                try {
                    Files.write(file, model);
                    return Network.load(file).using(its.engine(), its.precision()).freeze(its.frozenAtFirst());
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A network of its own and a thread that passes slices through it: one for each task that runs at once. */
    private static final class Passer {

        private final TrainingSettings settings;
        private final LocalGradients gradients = new LocalGradients(new Workers(1));
        private Network network;
        private boolean freezes;

        Passer(TrainingSettings settings, Network network) {
            this.settings = settings;
            this.network = network;
            freezes = settings.freezeAfter() > 0;
        }

        SliceSums pass(StepTask task, byte[] parameters, MiniBatch batch) {
            long start = System.nanoTime();
            if (freezes && task.epoch() > settings.freezeAfter()) {
                network = network.freeze(settings.freeze());
                freezes = false;
            }
            Rows.read(parameters, network.parameters().trained());
            SliceSums sums = new SliceSums();
            GradientSource.Step step = new GradientSource.Step(
                    network, batch, settings, task.step(), task.epoch(), task.batchOfEpoch());
            List<LocalGradients.Node> nodes = gradients.sums(step, task.from(), task.to(), sums::add);
            for (LocalGradients.Node node : nodes) {
                sums.add(node.level(), node.index(), Rows.bytes(node.sum()));
            }
            sums.took((System.nanoTime() - start) * 1e-9);
            return sums;
        }
    }
}
