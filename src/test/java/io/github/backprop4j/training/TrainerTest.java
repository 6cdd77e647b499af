package io.github.backprop4j.training;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static io.github.backprop4j.training.Fixtures.network;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.IteratorBatches;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.inference.OutputNotFiniteException;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Engine;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;

class TrainerTest {

    private static final String EVERYTHING =
            "conv:4:3,batchnorm,relu,pool:2,conv:4:3,leakyrelu,avgpool:4,dropout:0.2,dropconnect:0.3,dense:20,relu";

    private static TrainingSettings.Builder epochs(int count) {
        return TrainingSettings.builder().epochs(count);
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
        Network trained = Trainer.builder(epochs(1).l2(0.01).build()).updater(new Sgd(0.1)).build()
                .train(start, batch).network();

        MiniBatch all = batch.epoch(1).next();
        Network.Pass pass = start.forward(all.images(0, 10), new SplittableRandom());
        Parameters gradients = start.backward(Loss.of(pass.logits(), all.labels(0, 10)).dLogits(), pass);
        INDArray weights = start.parameters().get("output.weights");
        INDArray bias = start.parameters().get("output.bias");
        assertClose("weights", weights.sub(gradients.get("output.weights").div(10).add(weights.mul(0.01)).mul(0.1)),
                trained.parameters().get("output.weights"), 5e-6);
        assertClose("bias", bias.sub(gradients.get("output.bias").div(10).mul(0.1)),
                trained.parameters().get("output.bias"), 5e-6);
    }

    /** A step by hand, as above, each image's part of the gradient times its weight; so is its part of the loss. */
    @Test
    void aStepWeighsEachImage() {
        Images images = DrawnShapes.training(10);
        Network start = network("", images);
        MiniBatch all = ImageBatches.inOrder(images, 10).epoch(1).next();
        float[] weights = {0, 1, 3, 0.5f, 1, 1, 9, 1, 0, 2};
        DataSet data = new DataSet(all.images(0, 10), all.labels(0, 10));
        data.setLabelsMaskArray(Nd4j.createFromArray(weights).reshape(10, 1));
        Batches weighted = new IteratorBatches(new SingletonDataSetIterator(data));
        Trainer.Result result = Trainer.builder(epochs(1).build()).updater(new Sgd(0.1)).build()
                .train(start, weighted, Optional.of(weighted));

        Network.Pass pass = start.forward(all.images(0, 10), new SplittableRandom());
        INDArray each = Loss.of(pass.logits(), all.labels(0, 10)).dLogits();
        Parameters gradients = start.backward(each.mulColumnVector(Nd4j.createFromArray(weights).reshape(10, 1)), pass);
        INDArray before = start.parameters().get("output.weights");
        assertClose("weights", before.sub(gradients.get("output.weights").div(10).mul(0.1)),
                result.network().parameters().get("output.weights"), 5e-6);
        assertEquals(Loss.of(pass.logits(), all.labels(0, 10), weights).sum() / 10,
                result.history().get(0).trainLoss(), 1e-6);
        assertEquals(Loss.of(result.network().predictLogits(all.images(0, 10)), all.labels(0, 10), weights).sum() / 10,
                result.history().get(0).validationLoss(), 1e-6);
    }

    /** Whatever an engine's layers make of it; the learning rate is not to blame. */
    @ParameterizedTest
    @ValueSource(strings = {"", "conv:2:3,relu,pool:2"})
    void anImageThatIsNoNumbersIsNamed(String layers) {
        Images images = DrawnShapes.training(10);
        MiniBatch bad = ImageBatches.inOrder(images, 10).epoch(1).next();
        bad.images()[7 * 3072 + 5] = Float.NaN;
        for (Engine engine : List.of(Engine.IM2COL, Engine.fastest())) {
            assertEquals("mini-batch: image 7 has NaN at its number 5 of 3072, expected finite numbers; mend or leave out"
                    + " what cannot be read", assertThrows(InvalidInputException.class,
                            () -> Trainer.builder(epochs(1).build()).build().train(
                                    network(layers, images).using(engine), epoch -> List.of(bad).iterator())).getMessage());
        }
    }

    @Test
    void clippingHoldsTheNormOfAStep() {
        Images images = DrawnShapes.training(10);
        Network start = network("dense:5,relu", images);
        Network trained = Trainer.builder(epochs(1).clipNorm(0.25).build()).updater(new Sgd(1)).build()
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
        List<String> expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            Trainer trainer = Trainer.builder(epochs(2).seed(9).build()).threads(threads).build();
            Trainer.Result result = trainer.train(start, ImageBatches.shuffled(
                    images, 70, new Augmentation(true, 2), 4));
            List<String> trained = Fixtures.numbers(result.network());
            double[] statistics = numbers(result.network().parameters().statistics());
            expected = expected == null ? trained : expected;
            assertEquals(expected, trained, threads + " threads");
            course.add(result.history().get(1));
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
        Trainer.Result result = Trainer.builder(epochs(60).build())
                .updater(optimizer.with(new FixedSchedule(optimizer.learningRate() / 2))).build()
                .train(start, ImageBatches.shuffled(images, 10, Augmentation.NONE, 1));
        assertEquals(1, result.history().get(59).trainAccuracy(), () -> result.history().toString());
        assertTrue(result.history().get(59).trainLoss() < 0.2, () -> result.history().toString());
    }

    /** A trainer that is given no updater takes the optimizer and the learning rate of its settings. */
    @Test
    void withoutAnUpdaterItHasThatOfItsSettings() {
        Images images = DrawnShapes.training(20);
        Network start = network("dense:6,relu", images);
        Batches batches = ImageBatches.inOrder(images, 10);
        TrainingSettings settings = epochs(2).optimizer(Optimizer.NESTEROVS).learningRate(0.004).build();
        Trainer.Result result = Trainer.builder(settings).build().train(start, batches);
        assertEquals(Fixtures.numbers(Trainer.builder(epochs(2).build())
                        .updater(Optimizer.NESTEROVS.with(new FixedSchedule(0.004))).build().train(start, batches).network()),
                Fixtures.numbers(result.network()));
        assertEquals(0.004, result.history().get(1).learningRate());
    }

    @Test
    void keepsTheBestNetworkAndStopsWhenItGetsNoBetter() {
        Images images = DrawnShapes.training(40);
        Batches validation = ImageBatches.inOrder(DrawnShapes.training(80).range(40, 80), 40);
        Network start = network("dense:30,relu", images);
        List<Network> seen = new ArrayList<>();
        Trainer.Result result = Trainer.builder(epochs(50).patience(3).build()).updater(new Adam(0.002))
                .listener(new TrainingListener() {
                    @Override
                    public void epochDone(EpochMetrics metrics, Network network) {
                        seen.add(network.copy());
                    }
                }).build()
                .train(start, ImageBatches.shuffled(images, 10, Augmentation.NONE, 1), Optional.of(validation));
        int best = 0;
        for (int i = 0; i < result.history().size(); i++) {
            best = result.history().get(i).validationLoss() < result.history().get(best).validationLoss() ? i : best;
        }
        assertEquals(best + 1, result.bestEpoch());
        assertEquals(best + 1 + 3, result.history().size());
        assertTrue(result.history().size() < 50);
        assertEquals(Fixtures.numbers(seen.get(best)), Fixtures.numbers(result.network()));
    }

    @Test
    void trainsOnADataSetIterator() {
        Images images = DrawnShapes.training(20);
        MiniBatch all = ImageBatches.inOrder(images, 20).epoch(1).next();
        Network start = network("dense:20,relu", images);
        Trainer trainer = Trainer.builder(epochs(5).build()).build();
        List<String> expected = Fixtures.numbers(trainer.train(start, ImageBatches.inOrder(images, 20)).network());
        INDArray pixels = all.images(0, 20);
        for (INDArray features : List.of(pixels, pixels.reshape('c', 20, 3072))) {
            Batches iterator = new IteratorBatches(new SingletonDataSetIterator(new DataSet(features, all.labels(0, 20))));
            assertEquals(expected, Fixtures.numbers(trainer.train(start, iterator).network()));
        }
    }

    /** In the middle of the second of three epochs, each of three steps. */
    @Test
    void oneThatIsStoppedGivesBackTheNetworkSoFar() {
        Images images = DrawnShapes.training(30);
        Batches batches = ImageBatches.inOrder(images, 10);
        Network start = network("dense:20,relu", images);
        List<Integer> asked = new ArrayList<>();
        Trainer.Result stopped = Trainer.builder(epochs(3).build()).stopWhen(() -> {
            asked.add(asked.size());
            return asked.size() == 5;
        }).build().train(start, batches);
        assertTrue(stopped.stopped());
        assertEquals(4, stopped.steps(), "asked after each of four steps and after an epoch");
        assertEquals(1, stopped.history().size());
        assertEquals(1, stopped.bestEpoch());
        Trainer.Result four = Trainer.builder(epochs(1).build()).build().train(start, epoch -> {
            List<MiniBatch> steps = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                batches.epoch(1).forEachRemaining(steps::add);
            }
            return steps.subList(0, 4).iterator();
        });
        assertFalse(four.stopped());
        assertEquals(Fixtures.numbers(four.network()), Fixtures.numbers(stopped.network()));

        Trainer.Result atOnce = Trainer.builder(epochs(3).build()).stopWhen(() -> true).build()
                .train(start, batches, Optional.of(batches));
        assertEquals(1, atOnce.steps());
        assertEquals(0, atOnce.bestEpoch());
        assertEquals(List.of(), atOnce.history());
    }

    /** What a trainer of one's own has beside its settings. */
    @Test
    void doesNotGoOnWithAnotherUpdaterOrOtherMiniBatches(@TempDir Path folder) throws IOException {
        Images images = DrawnShapes.training(40);
        TrainingSettings settings = epochs(2).build();
        try (RunDirectory directory = RunDirectory.create(folder)) {
            Trainer.builder(settings).updater(new Adam(0.002)).checkpoints(directory).stopWhen(() -> true).build()
                    .train(network("dense:5,relu", images), ImageBatches.inOrder(images, 10));
            TrainingState state = directory.latestCheckpoint().orElseThrow();
            String updater = assertThrows(InvalidInputException.class, () -> Trainer.builder(settings).updater(new Adam(0.001))
                    .build().resume(state, ImageBatches.inOrder(images, 10), Optional.empty())).getMessage();
            assertTrue(updater.matches("updater: [^\\n]*\"learningRate\":0.001,[^\\n]* but the checkpoint is of a training with"
                    + " [^\\n]*\"learningRate\":0.002,[^\\n]*"), updater);
            assertEquals("data: the first 1 mini-batches of an epoch have 20 images, but the checkpoint is of a training in which"
                    + " they had 10", assertThrows(InvalidInputException.class, () -> Trainer.builder(settings)
                            .updater(new Adam(0.002)).build().resume(state, ImageBatches.inOrder(images, 20), Optional.empty()))
                                    .getMessage());
        }
    }

    @Test
    void tellsItsListenersOfEveryStep() {
        Images images = DrawnShapes.training(25);
        List<String> told = new ArrayList<>();
        Trainer.builder(epochs(2).build()).listener(new TrainingListener() {
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
        Trainer trainer = Trainer.builder(epochs(20).build()).updater(new Sgd(1e20)).build();
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
                new float[] {1e25f, -1e25f, 1e25f, 1, -1e25f, 1e25f, 1, 1}, new float[] {1, 0, 0, 1}, 2, 1, 2, 2);
        assertEquals("training diverged in epoch 1, step 1: batchnorm1.variance became NaN or infinite; use a lower learning"
                + " rate or clip the gradient's norm", assertThrows(TrainingDivergedException.class,
                        () -> Trainer.builder(TrainingSettings.builder().build()).build()
                                .train(start, epoch -> List.of(huge).iterator())).getMessage());
    }

    /** With validation data it is their evaluation that finds out, and is the cause. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLastStepThatDivergesIsNoResultEither(boolean validated) {
        Images images = DrawnShapes.training(10);
        Batches all = ImageBatches.inOrder(images, 10);
        Trainer trainer = Trainer.builder(epochs(1).build()).updater(new Sgd(validated ? 1e19 : 1e38)).build();
        TrainingDivergedException diverged = assertThrows(TrainingDivergedException.class, () -> trainer.train(
                network("dense:10,relu,dense:10,relu", images), all, validated ? Optional.of(all) : Optional.empty()));
        if (validated) {
            assertInstanceOf(OutputNotFiniteException.class, diverged.getCause());
            assertEquals("training diverged in epoch 1, step 1: the network's output is NaN or infinite; use a lower"
                    + " learning rate or clip the gradient's norm", diverged.getMessage());
        } else {
            assertNull(diverged.getCause());
        }
    }

    @Test
    void patienceNeedsValidationData() {
        Images images = DrawnShapes.training(10);
        Trainer trainer = Trainer.builder(TrainingSettings.builder().patience(2).build()).build();
        assertEquals("patience: 2, but without validation data there is nothing to wait for",
                assertThrows(InvalidInputException.class, () -> trainer.train(
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
        assertRefused("data: images have the shape (4, 3, 32, 32), expected (4, 1, 28, 28): number, channels, height,"
                + " width", other, images);
        assertRefused("data: labels have the shape (4, 10), expected (4, 2): number, classes", fewer, images);
        assertRefused("trainer: a network in DOUBLE, expected FLOAT", wide, images);
        assertRefused("data: no images to train with", fewer, images.range(0, 0));
        assertEquals("epochs: 0, expected at least 1",
                assertThrows(InvalidInputException.class, () -> Trainer.builder(epochs(0).build())).getMessage());
        assertEquals("l2: -1.0, expected a finite number of at least 0",
                assertThrows(InvalidInputException.class, () -> Trainer.builder(epochs(1).l2(-1).build())).getMessage());
        assertEquals("threads: 0, expected at least 1", assertThrows(InvalidInputException.class,
                () -> Trainer.builder(epochs(1).build()).threads(0)).getMessage());
    }

    /** The last mini-batch of an epoch may be of one image, the first not: then all would be. */
    @Test
    void batchNormalizationOfSingleNumbersNeedsTwoImages() {
        Images images = DrawnShapes.training(5);
        String problem = "mini-batch: 1 image, but batch normalization of single numbers compares at least 2; use larger"
                + " mini-batches";
        for (String layers : List.of("dense:4,batchnorm,relu", "dense:4,BATCHNORM,relu", "pool:32,conv:2:1,batchnorm",
                "residual(dense:4,batchnorm|dense:4),relu")) {
            Network start = network(layers, images);
            Trainer trainer = Trainer.builder(epochs(1).build()).build();
            assertEquals(problem, assertThrows(InvalidInputException.class,
                    () -> trainer.train(start, ImageBatches.inOrder(images, 1)), layers).getMessage());
            assertEquals(3, trainer.train(start, ImageBatches.inOrder(images, 2)).history().get(0).step());
        }
        Trainer.builder(epochs(1).build()).build()
                .train(network("conv:2:3,batchnorm,relu,pool:8", images), ImageBatches.inOrder(images, 1));
    }

    private static void assertRefused(String message, Network network, Images images) {
        assertEquals(message, assertThrows(InvalidInputException.class,
                () -> Trainer.builder(TrainingSettings.builder().build()).build()
                        .train(network, ImageBatches.inOrder(images, 4))).getMessage());
    }
}
