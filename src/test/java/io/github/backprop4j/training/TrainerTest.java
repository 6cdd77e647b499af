package io.github.backprop4j.training;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;

class TrainerTest {

    private static final String EVERYTHING =
            "conv:4:3,batchnorm,relu,pool:2,conv:4:3,leakyrelu,avgpool:4,dropout:0.2,dropconnect:0.3,dense:20,relu";

    private static Network network(String layers, Images images) {
        Architecture architecture = Architecture.parse(
                layers, images.channels(), images.height(), images.width(), images.classNames());
        return Network.initialize(architecture, ImageBatches.inOrder(images, 1).scaling(), 1);
    }

    /**
     * A step of gradient descent by hand, with L2 on the weights and not on the biases; to some units in float32's last
     * place, since ND4J's sums depend on its number of threads, which is one in the trainer.
     */
    @Test
    void aStepIsTheMeanGradientAndThePenalty() {
        Images images = DrawnShapes.training(10);
        Network start = network("", images);
        ImageBatches batch = ImageBatches.inOrder(images, 10);
        Network trained = Trainer.builder().epochs(1).updater(new Sgd(0.1)).l2(0.01).build()
                .train(start, batch).network();

        MiniBatch all = batch.epoch(1).next();
        MiniBatch.Slice whole = new MiniBatch.Slice(0, 10);
        Network.Pass pass = start.forward(all.images(whole, start.architecture()), new SplittableRandom());
        Parameters gradients = start.backward(Loss.of(pass.logits(), all.labels(whole)).dLogits(), pass);
        INDArray weights = start.parameters().get("output.weights");
        INDArray bias = start.parameters().get("output.bias");
        assertClose("weights", weights.sub(gradients.get("output.weights").div(10).add(weights.mul(0.01)).mul(0.1)),
                trained.parameters().get("output.weights"), 5e-6);
        assertClose("bias", bias.sub(gradients.get("output.bias").div(10).mul(0.1)),
                trained.parameters().get("output.bias"), 5e-6);
    }

    @Test
    void clippingHoldsTheNormOfAStep() {
        Images images = DrawnShapes.training(10);
        Network start = network("dense:5,relu", images);
        Network trained = Trainer.builder().epochs(1).updater(new Sgd(1)).clipNorm(0.25).build()
                .train(start, ImageBatches.inOrder(images, 10)).network();
        double moved = trained.parameters().trained().distance2(start.parameters().trained());
        assertEquals(0.25, moved, 1e-4);
    }

    @Test
    void isTheSameToTheBitForAnyNumberOfThreads() {
        Images images = DrawnShapes.training(150);
        Network start = network(EVERYTHING, images);
        double[] before = numbers(start.parameters().trained());
        List<EpochMetrics> course = new ArrayList<>();
        double[] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            Trainer trainer = Trainer.builder().epochs(2).threads(threads).seed(9).build();
            Trainer.Result result = trainer.train(start, ImageBatches.shuffled(
                    images, 70, new Augmentation(true, 2), 4));
            double[] trained = numbers(result.network().parameters().trained());
            double[] statistics = numbers(result.network().parameters().statistics());
            expected = expected == null ? trained : expected;
            assertArrayEquals(expected, trained, threads + " threads");
            course.add(result.epochs().get(1));
            assertEquals(course.get(0).trainLoss(), course.get(threads - 1).trainLoss());
            assertTrue(Arrays.stream(statistics).allMatch(Double::isFinite));
        }
        assertArrayEquals(before, numbers(start.parameters().trained()), "the start stays as it is");
        assertEquals(6, course.get(0).step());
    }

    @ParameterizedTest
    @EnumSource
    void everyOptimizerLearnsAFewImagesByHeart(Optimizer optimizer) {
        Images images = DrawnShapes.training(20);
        Network start = network("conv:6:3,relu,pool:4,dense:30,relu", images);
        Trainer.Result result = Trainer.builder().epochs(60)
                .updater(optimizer.with(new FixedSchedule(optimizer.learningRate() / 2))).build()
                .train(start, ImageBatches.shuffled(images, 10, Augmentation.NONE, 1));
        assertEquals(1, result.epochs().get(59).trainAccuracy(), () -> result.epochs().toString());
        assertTrue(result.epochs().get(59).trainLoss() < 0.2, () -> result.epochs().toString());
    }

    @Test
    void keepsTheBestNetworkAndStopsWhenItGetsNoBetter() {
        Images images = DrawnShapes.training(40);
        Batches validation = ImageBatches.inOrder(DrawnShapes.training(80).range(40, 80), 40);
        Network start = network("dense:30,relu", images);
        List<Network> seen = new ArrayList<>();
        Trainer.Result result = Trainer.builder().epochs(50).patience(3).updater(new Adam(0.002))
                .listener(new TrainingListener() {
                    @Override
                    public void epochDone(EpochMetrics metrics, Network network) {
                        seen.add(network.copy());
                    }
                }).build()
                .train(start, ImageBatches.shuffled(images, 10, Augmentation.NONE, 1), Optional.of(validation));
        int best = 0;
        for (int i = 0; i < result.epochs().size(); i++) {
            best = result.epochs().get(i).validationLoss() < result.epochs().get(best).validationLoss() ? i : best;
        }
        assertEquals(best + 1, result.bestEpoch());
        assertEquals(best + 1 + 3, result.epochs().size());
        assertTrue(result.epochs().size() < 50);
        assertEquals(seen.get(best).parameters().trained(), result.network().parameters().trained());
    }

    @Test
    void trainsOnADataSetIterator() {
        Images images = DrawnShapes.training(20);
        MiniBatch all = ImageBatches.inOrder(images, 20).epoch(1).next();
        MiniBatch.Slice whole = new MiniBatch.Slice(0, 20);
        Network start = network("dense:20,relu", images);
        Batches iterator = new IteratorBatches(new SingletonDataSetIterator(
                new DataSet(all.images(whole, start.architecture()), all.labels(whole))));
        Trainer trainer = Trainer.builder().epochs(5).build();
        assertEquals(trainer.train(start, ImageBatches.inOrder(images, 20)).network().parameters().trained(),
                trainer.train(start, iterator).network().parameters().trained());
    }

    @Test
    void tellsItsListenersOfEveryStep() {
        Images images = DrawnShapes.training(25);
        List<String> told = new ArrayList<>();
        Trainer.builder().epochs(2).listener(new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                told.add(step + ":" + examples + (loss > 0 ? "" : "?"));
            }

            @Override
            public void epochDone(EpochMetrics metrics, Network network) {
                told.add("epoch " + metrics.epoch());
            }
        }).build().train(network("", images), ImageBatches.inOrder(images, 10));
        assertEquals(List.of("1:10", "2:10", "3:5", "epoch 1", "4:10", "5:10", "6:5", "epoch 2"), told);
    }

    @Test
    void stopsWhenItDiverges() {
        Images images = DrawnShapes.training(40);
        Trainer trainer = Trainer.builder().epochs(20).updater(new Sgd(1e20)).build();
        String message = assertThrows(TrainingDivergedException.class, () -> trainer.train(
                network("dense:10,relu,dense:10,relu", images), ImageBatches.inOrder(images, 10))).getMessage();
        assertTrue(message.matches("training diverged in epoch 1, step [1234]: (the loss is (NaN|Infinity), and the first"
                + " layer with such an output is (dense[12]|output)|(the gradient of )?(dense[12]|output)\\.(weights|bias)"
                + " became NaN or infinite); use a lower learning rate or clip the gradient's norm"), message);
    }

    /** The loss does not show it: what is divided by an infinite deviation is 0. */
    @Test
    void stopsWhenARunningStatisticIsNoNumber() {
        Network start = Network.initialize(Architecture.parse("batchnorm,dense:4,relu", 1, 2, 2, List.of("a", "b")),
                InputScaling.none(1, 2, 2), 1);
        MiniBatch huge = new MiniBatch(
                new float[] {1e25f, -1e25f, 1e25f, 1, -1e25f, 1e25f, 1, 1}, new float[] {1, 0, 0, 1}, 2);
        assertEquals("training diverged in epoch 1, step 1: batchnorm1.variance became NaN or infinite; use a lower learning"
                + " rate or clip the gradient's norm", assertThrows(TrainingDivergedException.class,
                        () -> Trainer.builder().build().train(start, epoch -> List.of(huge).iterator())).getMessage());
    }

    private static void assertRefused(String problem, Network start, RunDirectory directory, Batches batches)
            throws IOException {
        Checkpoint checkpoint = directory.latestCheckpoint().orElseThrow();
        String message = assertThrows(IllegalArgumentException.class, () -> Trainer.builder().epochs(3).seed(7).build()
                .resume(start, checkpoint, batches, Optional.of(batches))).getMessage();
        assertTrue(message.startsWith(problem), message);
    }

    @Test
    void namesTheLastGoodCheckpointWhenItDiverges(@TempDir Path folder) throws IOException {
        Images images = DrawnShapes.training(40);
        Network start = network("dense:10,relu", images);
        try (RunDirectory directory = RunDirectory.create(folder)) {
            Trainer trainer = Trainer.builder().updater(new Sgd(1e20)).checkpoints(directory, 1).build();
            String message = assertThrows(TrainingDivergedException.class,
                    () -> trainer.train(start, ImageBatches.inOrder(images, 10))).getMessage();
            Matcher named = Pattern.compile(".*; the last good checkpoint is (.*checkpoint-\\d\\.npz); use .*").matcher(message);
            assertTrue(named.matches(), message);
            assertTrue(Double.isFinite(Network.load(Path.of(named.group(1))).parameters().trained().sumNumber().doubleValue()));
        }
    }

    /** From any step, with an optimizer's state, dropout, a running mean and the best epoch so far. */
    @Test
    void goesOnFromACheckpointToTheSameNetwork(@TempDir Path folder) throws IOException {
        Images images = DrawnShapes.training(60);
        Network start = network("batchnorm,dense:10,relu,dropout:0.3", images);
        Batches batches = ImageBatches.shuffled(images, 20, Augmentation.NONE, 4);
        Optional<Batches> held = Optional.of(ImageBatches.inOrder(DrawnShapes.training(90).range(60, 90), 30));
        Trainer.Builder settings = Trainer.builder().epochs(3).seed(7);
        Trainer.Result whole = settings.build().train(start, batches, held);

        try (RunDirectory directory = RunDirectory.create(folder)) {
            // one step at a time: the checkpoint is all that is left between them
            Trainer oneStep = Trainer.builder().epochs(3).seed(7).checkpoints(directory, 1).stopWhen(() -> true).build();
            assertThrows(CancellationException.class, () -> oneStep.train(start, batches, held));
            long steps = 1;
            while (steps < 9) {
                Checkpoint checkpoint = directory.latestCheckpoint().orElseThrow();
                assertThrows(CancellationException.class, () -> oneStep.resume(start, checkpoint, batches, held));
                long done = directory.latestCheckpoint().orElseThrow().steps();
                // behind an epoch's last step there is only its validation
                assertEquals(steps + (steps % 3 == 0 && checkpoint.sums().batches() == 3 ? 0 : 1), done);
                steps = done;
            }
            assertRefused("checkpoint: is of Network ", network("dense:3", images), directory, batches);
            assertRefused("checkpoint: is of a training with other images",
                    network("batchnorm,dense:10,relu,dropout:0.3", DrawnShapes.training(50)), directory, batches);
            assertRefused("data: an epoch has 1 mini-batches, but the checkpoint is of a training with more", start,
                    directory, ImageBatches.inOrder(images, 60));
            Trainer.Result resumed = settings.build().resume(
                    start, directory.latestCheckpoint().orElseThrow(), batches, held);
            assertEquals(whole.bestEpoch(), resumed.bestEpoch());
            assertArrayEquals(numbers(whole.network().parameters().trained()), numbers(resumed.network().parameters().trained()));
            assertArrayEquals(numbers(whole.network().parameters().statistics()),
                    numbers(resumed.network().parameters().statistics()));
            assertEquals(whole.epochs().stream().map(EpochMetrics::validationLoss).toList(),
                    resumed.epochs().stream().map(EpochMetrics::validationLoss).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLastStepThatDivergesIsNoResultEither(boolean validated) {
        Images images = DrawnShapes.training(10);
        Batches all = ImageBatches.inOrder(images, 10);
        Trainer trainer = Trainer.builder().epochs(1).updater(new Sgd(validated ? 1e19 : 1e38)).build();
        assertThrows(TrainingDivergedException.class, () -> trainer.train(network("dense:10,relu,dense:10,relu",
                images), all, validated ? Optional.of(all) : Optional.empty()));
    }

    @Test
    void patienceNeedsValidationData() {
        Images images = DrawnShapes.training(10);
        Trainer trainer = Trainer.builder().patience(2).build();
        assertEquals("patience: 2, but without validation data there is nothing to wait for",
                assertThrows(IllegalArgumentException.class, () -> trainer.train(
                        network("", images), ImageBatches.inOrder(images, 10))).getMessage());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Images images = DrawnShapes.training(4);
        Network other = Network.initialize(
                Architecture.builder(1, 28, 28).classes(10), InputScaling.none(1, 28, 28), 1);
        Network fewer = Network.initialize(
                Architecture.builder(3, 32, 32).classes(2), InputScaling.none(3, 32, 32), 1);
        Network wide = Network.initialize(Architecture.builder(3, 32, 32).classes(10),
                InputScaling.none(3, 32, 32), 1, DataType.DOUBLE);
        assertRefused("data: images of 3072 numbers, expected 1x28x28", other, images);
        assertRefused("data: 10 classes, expected 2", fewer, images);
        assertRefused("trainer: a network in DOUBLE, expected FLOAT", wide, images);
        assertRefused("data: no images to train with", fewer, images.range(0, 0));
        assertEquals("epochs: 0, expected at least 1",
                assertThrows(IllegalArgumentException.class, () -> Trainer.builder().epochs(0)).getMessage());
        assertEquals("l2: -1.0, expected a finite number of at least 0",
                assertThrows(IllegalArgumentException.class, () -> Trainer.builder().l2(-1)).getMessage());
    }

    private static void assertRefused(String message, Network network, Images images) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Trainer.builder().build()
                .train(network, ImageBatches.inOrder(images, 4))).getMessage());
    }
}
