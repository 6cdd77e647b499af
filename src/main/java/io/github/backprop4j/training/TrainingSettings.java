package io.github.backprop4j.training;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Datasets;
import io.github.backprop4j.data.Fit;
import io.github.backprop4j.data.ImageReading;
import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.data.Splitting;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.files.Json;
import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import io.github.backprop4j.parallel.Slices;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import org.nd4j.shade.jackson.databind.annotation.JsonDeserialize;
import org.nd4j.shade.jackson.databind.annotation.JsonNaming;
import org.nd4j.shade.jackson.databind.annotation.JsonPOJOBuilder;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Everything that decides what a training results in: equal settings and equal data give the same network to the bit on
 * the same {@link io.github.backprop4j.network.Platform}: engine, versions of this library, ND4J, OpenBLAS and oneDNN, and
 * the kernels that these choose for the processor. {@link Training} carries them out.
 *
 * <p>They are the options of {@code train}, by the same names, and the content of {@code settings.json}. Each default
 * stands in {@link Builder} and nowhere else.
 *
 * @param data the name of a data set or its directory, as {@link Datasets#open} takes it; a directory is made absolute
 * @param layers the text form of the layers, with nothing left out; null for those of the model to go on from
 * @param epochs passes over the training images, at least 1
 * @param batchSize images to a step, at least 1
 * @param optimizer how gradients become steps
 * @param learningRate the highest of the schedule, finite and at least 0
 * @param schedule how the learning rate changes from step to step
 * @param l2 {@code l2 · w} is added to the gradient of each weight w, biases excepted; finite and at least 0
 * @param clipNorm a gradient of all parameters with a larger Euclidean norm is scaled down to this one; 0 for never
 * @param augment how training images are changed at random
 * @param validation share of the training images that is set apart to choose the best epoch by, at least 0 and below 1
 * @param patience the training stops after so many epochs without a lower validation loss, of which those are not counted in
 *     which the rate of {@link Schedule#ONE_CYCLE} rises, the first nine of twenty, or that of {@link Schedule#TRIANGULAR},
 *     the first 23 of a hundred; 0 for never
 * @param engine what computes the layers; must be there where the training runs
 * @param precision of what convolutions multiply; other than float32 takes engine onednn
 * @param seed decides all that is random
 * @param limit the first so many training images are used only; null for all
 * @param checkpointEvery a checkpoint is written after so many steps, if there is a directory for it; at least 1
 * @param from a model file to go on from, with its layers and its scaling of images; null to begin anew
 * @param freeze so many of the first layers are left as they are; at least 0, and 0 without {@code from} unless there is
 *     {@code freezeAfter}
 * @param size of the images that are read from folders; null for theirs, or a usual one, as
 *     {@link io.github.backprop4j.data.ImageFolder} tells, or that of the model to go on from
 * @param gray whether images in folders become grey
 * @param fit what is done with images in folders that have other proportions
 * @param balance whether the images of a rare class weigh more in the loss of training, so that each class weighs the same:
 *     {@code N / (K · n_k)}, as {@link io.github.backprop4j.data.Images#balancingWeights} has it
 * @param strict whether a file in a folder of images that cannot be read as one is refused; otherwise it is left out
 * @param split which images are set apart
 * @param labelSmoothing s, at least 0 and below 1: in the loss of training, K classes have the labels {@code (1 - s)·label +
 *     s/K} ({@link io.github.backprop4j.network.Loss}); those of validation and test stay as they are
 * @param lookahead after every N of all T steps, after the t-th of them, {@code slow ← d·slow + (1 - d)·fast} and
 *     {@code fast ← slow} for all parameters and running statistics and a slow copy of them, with {@code d = 0.95^N ·
 *     (t/T)³}, and after the last step {@code fast ← slow} (Zhang et al., Lookahead Optimizer: k Steps Forward, 1 Step
 *     Back, NeurIPS 2019); at least 0, and 0 or more than T for never
 * @param weightDecay each weight w, biases and normalization excepted, also moves by {@code - rate · weightDecay · w} beside
 *     the step of the optimizer, w and the learning rate being those of the step (Loshchilov and Hutter, Decoupled Weight
 *     Decay Regularization, 2019); finite and at least 0; the optimizer must have a learning rate
 * @param rateFactors by what the learning rate of some kinds of parameters is multiplied; with any optimizer, each step of
 *     such parameters is, weight decay included
 * @param momentum of {@link Optimizer#NESTEROVS}, at least 0 and below 1; null for 0.9; no other optimizer takes one
 * @param ghostBatch images of a mini-batch that pass through the network together, and over which batch normalization takes
 *     its statistics (ghost batch normalization; Hoffer et al., Train Longer, Generalize Better, 2017): slices of at most so
 *     many, and at least two of a mini-batch of 32 or more ({@link io.github.backprop4j.parallel.Slices#even}); at least 1.
 *     Each is one thread's work, so that more of them serve more threads
 * @param batchnormMomentum the share of their old values that running statistics keep at each ghost batch, at least 0 and
 *     below 1; the k-th of the training has a share of at least 1/k. A mini-batch of 1024 images has eight ghost batches of
 *     128: to keep the share m at each mini-batch, take {@code m^(1/8)}, 0.938 for 0.6
 * @param freezeAfter in so many first epochs the first {@code freeze} layers are trained like the others, and behind them
 *     they are left as they are: images pass through them as in prediction, and their gradients are not computed, which is
 *     faster; at least 0, and 0 for frozen from the beginning
 * @param views of which views of an image the mean is taken when the trained network is tested, and later by those who use
 *     it; the validation in training takes the image alone
 */
@JsonNaming(KebabCaseStrategy.class)
@JsonDeserialize(builder = TrainingSettings.Builder.class)
public record TrainingSettings(String data, String layers, int epochs, int batchSize, Optimizer optimizer,
        double learningRate, Schedule schedule, double l2, double clipNorm, Augmentation augment, double validation,
        int patience, Engine engine, Precision precision, long seed, Integer limit, int checkpointEvery,
        String from, int freeze, ImageSize size, boolean gray, Fit fit, boolean balance,
        boolean strict, Splitting split, double labelSmoothing, int lookahead, double weightDecay,
        RateFactors rateFactors, Double momentum, int ghostBatch, double batchnormMomentum, int freezeAfter, Views views) {

    /** @throws InvalidInputException if a setting is out of range, or two do not go together */
    public TrainingSettings {
        data = Datasets.located(data);
        layers = layers == null ? null : Architecture.canonicalText(layers);
        from = from == null ? null : Path.of(from).toAbsolutePath().normalize().toString();
        Ranges.requireAtLeast(1, "epochs", epochs);
        Ranges.requireAtLeast(1, "batch size", batchSize);
        Ranges.requireNotNegative("learning rate", learningRate);
        Ranges.requireNotNegative("l2", l2);
        Ranges.requireNotNegative("clip norm", clipNorm);
        Ranges.requireBelowOne("validation", validation);
        Ranges.requireAtLeast(0, "patience", patience);
        Ranges.requireAtLeast(1, "checkpoint-every", checkpointEvery);
        Ranges.requireAtLeast(0, "freeze", freeze);
        Ranges.requireBelowOne("label smoothing", labelSmoothing);
        Ranges.requireAtLeast(0, "lookahead", lookahead);
        Ranges.requireNotNegative("weight decay", weightDecay);
        Ranges.requireAtLeast(1, "ghost batch", ghostBatch);
        Ranges.requireBelowOne("batchnorm momentum", batchnormMomentum);
        Ranges.requireAtLeast(0, "freeze after", freezeAfter);
        if (momentum != null) {
            optimizer.requireMomentum(momentum);
        }
        engine.requirePrecision(precision);
        if (limit != null) {
            Ranges.requireAtLeast(1, "limit", limit);
        }
        if (patience > 0 && validation == 0) {
            throw new InvalidInputException(
                    "patience: " + patience + ", but with validation 0 there is nothing to wait for");
        }
        if ((layers == null) != (from != null)) {
            throw new InvalidInputException(from == null ? "layers: none, expected their text"
                    : "layers: " + layers + ", but the model to go on from has its own; leave them out");
        }
        if (freezeAfter > 0 && freeze == 0) {
            throw new InvalidInputException(
                    "freeze after: " + freezeAfter + ", but with freeze 0 there is nothing to freeze");
        }
        if (freeze > 0 && freezeAfter == 0 && from == null) {
            throw new InvalidInputException("freeze: " + freeze + ", but without a model to go on from (--from) there is"
                    + " nothing worth keeping");
        }
    }

    /** Returns settings to change from their defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that begins with these settings. */
    public Builder toBuilder() {
        return new Builder().data(data).layers(layers).epochs(epochs).batchSize(batchSize).optimizer(optimizer)
                .learningRate(learningRate).schedule(schedule).l2(l2).clipNorm(clipNorm).augment(augment)
                .validation(validation).patience(patience).engine(engine).precision(precision).seed(seed).limit(limit)
                .checkpointEvery(checkpointEvery).from(from).freeze(freeze)
                .size(size).gray(gray).fit(fit).balance(balance).strict(strict).split(split)
                .labelSmoothing(labelSmoothing).lookahead(lookahead).weightDecay(weightDecay).rateFactors(rateFactors)
                .momentum(momentum).ghostBatch(ghostBatch).batchnormMomentum(batchnormMomentum)
                .freezeAfter(freezeAfter).views(views);
    }

    /** Returns the optimizer with its momentum, and a learning rate that changes from step to step. */
    IUpdater updater(ISchedule schedule) {
        return optimizer.with(schedule, momentum);
    }

    /** Returns how many of the first layers are left as they are from the beginning. */
    public int frozenAtFirst() {
        return freezeAfter > 0 ? 0 : freeze;
    }

    /** Returns how images in folders are read. */
    public ImageReading reading() {
        return new ImageReading(size, gray, fit, strict);
    }

    /** Returns the settings as {@code settings.json} has them, by the names of the command line's options. */
    public JsonNode toJson() {
        return Json.tree(this);
    }

    /**
     * Returns the settings that decide the result, as JSON that tells nothing of this machine: of {@code from} it has the
     * file's name only, and not {@code data}, {@code checkpoint-every} and {@code strict}.
     */
    ObjectNode recipe() {
        ObjectNode recipe = toJson().deepCopy();
        recipe.remove(List.of("data", "checkpoint-every", "strict"));
        if (from != null) {
            recipe.put("from", Path.of(from).getFileName().toString());
        }
        return recipe;
    }

    /**
     * Reads settings from JSON; what is left out has its default.
     *
     * @throws IllegalArgumentException if a name or a value is none of the settings', or out of range
     */
    public static TrainingSettings fromJson(JsonNode json) {
        return Json.value("settings", json, TrainingSettings.class);
    }

    /** Settings to be changed one by one. */
    @JsonNaming(KebabCaseStrategy.class)
    @JsonPOJOBuilder(withPrefix = "")
    public static final class Builder {

        private static final String NOTEBOOK_LAYERS =
                "conv:10:5,relu,pool:2,conv:20:5,relu,pool:2,dense:100,relu,dropout:0.25";

        private String data = Datasets.SHAPES;
        private String layers;
        private int epochs = 8;
        private int batchSize = 64;
        private Optimizer optimizer = Optimizer.ADAM;
        private Double learningRate;
        private Schedule schedule = Schedule.ONE_CYCLE;
        private double l2;
        private double clipNorm;
        private Augmentation augment = Augmentation.NONE;
        private double validation = 0.1;
        private int patience;
        private Engine engine = Engine.fastest();
        private Precision precision = Precision.FLOAT32;
        private long seed = 1;
        private Integer limit;
        private int checkpointEvery = 500;
        private String from;
        private int freeze;
        private ImageSize size;
        private boolean gray;
        private Fit fit = Fit.CROP;
        private boolean balance;
        private boolean strict;
        private Splitting split = Splitting.STRATIFIED;
        private double labelSmoothing;
        private int lookahead;
        private double weightDecay;
        private RateFactors rateFactors = RateFactors.NONE;
        private Double momentum;
        private int ghostBatch = Slices.LARGEST;
        private double batchnormMomentum = 0.99;
        private int freezeAfter;
        private Views views = Views.ONE;

        private Builder() {}

        /** Sets the data set, {@code shapes}, which are drawn, unless given. */
        public Builder data(String nameOrDirectory) {
            data = nameOrDirectory;
            return this;
        }

        /** Sets the layers; null, the default, for those of the model to go on from, or else the notebook's with dropout. */
        public Builder layers(String text) {
            layers = text;
            return this;
        }

        /** Sets the passes over the training images. */
        public Builder epochs(int count) {
            epochs = count;
            return this;
        }

        /** Sets the images to a step. */
        public Builder batchSize(int images) {
            batchSize = images;
            return this;
        }

        /** Sets the optimizer. */
        public Builder optimizer(Optimizer choice) {
            optimizer = choice;
            return this;
        }

        /** Sets the highest learning rate; null, the default, for one that suits the optimizer. */
        public Builder learningRate(Double rate) {
            learningRate = rate;
            return this;
        }

        /** Sets how the learning rate changes. */
        public Builder schedule(Schedule choice) {
            schedule = choice;
            return this;
        }

        /** Sets the L2 penalty of the weights. */
        public Builder l2(double penalty) {
            l2 = penalty;
            return this;
        }

        /** Sets the largest norm of a step's gradient. */
        public Builder clipNorm(double norm) {
            clipNorm = norm;
            return this;
        }

        /** Sets how training images are changed at random. */
        public Builder augment(Augmentation changes) {
            augment = changes == null ? Augmentation.NONE : changes;
            return this;
        }

        /** Sets the share of the training images that is set apart. */
        public Builder validation(double share) {
            validation = share;
            return this;
        }

        /** Sets the epochs without a lower validation loss to stop after. */
        public Builder patience(int epochsToWait) {
            patience = epochsToWait;
            return this;
        }

        /** Sets what computes the layers; the default is the fastest that is there. */
        public Builder engine(Engine choice) {
            engine = choice;
            return this;
        }

        /** Sets the precision of what convolutions multiply. */
        public Builder precision(Precision operands) {
            precision = operands;
            return this;
        }

        /** Sets what decides all that is random. */
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        /** Sets how many of the first training images are used; null for all. */
        public Builder limit(Integer images) {
            limit = images;
            return this;
        }

        /** Sets the steps from one checkpoint to the next. */
        public Builder checkpointEvery(int steps) {
            checkpointEvery = steps;
            return this;
        }

        /** Sets the model file to go on from; null to begin anew. */
        public Builder from(String model) {
            from = model;
            return this;
        }

        /** Sets how many of the first layers are left as they are. */
        public Builder freeze(int count) {
            freeze = count;
            return this;
        }

        /** Sets the size of images that are read from folders; null, the default, for one that suits them. */
        public Builder size(ImageSize heightAndWidth) {
            size = heightAndWidth;
            return this;
        }

        /** Sets whether images in folders become grey. */
        public Builder gray(boolean withoutColours) {
            gray = withoutColours;
            return this;
        }

        /** Sets what is done with images in folders that have other proportions. */
        public Builder fit(Fit choice) {
            fit = choice;
            return this;
        }

        /** Sets whether each class weighs the same in the loss of training. */
        public Builder balance(boolean each) {
            balance = each;
            return this;
        }

        /** Sets whether a file in a folder of images that cannot be read is refused. */
        public Builder strict(boolean refusing) {
            strict = refusing;
            return this;
        }

        /** Sets which images are set apart. */
        public Builder split(Splitting choice) {
            split = choice;
            return this;
        }

        /** Sets how much of each label of training is shared out among all classes. */
        public Builder labelSmoothing(double share) {
            labelSmoothing = share;
            return this;
        }

        /** Sets after how many steps the weights are averaged with a slow copy; 0 for never. */
        public Builder lookahead(int steps) {
            lookahead = steps;
            return this;
        }

        /** Sets the decay of the weights, beside the optimizer's step. */
        public Builder weightDecay(double decay) {
            weightDecay = decay;
            return this;
        }

        /** Sets by what the learning rate of some kinds of parameters is multiplied. */
        public Builder rateFactors(RateFactors factors) {
            rateFactors = factors == null ? RateFactors.NONE : factors;
            return this;
        }

        /** Sets the momentum of {@link Optimizer#NESTEROVS}; null, the default, for its own. */
        public Builder momentum(Double share) {
            momentum = share;
            return this;
        }

        /** Sets the images that pass through the network together, over which batch normalization takes its statistics. */
        public Builder ghostBatch(int images) {
            ghostBatch = images;
            return this;
        }

        /** Sets the share of the old that running statistics keep at each ghost batch. */
        public Builder batchnormMomentum(double share) {
            batchnormMomentum = share;
            return this;
        }

        /** Sets after which epoch the first layers are left as they are; 0, the default, for from the beginning. */
        public Builder freezeAfter(int epoch) {
            freezeAfter = epoch;
            return this;
        }

        /** Sets of which views of an image the mean is taken in the test. */
        public Builder views(Views ofAnImage) {
            views = ofAnImage == null ? Views.ONE : ofAnImage;
            return this;
        }

        /** @throws InvalidInputException if a setting is out of range, or two do not go together */
        public TrainingSettings build() {
            String text = layers == null && from == null ? NOTEBOOK_LAYERS : layers;
            return new TrainingSettings(data, text, epochs, batchSize, optimizer,
                    learningRate == null ? optimizer.learningRate() : learningRate, schedule, l2, clipNorm, augment,
                    validation, patience, engine, precision, seed, limit, checkpointEvery, from, freeze,
                    size, gray, fit, balance, strict, split, labelSmoothing, lookahead, weightDecay, rateFactors,
                    momentum, ghostBatch, batchnormMomentum, freezeAfter, views);
        }
    }
}
