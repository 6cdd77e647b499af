package io.github.backprop4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.ImageSize;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Precision;
import io.github.backprop4j.training.Optimizer;
import io.github.backprop4j.training.Preset;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --preset NAME}, and what {@code train} does when nobody says. */
class PresetOptionsTest {

    private static final ImageSize SIZE = new ImageSize(16, 16);

    @TempDir
    private Path folder;

    private String data;

    /** Forty of them to train with. */
    @BeforeEach
    void write() throws IOException {
        NoiseImages.write(folder.resolve("images"), 50);
        data = folder.resolve("images").toString();
    }

    private CliProcess.Result train(String... options) {
        return new Cli(folder).run(Stream.concat(Stream.of("train", "--data", "images", "--output", "run"),
                Stream.of(options)).toArray(String[]::new));
    }

    private TrainingSettings trained(String... options) throws IOException {
        CliProcess.Result trained = train(options);
        assertEquals(0, trained.exitCode(), trained.err());
        return RunDirectory.settings(folder.resolve("run"));
    }

    @Test
    void withoutAnyItIsTheQuickOne() throws IOException {
        assertEquals(Preset.QUICK.settings(40, SIZE).data(data).epochs(1).freezeAfter(1).build(),
                trained("--epochs", "1"));
    }

    @Test
    void optionsChangeJustTheirs() throws IOException {
        assertEquals(Preset.BALANCED.settings(36, SIZE).data(data).epochs(1).freezeAfter(1).validation(0.1)
                        .labelSmoothing(0.1).seed(4).build(),
                trained("--preset", "balanced", "--epochs", "1", "--validation", "0.1",
                        "--label-smoothing", "0.1", "--seed", "4"));
    }

    @Test
    void theLearningRateGoesWithTheMiniBatchUnlessItIsGiven() throws IOException {
        assertEquals(1.5 * 16 / 1024, trained("--epochs", "1", "--batch-size", "16").learningRate());
    }

    @Test
    void anotherOptimizerBringsItsOwnRate() throws IOException {
        assertEquals(1.5 * 32 / 1024, trained("--epochs", "1", "--optimizer", "nesterovs").learningRate());
        FileUtils.deleteDirectory(folder.resolve("run").toFile());
        TrainingSettings settings = trained("--preset", "quick", "--epochs", "1", "--optimizer", "adam");
        assertEquals(Preset.QUICK.settings(40, SIZE).data(data).epochs(1).freezeAfter(1).optimizer(Optimizer.ADAM)
                .momentum(null).learningRate(0.003).build(), settings);
    }

    @Test
    void theEngineBringsItsPrecisionOnlyIfItIsAnother() throws IOException {
        Engine fastest = Engine.fastest();
        assertEquals(fastest.fastestPrecision(), trained("--epochs", "1", "--engine", fastest.toString()).precision());
        FileUtils.deleteDirectory(folder.resolve("run").toFile());
        assertEquals(Precision.FLOAT32, trained("--epochs", "1", "--engine", "im2col").precision());
    }

    @Test
    void freezingGoesWithTheEpochsAndCanBeChanged() throws IOException {
        assertEquals(3, trained("--epochs", "8").freezeAfter());
        for (String[] nothing : new String[][] {{"--freeze-after", "0"}, {"--freeze", "0"}}) {
            FileUtils.deleteDirectory(folder.resolve("run").toFile());
            TrainingSettings settings = trained("--epochs", "1", nothing[0], nothing[1]);
            assertEquals(List.of(0, 0), List.of(settings.freeze(), settings.freezeAfter()));
        }
        FileUtils.deleteDirectory(folder.resolve("run").toFile());
        TrainingSettings settings = trained("--epochs", "2", "--freeze", "1");
        assertEquals(List.of(1, 1), List.of(settings.freeze(), settings.freezeAfter()));
    }

    /** They need validation images, which a preset has none of. */
    @Test
    void whoWantsToWaitOrSplitsGetsImagesSetApart() throws IOException {
        assertEquals(0.1, trained("--epochs", "1", "--patience", "3").validation());
        FileUtils.deleteDirectory(folder.resolve("run").toFile());
        assertEquals(0.1, trained("--epochs", "1", "--split", "random").validation());
    }

    @Test
    void whatIsNotMirroredInTrainingIsNotMirroredInTheTest() throws IOException {
        assertEquals(new Views(1), trained("--epochs", "1", "--augment", "reflect:1").views());
        FileUtils.deleteDirectory(folder.resolve("run").toFile());
        assertEquals(new Views(6), trained("--epochs", "1", "--augment", "flip").views());
    }

    @Test
    void ownLayersAreTrainedByItsRecipe() throws IOException {
        TrainingSettings settings = trained("--preset", "best", "--layers", "conv:4:3,batchnorm,relu,pool:4",
                "--epochs", "1");
        assertEquals(Preset.BEST.settings(40, SIZE).layers("conv:4:3,batchnorm,relu,pool:4").data(data).epochs(1).freeze(0)
                .freezeAfter(0).build(), settings);
    }

    @Test
    void layersAloneHaveTheSettingsOwnDefaults() throws IOException {
        assertEquals(TrainingSettings.builder().layers("dense:4,relu").data(data).epochs(1).build(),
                trained("--layers", "dense:4,relu", "--epochs", "1"));
    }

    @Test
    void imagesThatAreTooSmallForPresetsHaveTheSettingsOwnDefaults() throws IOException {
        assertEquals(TrainingSettings.builder().data(data).epochs(1).size(new ImageSize(8, 8)).build(),
                trained("--epochs", "1", "--size", "8"));
        CliProcess.Result refused = train("--preset", "quick", "--size", "8");
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().startsWith("backprop4j: --preset: quick is for images of at least 9x9 pixels, but those of"
                + " the data are "), refused.err());
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        assertEquals("backprop4j: --preset: best has layers of its own, but --from goes on with those of its model; leave"
                + " one of them out", train("--preset", "best", "--from", "model.npz").err().strip());
        trained("--epochs", "1");
        assertEquals("backprop4j: --preset: found beside --resume, but run goes on with the settings that it was begun with;"
                + " leave it out", new Cli(folder).run("train", "--resume", "run", "--preset", "quick").err().strip());
        List<String> unknown = train("--preset", "fast").err().lines().toList();
        assertEquals(1, unknown.size());
        assertTrue(unknown.get(0).contains("quick, balanced, best"), unknown::toString);
    }
}
