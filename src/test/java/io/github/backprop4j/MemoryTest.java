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

    /** Of a model; in the profile long, 15,000. */
    private static final int LOADS = Integer.getInteger("memory.loads", 300);

    /** Of which the first third is the warm-up. */
    private static final int LOOKS = 15;

    /**
     * The heap grows by some ten bytes a step here. An array of ten numbers that is kept takes 1,300, and it holds its
     * native memory, which is thereby seen too, whatever the size.
     */
    private static final long HEAP_LIMIT_PER_STEP = 200;

    /**
     * Native memory that no Java object holds shows in the process alone, which grows by up to 100 kB from look to look
     * for reasons of its own, such as compiled code. In the short form 8 kB a step are seen, in the long one 1 kB.
     */
    private static final long RESIDENT_LIMIT_PER_LOOK = 150_000;
    private static final long RESIDENT_LIMIT_PER_STEP = 600;

    /** A model that is kept takes 3 kB of the heap, which hold its native memory. */
    private static final long HEAP_LIMIT_PER_LOAD = 1_000;

    /** A model has 500 kB, and what is lent to the threads for it 80 kB each. */
    private static final long RESIDENT_LIMIT_PER_LOAD = 40_000;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsProc() {
        assumeTrue(Memory.isTold(), "needs /proc/self/status");
    }

    @Test
    void aTrainingStaysAsLargeAsItWas() throws Exception {
        List<Memory> history = ChildJvm.run(
                60 + STEPS / 10, Training.class, "" + STEPS, folder.resolve("run").toString())
                .stream().map(Memory::parse).toList();
        assertEquals(2 * LOOKS / 3, history.size());
        long steps = STEPS / LOOKS;
        Memory.assertSteady(history, HEAP_LIMIT_PER_STEP * steps,
                RESIDENT_LIMIT_PER_LOOK + RESIDENT_LIMIT_PER_STEP * steps);
    }

    /**
     * Eight threads ask each model, and end after ten. What one left behind before scratch memory was lent, some 100 kB,
     * would be 80 kB a load.
     */
    @Test
    void aServiceThatChangesItsModelAndItsThreadsStaysAsLargeAsItWas() throws Exception {
        List<Memory> history = ChildJvm.run(60 + LOADS / 5, ServingSoak.class, "" + LOADS, "8", "10", "looks", "" + LOOKS)
                .stream().map(Memory::parse).toList();
        assertEquals(2 * LOOKS / 3, history.size());
        long loads = LOADS / LOOKS;
        Memory.assertSteady(history, HEAP_LIMIT_PER_LOAD * loads, RESIDENT_LIMIT_PER_LOOK + RESIDENT_LIMIT_PER_LOAD * loads);
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
                                if (step > steps / 3 && step % (steps / LOOKS) == 0) {
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
