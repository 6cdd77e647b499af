package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.Split;
import io.github.backprop4j.data.Splitting;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingTest {

    private static final String RESIDUAL = "conv:4:3,batchnorm,relu,residual(conv:4:3,batchnorm,relu,conv:4:3,batchnorm),relu,"
            + "residual(conv:8:3:2,batchnorm,relu,conv:8:3,batchnorm|conv:8:1:2:0,batchnorm),relu,globalavgpool";

    @TempDir
    private Path folder;

    private static TrainingSettings.Builder small() {
        return TrainingSettings.builder().layers("conv:4:3,batchnorm,relu,pool:4,dense:12,relu,dropout:0.2")
                .epochs(2).batchSize(20).augment(new Augmentation(true, 2)).validation(0.25).seed(5);
    }

    /** With nothing of the settings left to {@link Training}. */
    @Test
    void isTheLongWayMadeShort() throws IOException {
        Dataset dataset = Fixtures.shapes(80);
        TrainingSettings settings = small().build();
        Network made = Training.of(settings, dataset).run().network();

        Split split = Split.of(dataset.training(), 0.25, 5, Splitting.STRATIFIED);
        Images images = split.training();
        Network start = Network.initialize(Architecture.parse(
                settings.layers(), 3, 32, 32, images.classNames()), Training.scaling(images), 5);
        Trainer trainer = Trainer.builder(settings)
                .updater(Optimizer.ADAM.with(Schedule.ONE_CYCLE.of(2 * 3, 0.003))).build();
        Network byHand = trainer.train(start, ImageBatches.shuffled(images, 20, new Augmentation(true, 2), 5),
                Optional.of(ImageBatches.inOrder(split.validation(), 512))).network();
        assertEquals(Fixtures.numbers(byHand), Fixtures.numbers(made));
    }

    /** At rate 0 no epoch is better than the first. */
    @ParameterizedTest
    @CsvSource({"one-cycle, 11", "triangular, 7", "cosine, 3"})
    void patienceCountsOnceTheRateHasRisen(String schedule, int epochs) throws IOException {
        TrainingSettings settings = small().layers("pool:8").epochs(20).patience(2).learningRate(0.0)
                .schedule(Schedule.valueOf(schedule.toUpperCase(Locale.ROOT).replace('-', '_'))).build();
        Trainer.Result result = Training.of(settings, Fixtures.shapes(40)).run();
        assertEquals(1, result.bestEpoch());
        assertEquals(epochs, result.history().size());
    }

    @Test
    void theNetworkCarriesWhereItComesFrom() throws IOException {
        Dataset dataset = Fixtures.shapes(40);
        TrainingSettings settings = small().checkpointEvery(7).build();
        Training.of(settings, dataset).run().network().save(folder.resolve("model.npz"));
        ModelCard card = Network.load(folder.resolve("model.npz")).card().orElseThrow();
        assertEquals(5, card.seed());
        assertEquals("shapes", card.data());
        assertEquals(dataset.training().digest(), card.dataDigest());
        assertEquals(ModelCard.libraryVersion(), card.version());
        assertEquals(small().build(), TrainingSettings.fromJson(card.settings()), "but for what does not decide the result");
        assertFalse(card.settings().has("data"), "a path of this machine");
    }

    @Test
    void theDigestIsOfEverything() {
        Images images = DrawnShapes.training(4);
        byte[] pixels = images.pixels().clone();
        pixels[77]++;
        int[] labels = images.labels().clone();
        labels[2] = (labels[2] + 1) % 10;
        List<String> names = new java.util.ArrayList<>(images.classNames());
        names.set(0, "other");
        assertEquals(64, images.digest().length());
        assertEquals(images.digest(), DrawnShapes.training(4).digest());
        assertNotEquals(images.digest(), new Images(3, 32, 32, images.classNames(), pixels, images.labels()).digest());
        assertNotEquals(images.digest(), new Images(3, 32, 32, images.classNames(), images.pixels(), labels).digest());
        assertNotEquals(images.digest(), new Images(3, 32, 32, names, images.pixels(), images.labels()).digest());
        assertNotEquals(images.digest(), new Images(3, 16, 64, images.classNames(), images.pixels(), images.labels()).digest());
    }

    @Test
    void equalTrainingsGiveEqualFilesWhateverTheThreads() throws IOException {
        Dataset dataset = Fixtures.shapes(60);
        byte[] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            Training training = Training.of(small().layers(RESIDUAL).checkpointEvery(threads).build(), dataset);
            training.run(training.trainer().threads(threads).build()).network().save(folder.resolve("model.npz"));
            byte[] found = Files.readAllBytes(folder.resolve("model.npz"));
            expected = expected == null ? found : expected;
            assertArrayEquals(expected, found, threads + " threads");
        }
    }

    /** Mean and deviation stay the same if images trade places, and if one for validation is another. */
    @Test
    void anyOtherDataIsFoundWhenATrainingGoesOn() throws IOException {
        Dataset dataset = Fixtures.shapes(20);
        TrainingSettings settings = small().validation(0.25).build();
        Training training = Training.of(settings, dataset);
        TrainingState state;
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            training.run(training.trainer().checkpoints(directory).stopWhen(() -> true).build());
            state = directory.latestCheckpoint().orElseThrow();
        }
        Images images = dataset.training();
        int[] order = IntStream.range(0, 20).toArray();
        order[3] = 4;
        order[4] = 3;
        byte[] validated = images.pixels().clone();
        byte[] one = training.validationImages().orElseThrow().subset(new int[] {0}).pixels();
        int at = IntStream.range(0, 20).filter(i -> Arrays.equals(one, images.range(i, i + 1).pixels())).findFirst()
                .orElseThrow();
        validated[at * images.size()] ^= 1;
        int[] labels = images.labels().clone();
        labels[7] = (labels[7] + 1) % 10;
        for (Images other : List.of(images.subset(order),
                new Images(3, 32, 32, images.classNames(), validated, images.labels()),
                new Images(3, 32, 32, images.classNames(), images.pixels(), labels))) {
            Training changed = Training.of(settings, new Dataset("shapes", other, dataset.test()));
            assertEquals("data: shapes has other training images or labels than when the training was begun (SHA-256 "
                    + other.digest() + ", expected " + images.digest() + "); go on with those of then, or train anew",
                    assertThrows(InvalidInputException.class,
                            () -> changed.resume(changed.trainer().build(), state)).getMessage());
        }
    }

    /** Its network has no card, and so no digest. */
    @Test
    void goesOnWithACheckpointThatDoesNotTellItsData() throws IOException {
        Training training = Training.of(small().build(), Fixtures.shapes(20));
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            Trainer trainer = training.trainer().checkpoints(directory).stopWhen(() -> true).build();
            trainer.train(training.start().with(Optional.empty()), training.batches(), Optional.empty());
            TrainingState state = directory.latestCheckpoint().orElseThrow();
            assertEquals(Optional.empty(), state.network().card());
            assertTrue(training.resume(training.trainer().build(), state).steps() > 1);
        }
    }

    /** One step at a time, each from the checkpoint of the one before, residual blocks and all. */
    @Test
    void goesOnToTheSameBytes() throws IOException {
        Dataset dataset = Fixtures.shapes(60);
        TrainingSettings settings = small().layers(RESIDUAL).build();
        Training.of(settings, dataset).run().network().save(folder.resolve("whole.npz"));
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            Training training = Training.of(settings, dataset);
            Trainer oneStep = training.trainer().checkpoints(directory).stopWhen(() -> true).build();
            assertTrue(training.run(oneStep).stopped());
            for (int step = 0; step < 4; step++) {
                TrainingState state = directory.latestCheckpoint().orElseThrow();
                assertTrue(training.resume(oneStep, state).stopped());
            }
            TrainingState state = directory.latestCheckpoint().orElseThrow();
            assertTrue(state.steps() > 2, () -> "step " + state.steps());
            training.resume(training.trainer().build(), state).network().save(folder.resolve("resumed.npz"));

            assertRefused("data: others has other training images or labels than when the training was begun (SHA-256 ",
                    Training.of(settings, new Dataset("others", DrawnShapes.training(70).range(10, 70), dataset.test())),
                    directory);
            assertRefused("checkpoint: is of conv:4:3:1:1,batchnorm,relu,residual(",
                    Training.of(small().build(), dataset), directory);
            assertRefused("seed: 6, but the checkpoint is of a training with 5",
                    Training.of(settings.toBuilder().seed(6).build(), dataset), directory);
            assertRefused("l2: 0.01, but the checkpoint is of a training with 0.0; go on with that, or train anew",
                    Training.of(settings.toBuilder().l2(0.01).build(), dataset), directory);
            assertRefused("clip-norm: 1.0, but the checkpoint is of a training with 0.0; go on with that, or train anew",
                    Training.of(settings.toBuilder().clipNorm(1).build(), dataset), directory);
            assertRefused("batch-size: 21, but the checkpoint is of a training with 20; go on with that, or train anew",
                    Training.of(settings.toBuilder().batchSize(21).build(), dataset), directory);
            assertRefused("epochs: 3, but the checkpoint is of a training with 2; go on with that, or train anew",
                    Training.of(settings.toBuilder().epochs(3).build(), dataset), directory);
            assertRefused("schedule: cosine, but the checkpoint is of a training with one-cycle; go on with that, or train anew",
                    Training.of(settings.toBuilder().schedule(Schedule.COSINE).build(), dataset), directory);
            assertRefused("optimizer: sgd, but the checkpoint is of a training with adam; go on with that, or train anew",
                    Training.of(settings.toBuilder().optimizer(Optimizer.SGD).build(), dataset), directory);
        }
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole.npz")), Files.readAllBytes(folder.resolve("resumed.npz")));
    }

    private static void assertRefused(String problem, Training training, RunDirectory directory) throws IOException {
        TrainingState state = directory.latestCheckpoint().orElseThrow();
        String message = assertThrows(InvalidInputException.class,
                () -> training.resume(training.trainer().build(), state)).getMessage();
        assertTrue(message.startsWith(problem), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {"dense:4,batchnorm,relu # true", "dense:4,BATCHNORM,relu # true",
        "residual(dense:4|dense:4,batchnorm) # true", "batchnorm # false", "conv:2:3,batchnorm,pool:4 # false"})
    void aBatchOfOneIsRefusedWhereNothingWouldBeLearned(String layers, boolean isRefused) throws IOException {
        Dataset dataset = Fixtures.shapes(3);
        TrainingSettings settings = TrainingSettings.builder().layers(layers).batchSize(1).epochs(1).validation(0).build();
        Images images = dataset.training();
        Network start = Fixtures.network(layers, images);
        Trainer trainer = Trainer.builder(settings).build();
        if (isRefused) {
            assertEquals("batch size: 1, but batch normalization of single numbers compares at least 2 images; use a larger"
                    + " one", assertThrows(InvalidInputException.class, () -> Training.of(settings, dataset)).getMessage());
            assertEquals("mini-batch: 1 image, but batch normalization of single numbers compares at least 2; use larger"
                    + " mini-batches", assertThrows(InvalidInputException.class,
                            () -> trainer.train(start, ImageBatches.inOrder(images, 1))).getMessage());
            // a last mini-batch may be smaller
            assertEquals(1, trainer.train(start, ImageBatches.inOrder(images, 2)).history().size());
        } else {
            assertEquals(1, Training.of(settings, dataset).run().history().size());
            assertEquals(1, trainer.train(start, ImageBatches.inOrder(images, 1)).history().size());
        }
    }

    /** Ten images of one class to one of the other, of which few are found unless they weigh more. */
    @Test
    void balancedARareClassIsFoundMoreOften() throws IOException {
        List<String> names = DrawnShapes.test().classNames().subList(2, 4);
        Images many = Fixtures.ofClasses(DrawnShapes.training(2000), names);
        List<Integer> chosen = new ArrayList<>();
        int rare = 0;
        for (int i = 0; i < many.count(); i++) {
            if (many.label(i) == 0 || rare++ % 10 == 0) {
                chosen.add(i);
            }
        }
        Dataset dataset = new Dataset("unequal", many.subset(chosen.stream().mapToInt(Integer::intValue).toArray()),
                Fixtures.ofClasses(DrawnShapes.test(), names));
        TrainingSettings.Builder settings = TrainingSettings.builder().layers("conv:4:3,relu,pool:4,dense:12,relu")
                .epochs(4).batchSize(20).validation(0);
        double plain = recallOfRare(settings.build(), dataset);
        double balanced = recallOfRare(settings.balance(true).build(), dataset);
        assertTrue(balanced > plain + 0.2, balanced + " of the rare class found, " + plain + " without balance");
    }

    private static double recallOfRare(TrainingSettings settings, Dataset dataset) throws IOException {
        return Evaluator.evaluate(Training.of(settings, dataset).run().network(), dataset.test()).evaluation().recall(1);
    }

    /** A model of all shapes goes on to tell a few of them apart under other names, of which there are few images. */
    @Test
    void fineTuningIsBetterThanStartingAnew() throws IOException {
        Dataset all = Fixtures.shapes(4000);
        List<String> names = all.training().classNames().subList(4, 10);
        Dataset few = new Dataset("few", renamed(DrawnShapes.training(4200).range(4000, 4200), names),
                renamed(DrawnShapes.test().range(0, 600), names));
        String layers = "conv:8:5,relu,pool:2,conv:12:5,relu,pool:2,dense:40,relu";
        Training.of(TrainingSettings.builder().layers(layers).epochs(6).validation(0).build(), all).run().network()
                .save(folder.resolve("base.npz"));

        TrainingSettings.Builder budget = TrainingSettings.builder().epochs(8).batchSize(16).validation(0);
        Network tuned = Training.of(budget.from(folder.resolve("base.npz").toString()).build(), few).run().network();
        Network anew = Training.of(budget.from(null).layers(layers).build(), few).run().network();
        double accuracy = Evaluator.evaluate(tuned, few.test()).accuracy();
        double without = Evaluator.evaluate(anew, few.test()).accuracy();
        assertTrue(accuracy > without + 0.05, () -> accuracy + ", and " + without + " anew");
        assertEquals(few.training().classNames(), tuned.architecture().classNames());
        assertEquals(Network.load(folder.resolve("base.npz")).scaling(), tuned.scaling());
    }

    private static Images renamed(Images images, List<String> names) {
        Images some = Fixtures.ofClasses(images, names);
        return new Images(some.channels(), some.height(), some.width(),
                names.stream().map("my "::concat).toList(), some.pixels(), some.labels());
    }

    @ParameterizedTest
    @EnumSource
    void frozenLayersStayAsTheyAre(Optimizer optimizer) throws IOException {
        Dataset dataset = Fixtures.shapes(40);
        Training.of(small().build(), dataset).run().network().save(folder.resolve("base.npz"));
        Network base = Network.load(folder.resolve("base.npz"));
        TrainingSettings settings = TrainingSettings.builder().from(folder.resolve("base.npz").toString()).freeze(4)
                .optimizer(optimizer).l2(0.01).clipNorm(5).epochs(2).batchSize(16).seed(3).build();
        Training training = Training.of(settings, dataset);
        Network tuned = training.run().network();
        for (String name : base.parameters().names()) {
            boolean isFrozen = name.startsWith("conv1.") || name.startsWith("batchnorm1.");
            assertEquals(isFrozen, base.parameters().get(name).equals(tuned.parameters().get(name)), name);
        }
        tuned.save(folder.resolve("tuned.npz"));

        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            training.run(training.trainer().checkpoints(directory).stopWhen(() -> true).build());
            training.resume(training.trainer().build(), directory.latestCheckpoint().orElseThrow()).network()
                    .save(folder.resolve("resumed.npz"));
        }
        assertArrayEquals(Files.readAllBytes(folder.resolve("tuned.npz")), Files.readAllBytes(folder.resolve("resumed.npz")));
    }

    /** It only predicts, and has nothing to compare. */
    @Test
    void aFrozenBatchNormalizationDoesNotMindABatchOfOne() throws IOException {
        Dataset dataset = Fixtures.shapes(4);
        TrainingSettings.Builder builder = TrainingSettings.builder().epochs(1).validation(0);
        Training.of(builder.layers("dense:4,batchnorm,relu").batchSize(2).build(), dataset).run().network()
                .save(folder.resolve("base.npz"));
        builder.layers(null).from(folder.resolve("base.npz").toString()).batchSize(1);
        assertThrows(InvalidInputException.class, () -> Training.of(builder.build(), dataset));
        assertEquals(4, Training.of(builder.freeze(2).build(), dataset).run().history().get(0).step());
    }

    @Test
    void fewerImagesThanItLearnsFromAreRefusedBeforeAnythingIsWritten() {
        TrainingSettings settings = TrainingSettings.builder().layers("dense:4,batchnorm").limit(1).validation(0).build();
        assertEquals("data: 1 image to train with, but batch normalization of single numbers compares at least 2",
                assertThrows(InvalidInputException.class, () -> Training.of(settings, Fixtures.shapes(4))).getMessage());
        assertEquals(1, ImageBatches.inOrder(DrawnShapes.training(4), Integer.MAX_VALUE).perEpoch());
    }

    /** The long way: a network that the caller has frozen, and a state that was told of it. */
    @Test
    void aFrozenNetworkOfOnesOwnGoesOnToTheSameNumbers() throws IOException {
        Images images = DrawnShapes.training(40);
        Network start = Fixtures.network("conv:4:3,batchnorm,relu,pool:4,dense:12,relu", images).freeze(3);
        ImageBatches batches = ImageBatches.shuffled(images, 16, Augmentation.NONE, 1);
        Optional<Batches> validation = Optional.of(ImageBatches.inOrder(images, 40));
        TrainingSettings settings = TrainingSettings.builder().epochs(2).build();
        Network whole = Trainer.builder(settings).build().train(start, batches, validation).network();
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            Trainer threeSteps = Trainer.builder(settings).checkpoints(directory)
                    .stopWhen(() -> Files.exists(folder.resolve("run/checkpoint-3.npz"))).build();
            assertEquals(1, threeSteps.train(start, batches, validation).history().size());
            TrainingState state = directory.latestCheckpoint().orElseThrow();
            assertThrows(InvalidInputException.class,
                    () -> Trainer.builder(settings).build().resume(state, batches, validation), "other optimizer numbers");
            Network resumed = Trainer.builder(settings).build()
                    .resume(state.computedBy(start.engine(), start.precision(), 3), batches, validation).network();
            assertEquals(Fixtures.numbers(whole), Fixtures.numbers(resumed));
            assertEquals(whole.parameters().trainedCount(), resumed.parameters().trainedCount());
        }
    }

    @Test
    void refusesAModelThatDoesNotSuitTheData() throws IOException {
        Network.initialize(Architecture.builder(1, 28, 28).conv(2, 3).classes(10), InputScaling.none(1, 28, 28), 1)
                .save(folder.resolve("grey.npz"));
        TrainingSettings.Builder builder = TrainingSettings.builder().from(folder.resolve("grey.npz").toString());
        assertEquals("from: " + folder.resolve("grey.npz") + " takes images of 1x28x28, but those of the data are 3x32x32"
                + " (channels, height, width); name data of that kind, or train anew without it",
                assertThrows(InvalidInputException.class,
                        () -> Training.of(builder.build(), Fixtures.shapes(20))).getMessage());
        assertEquals("freeze: 2, expected 0 to 1, the layers before the output", assertThrows(InvalidInputException.class,
                () -> Training.of(builder.freeze(2).build(), Fixtures.shapes(20))).getMessage());
        assertEquals("limit: 30, expected 1 to the 20 training images", assertThrows(InvalidInputException.class,
                () -> Training.of(TrainingSettings.builder().limit(30).build(), Fixtures.shapes(20))).getMessage());
    }
}
