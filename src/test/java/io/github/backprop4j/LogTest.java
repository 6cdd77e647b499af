package io.github.backprop4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Classifier;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host finds in its log at the usual level, info: of ours nothing, unless there is a cause. */
class LogTest {

    private static final TrainingSettings SETTINGS = TrainingSettings.builder().epochs(1).validation(0.2).checkpointEvery(1)
            .layers("conv:4:3,batchnorm,relu,pool:4").build();

    @TempDir
    private Path folder;

    @Test
    void trainingLoadingAndPredictingLogNothing() {
        List<String> messages = Logged.of(() -> {
            Images images = DrawnShapes.training(60);
            Training training = Training.of(SETTINGS, new Dataset("shapes", images, images));
            try (RunDirectory directory = RunDirectory.create(folder.resolve("run"))) {
                training.run(training.trainer().threads(2).checkpoints(directory).build()).network().save(directory.model());
                return Classifier.load(directory.model()).classify(new DatasetImage(images, 0).png());
            }
        }).messages();
        assertEquals(List.of(), messages.stream().filter(line -> !isOfNd4j(line)).toList());
    }

    /** ND4J's lines about itself come once in a process; those without a head belong to the one about its build. */
    private static boolean isOfNd4j(String line) {
        return line.matches("Loaded \\[.*|Number of threads .*|Binary level .*|Backend .*|Cores: .*|Blas vendor: .*"
                + "| ?GCC: .*|STD version: .*|DEFAULT_ENGINE: .*|HAVE_.*");
    }

    @Test
    void whoWantsToKnowWhatComputesListens() throws IOException {
        Images images = DrawnShapes.training(40);
        Training training = Training.of(SETTINGS, new Dataset("shapes", images, images));
        List<String> told = new ArrayList<>();
        training.run(training.trainer().threads(2).listener(new TrainingListener() {
            @Override
            public void trainingBegun(int threads, Network network) {
                told.add("begun on " + threads + " with " + network.engine());
            }

            @Override
            public void stepDone(long step, int examples, double loss) {
                assertTrue(!told.isEmpty(), "a step before the beginning");
            }
        }).build());
        assertEquals(List.of("begun on 2 with " + SETTINGS.engine()), told);
    }
}
