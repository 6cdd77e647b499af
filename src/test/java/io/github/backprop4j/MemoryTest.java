package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training takes no more memory the longer it goes on. */
@Tag("robustness")
class MemoryTest {

    /** In the profile long, 10,000. */
    private static final int STEPS = Integer.getInteger("memory.steps", 300);

    private static final int LOOKS = 10;

    /**
     * An array of ten numbers takes 1.3 kB of heap: kept at each of the 3,000 steps between the thirds, 4 MB. In a short
     * form the thirds are still within what is made once (4 MB at a stroke were seen at step 180), so it sees large leaks
     * only.
     */
    private static final long HEAP_SLACK = STEPS < 3000 ? 8 << 20 : 2 << 20;

    /** Of native memory that no Java object holds, a kilobyte at each step would be seen. */
    private static final long RESIDENT_SLACK = 3 << 20;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsProc() {
        assumeTrue(Memory.isTold(), "needs /proc/self/status");
    }

    @Test
    void aTrainingStaysAsLargeAsItWas() throws Exception {
        List<Memory> course = ChildJvm.run(60 + STEPS / 10, Training.class, "" + STEPS, folder.resolve("run").toString())
                .stream().map(Memory::parse).toList();
        assertEquals(LOOKS, course.size());
        Memory.assertFlat(course, HEAP_SLACK, RESIDENT_SLACK);
    }

    /** With all that a training may have: validation, checkpoints, augmentation, running statistics, dropout. */
    static final class Training {

        private static final int BATCH = 16;
        private static final int STEPS_PER_EPOCH = 10;

        private Training() {}

        public static void main(String[] arguments) throws IOException {
            int steps = Integer.parseInt(arguments[0]);
            Images images = DrawnShapes.training(BATCH * STEPS_PER_EPOCH);
            ImageBatches batches = ImageBatches.shuffled(images, BATCH, new Augmentation(true, 2), 1);
            Architecture architecture = Architecture.parse("conv:4:3,batchnorm,relu,pool:4,dense:16,relu,dropout:0.2",
                    images.channels(), images.height(), images.width(), images.classNames());
            try (RunDirectory directory = RunDirectory.create(Path.of(arguments[1]))) {
                Trainer.builder(TrainingSettings.builder().epochs(steps / STEPS_PER_EPOCH).l2(1e-4).clipNorm(1)
                        .checkpointEvery(4).build()).threads(2).checkpoints(directory).listener(new TrainingListener() {
                            @Override
                            public void stepDone(long step, int examples, double loss) {
                                if (step % (steps / LOOKS) == 0) {
                                    System.out.println(Memory.now());
                                }
                            }
                        }).build()
                        .train(Network.initialize(architecture, io.github.backprop4j.training.Training.scaling(images), 1), batches,
                                Optional.of(ImageBatches.inOrder(images, 40)));
            }
        }
    }
}
