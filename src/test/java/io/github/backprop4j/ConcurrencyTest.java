package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What threads do to one another in one process: nothing. */
@Tag("robustness")
class ConcurrencyTest {

    /** In the profile long, 60. */
    private static final int SECONDS = Integer.getInteger("concurrency.seconds", 1);

    /** A round has 16 threads or more and three predictions of each, so a kilobyte kept of each prediction would be more. */
    private static final long HEAP_LIMIT_PER_ROUND = 40_000;

    /**
     * The scratch memory of the threads, some 10 MB each, would be ten times as much. The peaks of the threads come
     * together ever more closely in the first rounds, and malloc does not give all of that back.
     */
    private static final long RESIDENT_LIMIT_PER_ROUND = 16_000_000;

    @TempDir
    private static Path folder;

    private static Network network(String layers, Images images, long seed) {
        Architecture architecture = Architecture.parse(
                layers, images.channels(), images.height(), images.width(), images.classNames());
        return Network.initialize(architecture, Training.scaling(images), seed);
    }

    @Test
    void manyThreadsPredictWhileOneTrains() throws Exception {
        assumeTrue(Memory.isTold(), "needs /proc/self/status");
        List<String> told = ChildJvm.run(60 + 3 * SECONDS, Predicting.class, Integer.toString(SECONDS));
        Memory.assertSteady(
                told.stream().map(Memory::parse).toList(), HEAP_LIMIT_PER_ROUND, RESIDENT_LIMIT_PER_ROUND);
    }

    /** Threads predict and one trains, round after round, with other threads in each. */
    static final class Predicting {

        private static final int THREADS = 16;
        private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(150);
        private static final int LEAST_ROUNDS = 10;
        private static final int WARM_UP_ROUNDS = 3;

        private record Question(INDArray images, INDArray logits, INDArray probabilities, int[] classes) {

            static Question of(Network network, INDArray images) {
                return new Question(images, network.predictLogits(images), network.predictProbabilities(images),
                        network.predict(images));
            }

            /** NaN would be unlike itself. */
            void ask(Network network) {
                if (!same(logits, network.predictLogits(images))
                        || !same(probabilities, network.predictProbabilities(images))
                        || !Arrays.equals(classes, network.predict(images))) {
                    throw new AssertionError("another answer than alone, to " + images.size(0) + " images");
                }
            }

            private static boolean same(INDArray expected, INDArray found) {
                return Arrays.equals(expected.toFloatMatrix(), found.toFloatMatrix(), Arrays::compare);
            }
        }

        private Predicting() {}

        public static void main(String[] arguments) throws Exception {
            Images images = DrawnShapes.training(200);
            Network network = network("conv:6:5,batchnorm,relu,pool:2,conv:8:3,relu,avgpool:4,dense:20,relu", images, 1);
            List<Question> questions = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                questions.add(Question.of(network, x(images, thread * 5, 1 + 3 * thread)));
            }
            INDArray trained = train(network, images);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.parseInt(arguments[0]));
            for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
                round(network, questions, images, trained);
                if (round >= WARM_UP_ROUNDS) {
                    System.out.println(Memory.now());
                }
            }
        }

        private static void round(Network network, List<Question> questions, Images images, INDArray trained)
                throws Exception {
            long end = System.nanoTime() + ROUND;
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> asking = new ArrayList<>();
            for (Question question : questions) {
                asking.add(threads.submit(() -> {
                    do {
                        question.ask(network);
                    } while (System.nanoTime() < end);
                }));
            }
            do {
                if (!trained.equalsWithEps(train(network, images), 0)) {
                    throw new AssertionError("another network than alone");
                }
            } while (System.nanoTime() < end);
            for (Future<?> each : asking) {
                each.get();
            }
            threads.shutdown();
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new AssertionError("threads that do not end");
            }
        }

        private static INDArray train(Network start, Images images) {
            return Trainer.builder(TrainingSettings.builder().epochs(1).build()).threads(2).build()
                    .train(start, ImageBatches.shuffled(images.range(0, 40), 40, Augmentation.NONE, 1))
                    .network().parameters().trained();
        }

        private static INDArray x(Images images, int from, int count) {
            INDArray x = Nd4j.create(DataType.FLOAT, count, images.channels(), images.height(), images.width());
            for (int i = 0; i < count * images.size(); i++) {
                x.data().put(i, Byte.toUnsignedInt(images.pixels()[from * images.size() + i]));
            }
            return x;
        }
    }

    /**
     * One has dropout and running statistics, the other neither, and each has its own number of threads. Together they
     * begin every step together.
     */
    @Test
    void twoTrainersAtOnceComeToWhatEachComesToAlone() throws Exception {
        CyclicBarrier none = new CyclicBarrier(1);
        CyclicBarrier bothAtAStep = new CyclicBarrier(2);
        byte[] first = trainFirst(none);
        byte[] second = trainSecond(none);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Callable<byte[]>> both = List.of(() -> trainFirst(bothAtAStep), () -> trainSecond(bothAtAStep));
        for (int repetition = 0; repetition < 2; repetition++) {
            List<Future<byte[]>> together = threads.invokeAll(both);
            assertArrayEquals(first, together.get(0).get(), "first trainer");
            assertArrayEquals(second, together.get(1).get(), "second trainer");
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    }

    private static byte[] trainFirst(CyclicBarrier step) throws IOException {
        return train("conv:4:3,batchnorm,relu,pool:4,dropconnect:0.2,dense:16,relu,dropout:0.2", 2, step);
    }

    private static byte[] trainSecond(CyclicBarrier step) throws IOException {
        return train("conv:6:5,leakyrelu,avgpool:4", 3, step);
    }

    private static byte[] train(String layers, int workers, CyclicBarrier barrier) throws IOException {
        Images images = DrawnShapes.training(100);
        Network trained = Trainer.builder(TrainingSettings.builder().epochs(3).seed(workers).l2(1e-3).clipNorm(1)
                        .build()).threads(workers)
                .listener(new TrainingListener() {
                    @Override
                    public void stepDone(long step, int examples, double loss) {
                        try {
                            barrier.await(1, TimeUnit.MINUTES);
                        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                            throw new IllegalStateException("the other trainer is not there", e);
                        }
                    }
                }).build()
                .train(network(layers, images, workers), ImageBatches.shuffled(
                        images, 25, new Augmentation(true, 2), workers)).network();
        Path model = Files.createTempFile(folder, "model", ".npz");
        trained.save(model);
        return Files.readAllBytes(model);
    }
}
