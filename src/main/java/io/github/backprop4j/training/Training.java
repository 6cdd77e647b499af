package io.github.backprop4j.training;

import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.ImageReading;
import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.Split;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.ModelImages;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Platform;
import io.github.backprop4j.parallel.Natives;
import io.github.backprop4j.parallel.Slices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A training as its settings have it, of the images of a data set: from the random start or the model to go on from to the
 * trained network, which carries the settings and the digest of its data with it.
 *
 * <pre>{@code
 * TrainingSettings settings = TrainingSettings.builder().data("cifar10").epochs(15).build();
 * Training training = Training.of(settings);
 * Network network = training.run().network();
 * network.save(Path.of("model.npz"));
 * double accuracy = Evaluator.evaluate(network, training.dataset().test(), settings.views()).accuracy();
 * }</pre>
 */
public final class Training {

    /** Images whose patches are known well enough. */
    private static final int SAMPLE = 5000;
    /** Numbers of them, in memory a few times over: 256 MB each time. */
    private static final int SAMPLE_PIXELS = 1 << 26;

    private final TrainingSettings settings;
    private final Dataset dataset;
    private final Images images;
    private final ImageBatches batches;
    private final Optional<Batches> validation;
    private final Optional<Images> validationImages;
    private final Network start;

    private Training(TrainingSettings settings, Dataset dataset, Optional<Network> base) {
        Images all = limited(dataset.training(), settings.limit());
        Optional<Split> split = split(settings, all);
        this.settings = settings;
        this.dataset = dataset;
        images = split.map(Split::training).orElse(all);
        batches = batches(settings, images);
        validationImages = split.map(Split::validation);
        validation = validationImages.map(Evaluator::batches);
        start = base.map(model -> model.forClasses(images.classNames()))
                .orElseGet(() -> Network.initialize(
                        architecture(settings, images), scaling(images), settings.seed(), () -> sample(images)))
                .using(settings.engine(), settings.precision()).freeze(settings.frozenAtFirst())
                .with(Optional.of(card(settings, dataset.name(), all)));
    }

    private static Optional<Split> split(TrainingSettings settings, Images all) {
        return settings.validation() == 0 ? Optional.empty()
                : Optional.of(Split.of(all, settings.validation(), settings.seed(), settings.split()));
    }

    private static Architecture architecture(TrainingSettings settings, Images images) {
        return Architecture.parse(
                settings.layers(), images.channels(), images.height(), images.width(), images.classNames());
    }

    /** Returns the images that layers begin with that look at some: the first, as many as are enough and fit into memory. */
    private static INDArray sample(Images images) {
        int count = Math.max(1, Math.min(Math.min(SAMPLE, images.count()), SAMPLE_PIXELS / images.size()));
        float[] pixels = new float[count * images.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = images.pixels()[i] & 0xff;
        }
        return Nd4j.create(pixels, new long[] {count, images.channels(), images.height(), images.width()}, 'c');
    }

    /**
     * Makes ready a training of the data set that its settings name; an image folder is read in the size of the images that
     * the model to go on from takes, if there is one.
     *
     * @throws InvalidInputException if the settings do not suit the images
     * @throws IOException if the data or the model to go on from cannot be read
     */
    public static Training of(TrainingSettings settings) throws IOException {
        Optional<Network> base = base(settings);
        return checked(new Training(settings, open(settings, base), base));
    }

    /**
     * Reads the data set that settings name, as {@link #of(TrainingSettings)} does, for settings that are still to be chosen
     * by what it holds ({@link Preset}).
     *
     * @throws InvalidInputException if the settings do not suit the images
     * @throws IOException if the data or the model to go on from cannot be read
     */
    public static Dataset open(TrainingSettings settings) throws IOException {
        return open(settings, base(settings));
    }

    private static Dataset open(TrainingSettings settings, Optional<Network> base) throws IOException {
        ImageReading reading = base.map(model -> ofModel(model, settings)).orElse(settings.reading());
        int limit = settings.limit() == null ? Integer.MAX_VALUE : settings.limit();
        Dataset dataset = Datasets.open(settings.data(), reading, limit);
        requireWanted(settings, dataset);
        return dataset;
    }

    /** Returns how many images an epoch would have of these, without those over the limit and those for validation. */
    public static int imagesPerEpoch(TrainingSettings settings, Images training) {
        Images limited = limited(training, settings.limit());
        return split(settings, limited).map(Split::training).orElse(limited).count();
    }

    private static ImageReading ofModel(Network model, TrainingSettings settings) {
        ImageReading reading = ModelImages.reading(model).strict(settings.strict());
        if (settings.fit() != reading.fit()) {
            throw new InvalidInputException("fit: " + settings.fit() + ", but the images of the model to go on from were read"
                    + " with " + reading.fit() + "; give the same");
        }
        if (settings.size() != null && !settings.size().equals(reading.size())) {
            throw new InvalidInputException("size: " + settings.size() + ", but the model to go on from takes images of "
                    + reading.size() + "; leave it out");
        }
        if (settings.gray() && !reading.gray()) {
            throw new InvalidInputException("gray: but the model to go on from takes images in colour; leave it out");
        }
        return reading;
    }

    /** Data with a size of its own cannot have another. */
    private static void requireWanted(TrainingSettings settings, Dataset dataset) {
        ImageSize found = new ImageSize(dataset.training().height(), dataset.training().width());
        if (settings.size() != null && !settings.size().equals(found)) {
            throw new InvalidInputException("size: " + settings.size() + ", but the images of " + dataset.name() + " are "
                    + found + " and only those in folders are scaled; leave it out");
        }
        if (settings.gray() && dataset.training().channels() != 1) {
            throw new InvalidInputException("gray: but the images of " + dataset.name()
                    + " are in colour and only those in folders are changed; leave it out");
        }
    }

    /**
     * Makes ready a training of a data set.
     *
     * @param settings of which {@code data} is not looked at
     * @param dataset its training images are trained on
     * @throws InvalidInputException if the settings do not suit the images
     * @throws IOException if the model to go on from cannot be read
     */
    public static Training of(TrainingSettings settings, Dataset dataset) throws IOException {
        return checked(new Training(settings, dataset, base(settings)));
    }

    /**
     * Makes ready a training that goes on from a model, where its file is somewhere else than the settings say.
     *
     * @param settings of which {@code data} is not looked at
     * @param dataset its training images are trained on
     * @param from the content of the model's file, wherever it is
     * @throws InvalidInputException if the settings do not suit the images
     * @throws IOException if the model cannot be read
     */
    public static Training of(TrainingSettings settings, Dataset dataset, Path from) throws IOException {
        return checked(new Training(settings, dataset, Optional.of(base(from))));
    }

    private static Optional<Network> base(TrainingSettings settings) throws IOException {
        return settings.from() == null ? Optional.empty() : Optional.of(base(Path.of(settings.from())));
    }

    private static Network base(Path model) throws IOException {
        return Network.load(model).castTo(DataType.FLOAT);
    }

    private static Training checked(Training training) {
        TrainingSettings settings = training.settings;
        Images images = training.images;
        Architecture architecture = training.start.architecture();
        long steps = (long) settings.epochs() * training.batches.perEpoch();
        if (steps > Integer.MAX_VALUE) {
            throw new InvalidInputException("epochs: " + settings.epochs() + " would be " + steps
                    + " steps, expected at most " + Integer.MAX_VALUE);
        }
        Trainer.requireFreezable(settings, training.start);
        settings.views().requireFits(architecture);
        int least = training.start.leastExamples();
        if (settings.batchSize() < least) {
            throw new InvalidInputException("batch size: " + settings.batchSize() + ", but batch normalization of single"
                    + " numbers compares at least " + least + " images; use a larger one");
        }
        if (images.count() < least) {
            throw new InvalidInputException("data: " + images.count() + " image to train with, but batch normalization of"
                    + " single numbers compares at least " + least);
        }
        Slices slices = Slices.even(Math.min(settings.batchSize(), images.count()), settings.ghostBatch());
        if (slices.size(0) < least) {
            throw new InvalidInputException("ghost batch: " + settings.ghostBatch() + " cuts mini-batches into parts of "
                    + slices.size(0) + " image, but batch normalization of single numbers compares at least " + least
                    + "; use a larger one");
        }
        if (architecture.channels() != images.channels() || architecture.height() != images.height()
                || architecture.width() != images.width()) {
            throw new InvalidInputException("from: " + settings.from() + " takes images of " + architecture.channels() + "x"
                    + architecture.height() + "x" + architecture.width() + ", but those of the data are "
                    + images.channels() + "x" + images.height() + "x" + images.width()
                    + " (channels, height, width); name data of that kind, or train anew without it");
        }
        return training;
    }

    private static Images limited(Images images, Integer limit) {
        if (limit == null) {
            return images;
        }
        if (limit > images.count()) {
            throw new InvalidInputException("limit: " + limit + ", expected 1 to the " + images.count()
                    + " training images");
        }
        return limit == images.count() ? images : images.range(0, limit);
    }

    /** What does not decide the result, or tells of this machine, is left out: equal trainings give equal files. */
    private static ModelCard card(TrainingSettings settings, String data, Images images) {
        return new ModelCard(ModelCard.libraryVersion(), settings.seed(), data, images.digest(), settings.recipe(),
                List.of(Platform.here(settings.engine(), settings.precision())));
    }

    /** Returns how images are scaled for a network that is to learn from these: centred, in units of their deviation. */
    public static InputScaling scaling(Images images) {
        Natives.load();
        double deviation = images.standardDeviation();
        return new InputScaling(Nd4j.create(images.meanImage(),
                new long[] {images.channels(), images.height(), images.width()}, 'c'),
                deviation > 0 ? 1 / deviation : 1);
    }

    /** Returns how many images an epoch has, those for validation not among them. */
    public int imagesPerEpoch() {
        return images.count();
    }

    /** Returns a trainer with the settings and their schedule, to be completed with listeners and a directory. */
    public Trainer.Builder trainer() {
        int steps = settings.epochs() * batches.perEpoch();
        return Trainer.builder(settings).steps(steps).updater(updater(settings, steps))
                .patientUntil(settings.schedule().warmUp(settings.epochs()));
    }

    /**
     * Returns the optimizer of a training with its schedule.
     *
     * @param steps of the whole training
     */
    public static IUpdater updater(TrainingSettings settings, int steps) {
        return settings.updater(settings.schedule().of(steps, settings.learningRate()));
    }

    /** Returns what it was made of. */
    public TrainingSettings settings() {
        return settings;
    }

    /**
     * Returns a trainer for a trial of learning rates, to be run by {@link #runUnvalidated}. What goes by the length of a
     * training has no part in it: neither lookahead nor layers that are frozen later.
     */
    Trainer.Builder trainer(ExponentialRise rates) {
        int epochs = (rates.steps() - 1) / batches.perEpoch() + 1;
        return Trainer.builder(settings.toBuilder().epochs(epochs).patience(0).lookahead(0)
                .freeze(settings.frozenAtFirst()).freezeAfter(0).build()).updater(settings.updater(rates));
    }

    /** Returns the data set, of which the test images are for judging the result. */
    public Dataset dataset() {
        return dataset;
    }

    /** Returns the mini-batches to train on: each epoch's images in its order, changed as they are for the training. */
    public Batches batches() {
        return batches;
    }

    /**
     * Returns the mini-batches that a training has.
     *
     * @param images of its training, as {@link #images} returns them
     */
    public static ImageBatches batches(TrainingSettings settings, Images images) {
        ImageBatches shuffled =
                ImageBatches.shuffled(images, settings.batchSize(), settings.augment(), settings.seed());
        return settings.balance() ? shuffled.balanced() : shuffled;
    }

    /** Returns the images to train on, those for validation not among them. */
    public Images images() {
        return images;
    }

    /** Returns how many mini-batches, and so steps, an epoch has. */
    public int stepsPerEpoch() {
        return batches.perEpoch();
    }

    /** Returns the images that are set apart for validation; empty if the settings want none. */
    public Optional<Images> validationImages() {
        return validationImages;
    }

    /** Returns the network that the training begins with. */
    public Network start() {
        return start;
    }

    /** Trains on all processors, without telling anybody; see {@link Trainer#train}. */
    public Trainer.Result run() {
        return run(trainer().build());
    }

    /**
     * Trains from the start; see {@link Trainer#train}.
     *
     * @param trainer made of {@link #trainer}
     */
    public Trainer.Result run(Trainer trainer) {
        return trainer.train(start, batches, validation);
    }

    /** Trains from the start to the last epoch, and does not evaluate the network with the validation data. */
    Trainer.Result runUnvalidated(Trainer trainer) {
        return trainer.train(start, batches);
    }

    /**
     * Goes on where a checkpoint was written; see {@link Trainer#resume}.
     *
     * @param trainer made of {@link #trainer}
     * @throws InvalidInputException if the checkpoint is of a training with other images (those for validation among them),
     *     labels, layers, classes or settings; a checkpoint that has no digest of its data is not compared with it
     */
    public Trainer.Result resume(Trainer trainer, TrainingState from) {
        Architecture found = from.network().architecture();
        Architecture expected = start.architecture();
        if (!found.equals(expected)) {
            throw new InvalidInputException("checkpoint: is of " + found.text() + " with the classes "
                    + found.classNames() + ", expected " + expected.text() + " with " + expected.classNames());
        }
        requireSameData(from.network().card().map(ModelCard::dataDigest));
        return trainer.resume(
                from.computedBy(settings.engine(), settings.precision(), settings.frozenAtFirst()), batches, validation);
    }

    /** @param then the digest of the data that the training was begun with; empty for one of before it was kept */
    private void requireSameData(Optional<String> then) {
        String now = start.card().map(ModelCard::dataDigest).orElseThrow();
        if (!then.orElse(now).equals(now)) {
            throw new InvalidInputException("data: " + dataset.name() + " has other training images or labels than when the"
                    + " training was begun (SHA-256 " + now + ", expected " + then.get()
                    + "); go on with those of then, or train anew");
        }
    }
}
