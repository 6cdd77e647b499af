package io.github.backprop4j;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Whole trainings and predictions with the engine onednn. */
class OneDnnTest {

    /** Two convolutions, so that one of them has the gradient of its input computed too. */
    private static final String LAYERS =
            "conv:6:5,relu,pool:2,conv:8:3,leakyrelu,avgpool:4,batchnorm,dense:20,relu,dropout:0.2";

    private static final Images IMAGES = DrawnShapes.training(192);
    private static final int BATCH = 48;

    /**
     * The engines agree to 1e-5 of the largest magnitude in each call, and these losses to 1e-7. The tolerance leaves
     * room for the kernels of other processors; a gradient that is wrong by one percent moves a loss by ten times as
     * much. The optimizer is plain descent, since Adam would not see the size of a gradient.
     */
    @Test
    void aTrainingHasTheLossesOfIm2col() {
        List<Double> expected = new ArrayList<>();
        Network reference = train(Engine.IM2COL, 2, expected);
        List<Double> losses = new ArrayList<>();
        Network trained = train(Engine.ONEDNN, 2, losses);
        assertEquals(20, losses.size());
        for (int step = 0; step < 20; step++) {
            assertEquals(expected.get(step), losses.get(step), 1e-4 * expected.get(step), "loss of step " + (step + 1));
        }
        assertClose("parameters", reference.parameters().trained(), trained.parameters().trained(), 1e-4);
        assertTrue(losses.get(19) < 0.8 * losses.get(0), () -> "it learns: " + losses);
    }

    @Test
    void aTrainingIsTheSameToTheBitForAnyNumberOfThreads() {
        INDArray one = train(Engine.ONEDNN, 1, new ArrayList<>()).parameters().trained();
        for (int threads = 2; threads <= 3; threads++) {
            assertClose(threads + " threads", one,
                    train(Engine.ONEDNN, threads, new ArrayList<>()).parameters().trained(), 0);
        }
    }

    @Test
    void aNetworkPredictsWhatItPredictsWithIm2col() {
        Network im2col = network().using(Engine.IM2COL);
        INDArray x = Nd4j.create(DataType.FLOAT, 70, 3, 32, 32);
        for (int i = 0; i < x.length(); i++) {
            x.data().put(i, Byte.toUnsignedInt(IMAGES.pixels()[i]));
        }
        assertClose("logits", im2col.predictLogits(x), im2col.using(Engine.ONEDNN).predictLogits(x), 1e-5);
    }

    /** No pass falls back to oneDNN's reference, which takes a thousand times as long; oneDNN itself tells what it runs. */
    @Test
    void everyPassHasAFastKernel() throws Exception {
        List<String> run = ChildJvm.run(120, Map.of("ONEDNN_VERBOSE", "1"), Training.class).stream()
                .filter(line -> line.contains(",primitive,exec,cpu,")).toList();
        for (String pass : List.of("convolution,forward", "convolution,backward_data", "convolution,backward_weights",
                "pooling,forward", "pooling,backward", "eltwise,forward", "batch_normalization,backward",
                "inner_product,backward_weights")) {
            String[] words = pass.split(",");
            assertTrue(run.stream().anyMatch(line -> line.contains("," + words[0] + ",") && line.contains("," + words[1])),
                    () -> "no " + pass + " by oneDNN");
        }
        assertEquals(List.of(), run.stream().filter(line -> line.contains(",ref")).limit(5).toList());
    }

    /** What the other network has not. */
    private static final String MORE_LAYERS = "conv:16:3:2,gelu,residual(conv:16:3,batchnorm,relu,conv:16:3,batchnorm),"
            + "conv:16:3,batchnorm,relu,globalavgpool,dense:16,batchnorm,relu";

    /** Trainings in a process of their own. */
    static final class Training {

        private Training() {}

        public static void main(String[] arguments) {
            train(Engine.ONEDNN, 1, new ArrayList<>());
            Trainer.builder(TrainingSettings.builder().epochs(1).build()).threads(1).build().train(
                    network(MORE_LAYERS), ImageBatches.shuffled(IMAGES, BATCH, Augmentation.NONE, 1));
        }
    }

    private static Network network() {
        return network(LAYERS);
    }

    private static Network network(String layers) {
        Architecture architecture = Architecture.parse(
                layers, IMAGES.channels(), IMAGES.height(), IMAGES.width(), IMAGES.classNames());
        return Network.initialize(architecture, io.github.backprop4j.training.Training.scaling(IMAGES), 1);
    }

    /** @param losses of the steps, added */
    private static Network train(Engine engine, int threads, List<Double> losses) {
        return Trainer.builder(TrainingSettings.builder().epochs(5).build()).updater(new Sgd(0.02)).threads(threads).listener(new TrainingListener() {
            @Override
            public void stepDone(long step, int examples, double loss) {
                losses.add(loss);
            }
        }).build().train(network().using(engine), ImageBatches.shuffled(IMAGES, BATCH, new Augmentation(true, 2), 1))
                .network();
    }
}
