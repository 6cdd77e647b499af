package io.github.backprop4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PresetTest {

    private static final ImageSize SIZE = new ImageSize(32, 32);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void takeImagesOfManySizesAndClasses(Preset preset) {
        String layers = preset.settings(50_000, SIZE).build().layers();
        for (int side : new int[] {9, 10, 16, 17, 28, 32, 48, 64, 96, 128}) {
            for (int classes : new int[] {2, 10, 1000}) {
                List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
                Architecture colour = Architecture.parse(layers, 3, side, side, names);
                Architecture grey = Architecture.parse(layers, 1, side, side + 5, names);
                assertEquals(24, colour.parameters().get(0).shape()[0]);
                assertEquals(8, grey.parameters().get(0).shape()[0]);
            }
        }
        assertThrows(InvalidInputException.class, () -> Architecture.parse(layers, 3, 8, 8, List.of("a", "b")));
    }

    @Test
    void fitsTellsTheSmallestSide() {
        assertTrue(Preset.fits(images(9, 9)));
        assertFalse(Preset.fits(images(8, 40)));
        assertFalse(Preset.fits(images(40, 8)));
    }

    private static Images images(int height, int width) {
        return new Images(1, height, width, List.of("a", "b"), new byte[height * width], new byte[1]);
    }

    @ParameterizedTest
    @EnumSource
    void fewImagesAreSeenOftenInSmallMiniBatches(Preset preset) {
        for (int images : new int[] {1, 2, 40, 200, 500, 5_000, 20_000, 60_000, 1_000_000}) {
            TrainingSettings settings = preset.settings(images, SIZE).build();
            assertTrue(settings.batchSize() >= 32 && settings.batchSize() <= 1024, settings::toString);
            assertTrue((long) settings.epochs() * images >= 32_000 || settings.epochs() == 200, settings::toString);
            assertTrue(settings.freezeAfter() >= 1 && settings.freezeAfter() < settings.epochs(), settings::toString);
            assertEquals(1.5 * Math.min(images, settings.batchSize()) / 1024, settings.learningRate());
        }
        assertEquals(1024, preset.settings(50_000, SIZE).build().batchSize());
        assertEquals(32, preset.settings(500, SIZE).build().batchSize());
        assertEquals(64, preset.settings(500, SIZE).build().epochs());
        assertEquals(preset.settings(5_000, SIZE).build().epochs(), preset.settings(50_000, SIZE).build().epochs());
        assertEquals("images: 0, expected at least 1",
                assertThrows(InvalidInputException.class, () -> preset.settings(0, SIZE)).getMessage());
    }

    @Test
    void theLearningRateGoesWithTheMiniBatch() {
        assertEquals(0.375, Preset.QUICK.settings(50_000, SIZE, 256).build().learningRate());
        assertEquals(3, Preset.QUICK.settings(50_000, SIZE, 2048).build().learningRate());
        assertEquals("batch size: 0, expected at least 1",
                assertThrows(InvalidInputException.class, () -> Preset.QUICK.settings(10, SIZE, 0)).getMessage());
    }

    /** Ghost batches, and with them memory, go by the pixels of an image. */
    @Test
    void largerImagesPassFewerAtATime() {
        int[] sides = {28, 32, 48, 64, 128, 512};
        int[] ghostBatches = {128, 128, 56, 32, 16, 16};
        for (int i = 0; i < sides.length; i++) {
            assertEquals(ghostBatches[i],
                    Preset.BEST.settings(50_000, new ImageSize(sides[i], sides[i])).build().ghostBatch());
        }
        assertEquals(16, Preset.BEST.settings(500, SIZE).build().ghostBatch());
        assertEquals(64, Preset.BEST.settings(50_000, SIZE, 128).build().ghostBatch());
    }

    /** Six times as good as chance. */
    @Test
    void learnsFromFewImages() throws IOException {
        Dataset dataset = new Dataset("shapes", DrawnShapes.training(200), DrawnShapes.test().range(0, 300));
        Training training = Training.of(Preset.QUICK.settings(200, SIZE).epochs(40).freezeAfter(12).build(), dataset);
        Network trained = training.run().network();
        double accuracy = Evaluator.evaluate(trained, dataset.test()).accuracy();
        assertTrue(accuracy > 0.6, () -> "accuracy " + accuracy);
    }

    /** The record network on a few images: on one, two and three threads, and gone on with after every second step. */
    @Test
    void theBestOneIsTheSameForAnyThreadsAndAfterEveryStop() throws IOException {
        TrainingSettings settings = Preset.BEST.settings(64, SIZE).epochs(2).freezeAfter(1).lookahead(2).checkpointEvery(1)
                .build();
        Dataset dataset = Fixtures.shapes(64);
        Training training = Training.of(settings, dataset);
        List<String> whole = Fixtures.numbers(training.run(training.trainer().threads(1).build()).network());
        assertEquals(whole, Fixtures.numbers(training.run(training.trainer().threads(3).build()).network()));

        Path run = Files.createDirectories(folder.resolve("run"));
        Trainer.Result result = null;
        for (int starts = 0; result == null || result.stopped(); starts++) {
            Training again = Training.of(settings, dataset);
            AtomicLong done = new AtomicLong();
            try (RunDirectory directory = starts == 0 ? RunDirectory.create(run) : RunDirectory.resume(run)) {
                Trainer trainer = again.trainer().threads(1 + starts % 3).checkpoints(directory)
                        .stopWhen(() -> done.incrementAndGet() == 2).build();
                result = starts == 0 ? again.run(trainer)
                        : again.resume(trainer, directory.latestCheckpoint().orElseThrow());
            }
        }
        assertEquals(whole, Fixtures.numbers(result.network()));
    }
}
