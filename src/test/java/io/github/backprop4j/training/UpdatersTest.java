package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Batches;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** Every updater of ND4J either trains or is refused by its name. */
class UpdatersTest {

    @TempDir
    private Path folder;

    private static Stream<IUpdater> thatTrain() {
        return Stream.of(new Adam(0.003), new AMSGrad(0.003), new AdaMax(0.003), new Nadam(0.0001), new AdaGrad(0.01),
                new RmsProp(0.001), new Nesterovs(0.02), new Sgd(0.1), new AdaDelta());
    }

    @Test
    void theseAreAll() {
        Set<String> found = new ClassFileImporter().importPackages(IUpdater.class.getPackageName()).stream()
                .filter(each -> each.isAssignableTo(IUpdater.class) && !each.isInterface()).map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> tried = Stream.concat(thatTrain(), Stream.of(new AdaBelief(), new NoOp()))
                .map(each -> each.getClass().getSimpleName()).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(found, tried);
    }

    @Test
    void oneThatIsBrokenIsRefusedByName() {
        Trainer.Builder builder = Trainer.builder(TrainingSettings.builder().build());
        assertEquals("updater: AdaBelief, which fails in ND4J 1.0.0-M2.1 when it is given its state; use another, such as Adam",
                assertThrows(InvalidInputException.class, () -> builder.updater(new AdaBelief(0.003))).getMessage());
    }

    /** It leaves gradients as they are, so that the parameters move by them. */
    @Test
    void noOpIsDescentAtARateOfOne() {
        Images images = DrawnShapes.training(40);
        Network start = Fixtures.network("", images);
        assertEquals(Fixtures.numbers(oneStep(start, images, new Sgd(1))), Fixtures.numbers(oneStep(start, images, new NoOp())));
    }

    private static Network oneStep(Network start, Images images, IUpdater updater) {
        return Trainer.builder(TrainingSettings.builder().epochs(1).build()).updater(updater).build()
                .train(start, ImageBatches.inOrder(images, images.count())).network();
    }

    @ParameterizedTest
    @MethodSource("thatTrain")
    void itTrainsAndGoesOnToTheSameNumbers(IUpdater updater) throws IOException {
        Images images = DrawnShapes.training(160);
        Batches batches = ImageBatches.shuffled(images, 40, Augmentation.NONE, 1);
        // more parameters than a part of them has
        Network start = Fixtures.network("pool:2,dense:60,relu", images);
        TrainingSettings settings = TrainingSettings.builder().epochs(4).build();
        Trainer.Result one = Trainer.builder(settings).updater(updater).threads(1).build().train(start, batches);
        assertTrue(one.history().get(3).trainLoss() < 0.9 * one.history().get(0).trainLoss(), () -> one.history().toString());

        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
            Trainer threeSteps = Trainer.builder(settings.toBuilder().checkpointEvery(1).build()).updater(updater)
                    .checkpoints(directory).stopWhen(() -> Files.exists(folder.resolve("run/checkpoint-3.npz"))).build();
            threeSteps.train(start, batches);
            Trainer.Result resumed = Trainer.builder(settings).updater(updater).threads(2).build()
                    .resume(directory.latestCheckpoint().orElseThrow(), batches, Optional.empty());
            assertEquals(Fixtures.numbers(one.network()), Fixtures.numbers(resumed.network()));
        }
    }
}
