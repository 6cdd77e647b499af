package io.github.backprop4j.training;

import static io.github.backprop4j.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.data.ImageBatches;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.data.MiniBatch;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Loss;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameters;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Weight decay, factors of the learning rate and momentum, against one step by hand. */
class ParameterMovesTest {

    /** All kinds of parameters, more numbers than a part has. */
    private static final String LAYERS = "conv:4:3,batchnorm,relu,pool:2,dense:40,batchnorm:noscale,relu";

    private static final Images IMAGES = DrawnShapes.training(10);

    private static TrainingSettings.Builder settings() {
        return TrainingSettings.builder().epochs(1);
    }

    private static Parameters oneStep(Network start, TrainingSettings settings, IUpdater updater) {
        return Trainer.builder(settings).updater(updater).build().train(start, ImageBatches.inOrder(IMAGES, 10)).network()
                .parameters();
    }

    /** With gradient descent: {@code w - rate·(g + D·w)}, the bias {@code b - rate·g}. */
    @Test
    void weightDecayIsBesideTheStep() {
        Network start = Fixtures.network("", IMAGES);
        Parameters moved = oneStep(start, settings().weightDecay(0.3).build(), new Sgd(0.1));
        Parameters gradients = gradients(start);
        INDArray weights = start.parameters().get("output.weights");
        assertClose("weights", weights.sub(gradients.get("output.weights").div(10).add(weights.mul(0.3)).mul(0.1)),
                moved.get("output.weights"), 5e-6);
        assertClose("bias", start.parameters().get("output.bias").sub(gradients.get("output.bias").mul(0.01)),
                moved.get("output.bias"), 5e-6);
    }

    private static Parameters gradients(Network start) {
        MiniBatch all = ImageBatches.inOrder(IMAGES, 10).epoch(1).next();
        Network.Pass pass = start.forward(all.images(0, 10), new SplittableRandom());
        return start.backward(Loss.of(pass.logits(), all.labels(0, 10)).dLogits(), pass);
    }

    /** {@code p + f·(s - rate·D·p)}, where s is the step of the same optimizer without factors and decay. */
    @ParameterizedTest
    @EnumSource
    void everyOptimizersStepHasFactorAndDecay(Optimizer optimizer) {
        Map<String, Double> factors = Map.of("weights", 0.5, "bias", 3.0, "shift", 64.0, "scale", 0.0);
        for (Engine engine : List.of(Engine.IM2COL, Engine.fastest())) {
            Network start = Fixtures.network(LAYERS, IMAGES).using(engine);
            IUpdater updater = optimizer.with(new FixedSchedule(0.01));
            Parameters plain = oneStep(start, settings().build(), updater);
            Parameters moved = oneStep(start, settings().weightDecay(0.2)
                    .rateFactors(RateFactors.parse("weights:0.5,bias:3,shift:64,scale:0")).build(), updater);
            for (String name : moved.names()) {
                String kind = name.substring(name.lastIndexOf('.') + 1);
                INDArray before = start.parameters().get(name);
                INDArray decayed = before.mul(kind.equals("weights") ? 0.01 * 0.2 : 0);
                INDArray expected = before.add(
                        plain.get(name).sub(before).sub(decayed).mul(factors.getOrDefault(kind, 1.0)));
                assertClose(engine + " " + name, expected, moved.get(name), kind.equals("shift") ? 1e-5 : 2e-6);
            }
            assertEquals(start.parameters().get("batchnorm1.scale"), moved.get("batchnorm1.scale"));
            assertNotEquals(start.parameters().get("batchnorm1.scale"), plain.get("batchnorm1.scale"));
        }
    }

    /** Small steps are not lost in the rounding of large numbers before they are multiplied. */
    @Test
    void aFactorMultipliesTheStepNotItsRounding() {
        Network start = Fixtures.network("batchnorm", IMAGES);
        start.parameters().get("batchnorm1.shift").assign(1000);
        Parameters plain = oneStep(start, settings().build(), new Sgd(1e-3));
        Parameters moved = oneStep(start, settings().rateFactors(RateFactors.parse("shift:1000000")).build(), new Sgd(1e-3));
        INDArray step = gradients(start).get("batchnorm1.shift").div(10).mul(1e3);
        assertEquals(start.parameters().get("batchnorm1.shift"), plain.get("batchnorm1.shift"));
        assertClose("shift", start.parameters().get("batchnorm1.shift").sub(step), moved.get("batchnorm1.shift"), 1e-3);
        assertNotEquals(start.parameters().get("batchnorm1.shift"), moved.get("batchnorm1.shift"));
    }

    /** The first step with Nesterov's momentum M is {@code - rate·(1 + M)·g}. */
    @Test
    void momentumIsThatOfTheSettings() {
        Network start = Fixtures.network("", IMAGES);
        TrainingSettings settings = settings().optimizer(Optimizer.NESTEROVS).learningRate(0.1).momentum(0.6).build();
        Parameters moved = Trainer.builder(settings).build().train(start, ImageBatches.inOrder(IMAGES, 10)).network()
                .parameters();
        assertClose("weights", start.parameters().get("output.weights").sub(
                gradients(start).get("output.weights").div(10).mul(0.1 * 1.6)), moved.get("output.weights"), 5e-6);
        assertEquals(new Nesterovs(new FixedSchedule(0.1), 0.9),
                settings().optimizer(Optimizer.NESTEROVS).build().updater(new FixedSchedule(0.1)));
        assertEquals("momentum: 0.5, but optimizer sgd takes none; use nesterovs or leave it out",
                assertThrows(InvalidInputException.class, () -> Optimizer.SGD.with(new FixedSchedule(1), 0.5)).getMessage());
    }

    @Test
    void weightDecayTakesALearningRate() {
        Trainer.Builder builder = Trainer.builder(settings().weightDecay(0.1).build()).updater(new AdaDelta());
        assertEquals("weight decay: 0.1, but AdaDelta has no learning rate to multiply it by; use l2 or another updater",
                assertThrows(InvalidInputException.class, builder::build).getMessage());
    }
}
