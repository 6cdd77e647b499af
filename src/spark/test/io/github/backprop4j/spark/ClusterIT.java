package io.github.backprop4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real cluster gives the model file that one machine gives, byte for byte, whatever becomes of its executors. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIT {

    private static final Path JAR = Path.of("target/spark/backprop4j-spark.jar").toAbsolutePath();
    private static final Map<String, String> OPTIONS = Map.of("spark.executor.memory", "1g");

    @TempDir
    private static Path folder;

    private Training training;
    private byte[] expected;
    private StandaloneCluster workers;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        training = Training.of(Trainings.notebook().build());
        expected = Trainings.model(training.run(), folder.resolve("here.npz"));
        workers = StandaloneCluster.start(Files.createDirectory(folder.resolve("spark")));
        workers.addWorker();
        workers.addWorker();
    }

    @AfterAll
    void stop() throws InterruptedException {
        workers.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void anyNumberOfPartitionsGivesTheSameBytes(int partitions) throws IOException {
        assertArrayEquals(expected, train(() -> partitions, step -> {}, new CopyOnWriteArrayList<>()));
    }

    /** With two partitions the driver adds up, with seven the executors do. */
    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void anExecutorThatIsKilledMakesNoDifference(int partitions) throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        byte[] model = train(() -> partitions, step -> {
            if (step == 5) {
                assertTrue(workers.killExecutor(0), "there is no executor to kill");
            }
        }, told);
        assertTrue(told.stream().anyMatch(line -> line.contains("lost")), told.toString());
        assertArrayEquals(expected, model);
    }

    @Test
    void aWorkerThatJoinsLateTakesPart() throws IOException, InterruptedException {
        try (StandaloneCluster one = StandaloneCluster.start(Files.createDirectory(folder.resolve("one")))) {
            one.addWorker();
            List<String> told = new CopyOnWriteArrayList<>();
            byte[] model = train(one, () -> 2, step -> {
                if (step == 3) {
                    join(one, told);
                }
            }, told);
            assertEquals(2, told.stream().filter(line -> line.contains(" core")).count(), told.toString());
            assertArrayEquals(expected, model);
        }
    }

    @Test
    void executorsWithOtherKernelsAreRefused() {
        Cluster.Setup setup = new Cluster.Setup(Optional.of(workers.address()), Optional.of(JAR),
                Map.of("spark.executor.memory", "1g", "spark.executorEnv.OPENBLAS_CORETYPE", "Nehalem"), told -> {},
                () -> false);
        try (Cluster cluster = Cluster.open(setup);
                SparkGradients gradients = new SparkGradients(cluster, training, () -> 2)) {
            InvalidInputException refused = assertThrows(InvalidInputException.class, () ->
                    training.run(training.trainer().gradients(gradients).build()));
            assertTrue(refused.getMessage().startsWith("executor: computes with openblas "), refused.getMessage());
            assertTrue(refused.getMessage().contains("Nehalem"), refused.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(StandaloneCluster cluster, List<String> told) {
        try {
            cluster.addWorker();
            while (told.stream().filter(line -> line.contains(" core")).count() < 2) {
                Thread.sleep(20);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] train(IntSupplier partitions, LongConsumer afterStep, List<String> told) throws IOException {
        return train(workers, partitions, afterStep, told);
    }

    private byte[] train(StandaloneCluster on, IntSupplier partitions, LongConsumer afterStep, List<String> told)
            throws IOException {
        Cluster.Setup setup =
                new Cluster.Setup(Optional.of(on.address()), Optional.of(JAR), OPTIONS, told::add, () -> false);
        try (Cluster cluster = Cluster.open(setup);
                SparkGradients gradients = new SparkGradients(cluster, training, partitions)) {
            Trainer trainer = training.trainer().gradients(gradients).listener(new TrainingListener() {
                @Override
                public void stepDone(long step, int examples, double loss) {
                    afterStep.accept(step);
                }
            }).build();
            return Trainings.model(training.run(trainer), folder.resolve("there.npz"));
        }
    }
}
