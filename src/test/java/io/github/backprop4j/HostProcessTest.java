package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.notebook.Hyperparameters;
import io.github.backprop4j.notebook.TrainingLoop;
import io.github.backprop4j.parallel.Workers;
import io.github.backprop4j.report.ConfusionMatrixPlot;
import io.github.backprop4j.report.FilterPlot;
import io.github.backprop4j.report.MetricsCsv;
import io.github.backprop4j.report.TrainingCurves;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingDivergedException;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Logger;
import javax.imageio.ImageIO;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The process around the library is afterwards as it was before, whatever becomes of a training. */
@Tag("robustness")
class HostProcessTest {

    private static final String OUR_THREADS = "backprop4j-";

    @TempDir
    private Path folder;

    private int[] nativeThreads;
    private Map<String, Object> before;
    private Set<Thread> threadsBefore;

    /** It sets a system property of its own, once, when it first draws text. */
    @BeforeAll
    static void theJdkLoadsItsFonts() {
        new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().getFontMetrics();
    }

    /** Settings that are nobody's default, so that putting a default back would show. */
    @BeforeEach
    void aHostWithItsOwnSettings() {
        nativeThreads = new int[] {environment().maxMasterThreads(), openblas.blas_get_num_threads(),
            operations().ompGetMaxThreads()};
        setNativeThreads(environment().maxThreads(), 3, 5);
        before = state();
        threadsBefore = threads();
    }

    @AfterEach
    void isAsItWas() throws InterruptedException {
        Map<String, Object> after = state();
        setNativeThreads(nativeThreads[0], nativeThreads[1], nativeThreads[2]);
        before.forEach((name, value) -> assertEquals(value, after.get(name), name));
        assertEquals(before.keySet(), after.keySet());
        Set<Thread> more = threads();
        more.removeAll(threadsBefore);
        for (Thread thread : more) {
            assertTrue(thread.isDaemon(), thread.getName());
            if (thread.getName().startsWith(OUR_THREADS)) {
                thread.join(TimeUnit.SECONDS.toMillis(10));
                assertFalse(thread.isAlive(), thread.getName());
            }
        }
    }

    @Test
    void afterEverythingThatTheLibraryDoes() throws IOException {
        Images images = DrawnShapes.training(60);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Trainer.Result result;
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            result = trainer(2).checkpoints(directory).listener(new TrainingListener() {
                @Override
                public void stepDone(long step, int examples, double loss) {
                    threads().stream().map(Thread::getName).filter(name -> name.startsWith(OUR_THREADS))
                            .forEach(seen::add);
                }
            }).build().train(network(images), batches(images), Optional.of(ImageBatches.inOrder(images, 40)));
            MetricsCsv.write(directory.metrics(), result.history());
            result.network().save(directory.model());
        }
        assertTrue(seen.containsAll(Set.of("backprop4j-worker-1", "backprop4j-prefetcher")), seen::toString);

        Network network = Network.load(folder.resolve("run/model.npz"));
        INDArray x = Nd4j.zeros(DataType.FLOAT, 3, 3, 32, 32);
        network.predict(x);
        network.predictProbabilities(x);
        try (Workers workers = new Workers(2)) {
            Evaluator.Result test = Evaluator.evaluate(
                    network, ImageBatches.inOrder(images, 40), workers, done -> {});
            ConfusionMatrixPlot.write(folder.resolve("confusion.png"), test.evaluation().getConfusionMatrix(),
                    network.architecture().classNames());
            new TrainingLoop(Hyperparameters.NOTEBOOK, images, 1, workers).iterate(done -> {});
        }
        TrainingCurves.write(folder.resolve("training.png"), result.history());
        FilterPlot.write(folder.resolve("filters.png"), network.parameters().get("conv1.weights"));
    }

    @Test
    void afterATrainingThatDiverges() {
        Images images = DrawnShapes.training(60);
        assertThrows(TrainingDivergedException.class, () -> trainer(2).updater(new Sgd(1e30)).build()
                .train(network(images), batches(images)));
    }

    @Test
    void afterATrainingThatIsInterrupted() {
        Images images = DrawnShapes.training(60);
        Trainer trainer = trainer(100).listener(new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                if (step == 3) {
                    Thread.currentThread().interrupt();
                }
            }
        }).build();
        assertThrows(CancellationException.class, () -> trainer.train(network(images), batches(images)));
        assertTrue(Thread.interrupted());
    }

    @Test
    void afterATrainingThatIsStopped() {
        Images images = DrawnShapes.training(60);
        assertTrue(trainer(2).stopWhen(() -> true).build().train(network(images), batches(images)).stopped());
    }

    @Test
    void afterATrainingWhoseListenerFails() {
        Images images = DrawnShapes.training(60);
        IllegalStateException failure = new IllegalStateException("for the test");
        Trainer trainer = trainer(2).listener(new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                throw failure;
            }
        }).build();
        assertEquals(failure, assertThrows(
                IllegalStateException.class, () -> trainer.train(network(images), batches(images))));
    }

    @Test
    void afterAPredictionThatIsRefused() {
        Network network = network(DrawnShapes.training(10));
        assertThrows(IllegalArgumentException.class, () -> network.predict(Nd4j.zeros(DataType.FLOAT, 1, 3, 8, 8)));
    }

    private static Trainer.Builder trainer(int epochs) {
        return Trainer.builder(TrainingSettings.builder().epochs(epochs).checkpointEvery(1).build()).threads(2);
    }

    private static ImageBatches batches(Images images) {
        return ImageBatches.shuffled(images, 20, new Augmentation(true, 2), 1);
    }

    private static Network network(Images images) {
        Architecture architecture = Architecture.parse("conv:4:3,batchnorm,relu,pool:4,dense:16,relu,dropout:0.2",
                images.channels(), images.height(), images.width(), images.classNames());
        return Network.initialize(architecture, Training.scaling(images), 1);
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    private static Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("default data type", Nd4j.dataType());
        state.put("default floating type", Nd4j.defaultFloatingPointType());
        state.put("default order", Nd4j.order());
        state.put("ND4J's random numbers", List.of(Nd4j.getRandom().rootState(), Nd4j.getRandom().nodeState()));
        state.put("current workspace", Optional.ofNullable(Nd4j.getMemoryManager().getCurrentWorkspace()));
        state.put("garbage collection by ND4J",
                List.of(Nd4j.getMemoryManager().isPeriodicGcActive(), Nd4j.getMemoryManager().getAutoGcWindow()));
        state.put("helpers allowed", environment().helpersAllowed());
        state.put("debug, verbose, profiling",
                List.of(environment().isDebug(), environment().isVerbose(), environment().isProfiling()));
        state.put("thresholds", List.of(environment().tadThreshold(), environment().elementwiseThreshold()));
        state.put("ND4J's threads", List.of(environment().maxThreads(), environment().maxMasterThreads()));
        state.put("OpenBLAS's threads", openblas.blas_get_num_threads());
        state.put("OpenMP's threads", operations().ompGetMaxThreads());
        state.put("locales", List.of(Locale.getDefault(), Locale.getDefault(Locale.Category.FORMAT),
                Locale.getDefault(Locale.Category.DISPLAY)));
        state.put("time zone", TimeZone.getDefault());
        System.getProperties().forEach((name, value) -> state.put("system property " + name, value));
        state.put("standard streams", List.of(System.in, System.out, System.err));
        state.put("uncaught exceptions", Optional.ofNullable(Thread.getDefaultUncaughtExceptionHandler()));
        state.put("shut-down hooks", shutdownHooks());
        state.put("root logger's level", Logger.getLogger("").getLevel());
        state.put("root logger's handlers", List.<Handler>of(Logger.getLogger("").getHandlers()));
        state.put("ImageIO's cache", ImageIO.getUseCache());
        state.put("this thread", List.of(Thread.currentThread().getName(), Thread.currentThread().getPriority(),
                Thread.currentThread().getContextClassLoader(), Thread.currentThread().isInterrupted()));
        return state;
    }

    /** Nobody tells of them but the JDK's own class, which the build opens to the tests. */
    private static Set<Object> shutdownHooks() {
        try {
            Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            hooks.setAccessible(true);
            return new HashSet<>(((Map<?, ?>) hooks.get(null)).keySet());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void setNativeThreads(int operation, int blas, int openMp) {
        environment().setMaxMasterThreads(operation);
        openblas.blas_set_num_threads(blas);
        operations().setOmpNumThreads(openMp);
    }

    private static Environment environment() {
        return Nd4j.getEnvironment();
    }

    private static NativeOps operations() {
        Nd4j.getBackend();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }
}
