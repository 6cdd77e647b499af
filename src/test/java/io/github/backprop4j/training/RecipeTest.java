package io.github.backprop4j.training;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.data.Seeds;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Settings that change how a training goes from step to step and epoch to epoch, one by one and all at once. */
class RecipeTest {

    private static final String LAYERS = "conv:4:3,batchnorm,relu,pool:4,dense:12,batchnorm:noscale,relu,dropout:0.2";

    @TempDir
    private Path folder;

    /** Three epochs of three steps, of which the last two leave the first three layers as they are. */
    private static TrainingSettings.Builder everything() {
        return TrainingSettings.builder().layers(LAYERS).epochs(3).batchSize(36).augment(new Augmentation(true, 2))
                .validation(0.25).seed(5).optimizer(Optimizer.NESTEROVS).learningRate(0.05).momentum(0.85)
                .schedule(Schedule.TRIANGULAR).l2(0.001).clipNorm(20).labelSmoothing(0.2).lookahead(2).weightDecay(0.01)
                .rateFactors(RateFactors.parse("weights:0.9,bias:2,shift:4,scale:0.5")).ghostBatch(12).batchnormMomentum(0.9)
                .freeze(3)
                .freezeAfter(1).views(new Views(6)).checkpointEvery(1);
    }

    /** Stopped after any step, in any epoch, on whatever number of threads. */
    @ParameterizedTest
    @CsvSource({"0.25, 1", "0, 1", "0.25, 2", "0, 2"})
    void withEverythingItGoesOnFromAnyStepToTheSameBytes(double validation, int freezeAfter) throws IOException {
        Dataset dataset = Fixtures.shapes(validation == 0 ? 108 : 144);
        Training training = Training.of(everything().validation(validation).freezeAfter(freezeAfter).build(), dataset);
        List<byte[]> models = new ArrayList<>();
        List<Object> end = null;
        int trained = 0;
        for (int stop = 0; stop <= 9; stop++) {
            int last = stop;
            Path run = folder.resolve("run" + stop);
            AtomicLong steps = new AtomicLong();
            try (RunDirectory directory = RunDirectory.create(run)) {
                Trainer.Result result = training.run(training.trainer().threads(1 + stop % 3).checkpoints(directory)
                        .listener(new TrainingListener() {
                            @Override
                            public void stepDone(long step, int examples, double loss) {
                                steps.set(step);
                            }
                        }).stopWhen(() -> steps.get() == last).build());
                if (stop > 0) {
                    assertEquals(stop, result.steps());
                    result = training.resume(training.trainer().threads(1 + (stop + 1) % 3).checkpoints(directory).build(),
                            directory.latestCheckpoint().orElseThrow());
                }
                assertEquals(9, result.steps());
                result.network().save(folder.resolve(stop + ".npz"));
                models.add(Files.readAllBytes(folder.resolve(stop + ".npz")));
                List<Object> state = withoutTimes(StateDescription.of(directory.latestCheckpoint().orElseThrow()));
                end = end == null ? state : end;
                trained = trained == 0 ? result.network().parameters().trainedCount() : trained;
                assertEquals(end, state, "stopped after " + stop);
                assertArrayEquals(models.get(0), models.get(stop), "stopped after " + stop);
                assertEquals(trained, result.network().parameters().trainedCount(), "stopped after " + stop);
            }
        }
    }

    private static List<Object> withoutTimes(List<Object> state) {
        return state.stream().map(each -> each instanceof String text
                ? text.replaceAll("(seconds|imagesPerSecond)=[^,\\]]*", "") : each).map(Object.class::cast).toList();
    }

    /** Each of them makes another model, so none is forgotten. */
    @Test
    void eachSettingChangesTheModel() throws IOException {
        Dataset dataset = Fixtures.shapes(144);
        List<TrainingSettings.Builder> changes = List.of(everything(), everything().labelSmoothing(0),
                everything().lookahead(0), everything().lookahead(3), everything().weightDecay(0),
                everything().rateFactors(RateFactors.NONE), everything().momentum(null), everything().ghostBatch(18),
                everything().batchnormMomentum(0.5),
                everything().freeze(1), everything().freezeAfter(2), everything().schedule(Schedule.CONSTANT));
        List<List<String>> models = new ArrayList<>();
        for (TrainingSettings.Builder each : changes) {
            models.add(Fixtures.numbers(Training.of(each.validation(0).build(), dataset).run().network()));
        }
        assertEquals(changes.size(), models.stream().distinct().count());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void withEverythingItIsTheSameToTheBitForAnyNumberOfThreads(int threads) throws IOException {
        Training training = Training.of(everything().engine(Engine.IM2COL).build(), Fixtures.shapes(144));
        assertEquals(Fixtures.numbers(training.run(training.trainer().threads(1).build()).network()),
                Fixtures.numbers(training.run(training.trainer().threads(threads).build()).network()));
    }

    /** They never meet, so there is nothing to take from the slow copy. */
    @Test
    void aTrainingWithFewerStepsThanItsLookaheadLearnsAllTheSame() throws IOException {
        Dataset dataset = Fixtures.shapes(64);
        TrainingSettings.Builder settings = TrainingSettings.builder().layers(LAYERS).epochs(2).validation(0).batchSize(32);
        List<List<String>> models = new ArrayList<>();
        for (int lookahead : new int[] {0, 5, 4, 3}) {
            models.add(Fixtures.numbers(Training.of(settings.lookahead(lookahead).build(), dataset).run().network()));
        }
        assertEquals(models.get(0), models.get(1));
        assertEquals(3, models.stream().distinct().count());
    }

    @Test
    void aGhostBatchOfOneIsTooSmallForTheStatisticsOfSingleNumbers() {
        TrainingSettings settings = TrainingSettings.builder().layers("dense:16,batchnorm").batchSize(16).ghostBatch(1)
                .build();
        assertEquals("ghost batch: 1 cuts mini-batches into parts of 1 image, but batch normalization of single numbers"
                + " compares at least 2; use a larger one", assertThrows(InvalidInputException.class,
                        () -> Training.of(settings, Fixtures.shapes(64))).getMessage());
    }

    /** Nothing of a step moves them, and their running statistics do not follow. */
    @Test
    void layersAreFrozenAfterTheirEpochs() throws IOException {
        Training training = Training.of(everything().validation(0).build(), Fixtures.shapes(108));
        List<Network> epochs = new ArrayList<>(List.of(training.start().copy()));
        training.run(training.trainer().listener(new TrainingListener() {
            @Override
            public void epochDone(EpochMetrics metrics, Network network) {
                epochs.add(network.copy());
            }
        }).build());
        for (String name : training.start().parameters().names()) {
            boolean isFrozen = name.startsWith("conv1.") || name.startsWith("batchnorm1.");
            for (int epoch = 1; epoch <= 3; epoch++) {
                INDArray before = epochs.get(epoch - 1).parameters().get(name);
                assertEquals(isFrozen && epoch > 1, before.equalsWithEps(epochs.get(epoch).parameters().get(name), 0),
                        name + " in epoch " + epoch);
            }
        }
        assertEquals(epochs.get(3).parameters().trainedCount(), epochs.get(1).freeze(3).parameters().trainedCount());
    }

    /** The moments of Adam go on as they were; of what is trained in both epochs they are those of the hand-made loop. */
    @Test
    void theOptimizerGoesOnBehindTheFreezing() {
        Images images = DrawnShapes.training(30);
        Batches batches = ImageBatches.inOrder(images, 10);
        Network start = Fixtures.network("pool:8,dense:6,relu,dense:5,relu", images);
        TrainingSettings settings = TrainingSettings.builder().epochs(2).freeze(3).freezeAfter(1).build();
        Network trained = Trainer.builder(settings).updater(new Adam(0.01)).build().train(start, batches).network();

        Network byHand = start.copy();
        Parameters parameters = byHand.parameters();
        int count = parameters.trainedCount();
        int later = byHand.freeze(3).parameters().trainedCount();
        GradientUpdater<?> adam = new Adam(0.01).instantiate(Nd4j.zeros(DataType.FLOAT, 1, 2L * count), true);
        int step = 0;
        for (int epoch = 1; epoch <= 2; epoch++) {
            for (var each = batches.epoch(epoch); each.hasNext(); step++) {
                MiniBatch batch = each.next();
                Network.Pass pass = byHand.forward(batch.images(0, 10), new SplittableRandom());
                INDArray move = byHand.backward(Loss.of(pass.logits(), batch.labels(0, 10)).dLogits(), pass)
                        .trained().div(10);
                adam.applyUpdater(move, step, epoch - 1);
                for (int i = 0; epoch == 2 && i < count - later; i++) {
                    move.putScalar(i, 0);
                }
                parameters.trained().subi(move);
            }
        }
        for (String name : parameters.names()) {
            assertClose(name, parameters.get(name), trained.parameters().get(name), 1e-5);
        }
    }

    @Test
    void saysWhatCannotBeFrozen() {
        TrainingSettings.Builder builder = TrainingSettings.builder().layers("pool:8,dense:3,relu").freezeAfter(1);
        assertEquals("freeze: 4, expected 0 to 3, the layers before the output", assertThrows(InvalidInputException.class,
                () -> Training.of(builder.freeze(4).build(), Fixtures.shapes(20))).getMessage());
        Images images = DrawnShapes.training(10);
        Network frozen = Fixtures.network("pool:8,dense:3,relu", images).freeze(2);
        Trainer trainer = Trainer.builder(builder.freeze(1).build()).build();
        assertEquals("freeze: 1 layers after epoch 1, but more of the network are frozen from the beginning; freeze as many"
                + " or more", assertThrows(InvalidInputException.class,
                        () -> trainer.train(frozen, ImageBatches.inOrder(images, 10))).getMessage());
    }

    /** At rate 0 each slice has the statistics that it has in the start; a share of 1 for the first, then at least 1 - M. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.6, 0.99})
    void runningStatisticsKeepTheirShareAtEachSlice(double momentum) {
        Images images = DrawnShapes.training(40);
        Network start = Fixtures.network("conv:3:3,batchnorm,relu,pool:4", images);
        Network trained = Trainer.builder(TrainingSettings.builder().epochs(2).batchnormMomentum(momentum).build())
                .updater(new Sgd(0)).build().train(start, ImageBatches.inOrder(images, 40)).network();
        MiniBatch batch = ImageBatches.inOrder(images, 40).epoch(1).next();
        for (String name : List.of("batchnorm1.mean", "batchnorm1.variance")) {
            double[] expected = new double[3];
            for (int slice = 1; slice <= 4; slice++) {
                int from = slice % 2 == 1 ? 0 : 20;
                Network.Pass pass = start.forward(batch.images(from, from + 20), Seeds.at(1, 0, 0));
                double[] ofSlice = numbers(start.backward(
                        Loss.of(pass.logits(), batch.labels(from, from + 20)).dLogits(), pass).get(name));
                double share = Math.max(1 - momentum, 1.0 / slice);
                for (int c = 0; c < 3; c++) {
                    expected[c] = (1 - share) * expected[c] + share * ofSlice[c];
                }
            }
            assertArrayEquals(expected, numbers(trained.parameters().get(name)), 1e-5, name);
        }
    }

    /** The bits of the default are those of the share 0.01 that there was before. */
    @Test
    void theUsualShareOfASliceHasTheBitsOfBefore() {
        double momentum = TrainingSettings.builder().build().batchnormMomentum();
        assertEquals(0.01f, (float) (1 - momentum));
        assertEquals((float) (1 - 0.01), (float) (1 - (1 - momentum)));
    }

    @Test
    void theLossOfTrainingIsThatOfSmoothedLabelsAndValidationIsNot() {
        Images images = DrawnShapes.training(10);
        Network start = Fixtures.network("", images);
        Batches all = ImageBatches.inOrder(images, 10);
        EpochMetrics metrics = Trainer.builder(TrainingSettings.builder().epochs(1).labelSmoothing(0.4).build())
                .updater(new Sgd(0)).build().train(start, all, Optional.of(all)).history().get(0);
        MiniBatch batch = all.epoch(1).next();
        INDArray logits = start.predictLogits(batch.images(0, 10));
        assertEquals(Loss.of(logits, batch.labels(0, 10), batch.weights(0, 10), 0.4).sum() / 10, metrics.trainLoss(), 1e-6);
        assertEquals(Loss.of(logits, batch.labels(0, 10)).sum() / 10, metrics.validationLoss(), 1e-6);
        assertNotEquals(metrics.trainLoss(), metrics.validationLoss(), 1e-3);
    }

    /** A training of before there were these settings had their defaults. */
    @Test
    void anOlderCheckpointGoesOnWithTheDefaultsOnly() {
        Network network = Fixtures.network("", DrawnShapes.training(4));
        ObjectNode older = TrainingSettings.builder().build().recipe();
        older.remove(List.of("label-smoothing", "lookahead", "weight-decay", "rate-factors", "momentum",
                "ghost-batch", "batchnorm-momentum", "freeze-after", "views"));
        Origin now = origin(TrainingSettings.builder(), network);
        Origin then = new Origin(older, now.updater(), now.platforms());
        assertDoesNotThrow(() -> then.requireSame(now));
        Map<String, TrainingSettings.Builder> changes = Map.of(
                "label-smoothing: 0.1, but the checkpoint is of a training with 0.0",
                TrainingSettings.builder().labelSmoothing(0.1),
                "lookahead: 5, but the checkpoint is of a training with 0", TrainingSettings.builder().lookahead(5),
                "weight-decay: 0.1, but the checkpoint is of a training with 0.0",
                TrainingSettings.builder().weightDecay(0.1),
                "rate-factors: bias:2, but the checkpoint is of a training with none",
                TrainingSettings.builder().rateFactors(RateFactors.parse("bias:2")),
                "ghost-batch: 64, but the checkpoint is of a training with 32", TrainingSettings.builder().ghostBatch(64),
                "batchnorm-momentum: 0.9, but the checkpoint is of a training with 0.99",
                TrainingSettings.builder().batchnormMomentum(0.9),
                "views: 2, but the checkpoint is of a training with 1", TrainingSettings.builder().views(new Views(2)));
        changes.forEach((message, change) -> assertEquals(message + "; go on with that, or train anew", assertThrows(
                InvalidInputException.class, () -> then.requireSame(origin(change, network))).getMessage()));
    }

    private static Origin origin(TrainingSettings.Builder builder, Network network) {
        TrainingSettings settings = builder.build();
        return Origin.of(settings, new Sgd(1), 10, 0, network);
    }

    @Test
    void viewsAreRefusedBeforeTheTrainingIfTheImagesAreTooSmall() {
        Images dots = new Images(1, 1, 1, List.of("a", "b"), new byte[] {1, 2, 3, 4}, new byte[] {0, 1, 0, 1});
        assertEquals("views: 6 with images of 1x1, which cannot be moved over their reflected border; expected 1 or 2",
                assertThrows(InvalidInputException.class, () -> Training.of(TrainingSettings.builder().layers("dense:2,relu")
                        .validation(0).views(new Views(6)).build(), new Dataset("dots", dots, dots))).getMessage());
    }
}
