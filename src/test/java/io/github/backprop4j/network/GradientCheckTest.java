package io.github.backprop4j.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Layers with the mistakes that are made in layers; right ones are in {@link LayersTest}. */
class GradientCheckTest {

    private static final long[] INPUT = {2, 3};

    /** {@code out = gain · x}, with one gain for the layer, on (N, 2, 3), and a way back that tests choose. */
    private record Gain(String text, UnaryOperator<INDArray> change, Way way) implements Layer {

        Gain(Way way) {
            this("gain", x -> x, way);
        }

        @Override
        public List<Parameter> parameters(long[] input) {
            return List.of(Parameter.scale("gain", 1));
        }

        @Override
        public Forward forward(INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
            INDArray gain = parameters.get("gain");
            INDArray out = change.apply(x).mul(gain.getDouble(0));
            return new Forward(out, (dOut, gradients, needsInput) ->
                    way.back(x, gain.getDouble(0), dOut, gradients.get("gain"), needsInput));
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private interface Way {

        /** The right one. */
        Way RIGHT = (x, gain, dOut, dGain, needsInput) -> {
            dGain.assign(x.mul(dOut).sumNumber());
            return dOut.mul(gain);
        };

        INDArray back(INDArray x, double gain, INDArray dOut, INDArray dGain, boolean needsInput);
    }

    @Test
    void aRightWayBackPasses() {
        GradientCheck check = GradientCheck.of(new Gain(Way.RIGHT), INPUT, 1);
        assertEquals(List.of("x", "gain"), check.worst().stream().map(GradientCheck.Difference::array).toList());
        assertEquals("gain on (2, 3)", check.layer());
        assertTrue(check.error() < 1e-9, check::toString);
        assertEquals(check, check.requireMatch());
    }

    /** Slopes of what jumps are so far apart that any gradient would lie between them. */
    @Test
    void aLayerWithRandomNumbersOfItsOwnIsRefused() {
        Random own = new Random(1);
        Gain noisy = new Gain("noisy", x -> x.mul(own.nextDouble()), Way.RIGHT);
        String message = assertThrows(IllegalStateException.class, () -> GradientCheck.of(noisy, INPUT, 1)).getMessage();
        assertTrue(message.contains("for the same numbers, expected the same"), message);
    }

    @Test
    void aWrongGradientOfTheInputIsNamedWithItsPlaceAndBothValues() {
        GradientCheck check = GradientCheck.of(new Gain((x, gain, dOut, dGain, needsInput) -> {
            INDArray dx = Way.RIGHT.back(x, gain, dOut, dGain, needsInput);
            return dx.putScalar(new long[] {1, 0, 2}, dx.getDouble(1, 0, 2) + 1);
        }), INPUT, 1);
        GradientCheck.Difference worst = check.worst().get(0);
        assertArrayEquals(new long[] {1, 0, 2}, worst.index());
        assertEquals(1, worst.gradient() - worst.central(), 1e-8);
        assertTrue(check.worst().get(1).error() < 1e-9, check::toString);
        String message = assertThrows(IllegalStateException.class, check::requireMatch).getMessage();
        assertEquals("gradient check: gain on (2, 3): x[1, 0, 2] has the gradient " + worst.gradient()
                + ", by differences it is " + worst.central() + " (error " + worst.error() + "), expected an error of at most"
                + " 1.0E-6; mend backward, or forward, whose differences these are", message);
    }

    @Test
    void aMissingSumOverTheBatchIsFound() {
        assertWrong("gain[0]", (x, gain, dOut, dGain, needsInput) -> {
            dGain.assign(x.mul(dOut).slice(0).sumNumber());
            return dOut.mul(gain);
        });
        // a mean instead of the sum
        assertWrong("gain[0]", (x, gain, dOut, dGain, needsInput) -> {
            dGain.assign(x.mul(dOut).sumNumber().doubleValue() / x.size(0));
            return dOut.mul(gain);
        });
    }

    @Test
    void aGradientThatIsAddedOrForgottenInsteadOfAssignedIsFound() {
        assertWrong("gain[0] has the gradient NaN", (x, gain, dOut, dGain, needsInput) -> {
            dGain.addi(x.mul(dOut).sumNumber());
            return dOut.mul(gain);
        });
        assertWrong("gain[0] has the gradient NaN", (x, gain, dOut, dGain, needsInput) -> dOut.mul(gain));
        assertWrong("gives another gradient of gain where that of the input is not wanted",
                (x, gain, dOut, dGain, needsInput) ->
                        needsInput ? Way.RIGHT.back(x, gain, dOut, dGain, true) : dOut);
    }

    @Test
    void aSmallMistakeIsFoundToo() {
        assertWrong("x[", (x, gain, dOut, dGain, needsInput) ->
                Way.RIGHT.back(x, gain, dOut, dGain, needsInput).muli(1 + 1e-5));
    }

    @Test
    void brokenPromisesAreNamed() {
        assertWrong("changes dOut on the way back; copy it first", (x, gain, dOut, dGain, needsInput) -> {
            dGain.assign(x.mul(dOut).sumNumber());
            return dOut.muli(gain);
        });
        assertWrong("gives a gradient of the input of the shape (3, 6), expected (3, 2, 3)",
                (x, gain, dOut, dGain, needsInput) ->
                        Way.RIGHT.back(x, gain, dOut, dGain, needsInput).reshape(3, 6));
        assertWrong("gives a gradient of the input of the shape null, expected (3, 2, 3)",
                (x, gain, dOut, dGain, needsInput) -> {
                    dGain.assign(x.mul(dOut).sumNumber());
                    return null;
                });
        assertBroken("changes its input; copy it first", new Gain("gain", x -> x.addi(1), Way.RIGHT));
        assertBroken("gives an output of the shape (3, 6), expected that of its outputShape, (3, 2, 3)",
                new Gain("gain", x -> x.reshape(3, 6), Way.RIGHT));
    }

    /** ReLU at 0 exactly: what lies between the slopes to both sides, 0 and 1, is a gradient; else nothing is. */
    @Test
    void atAKinkWhatLiesBetweenItsSlopesIsRight() {
        INDArray x = Nd4j.createFromArray(new double[] {-0.5, 0, 0.5});
        assertEquals(0, relu(x, 0, 0, 1).error(), 1e-9);
        assertEquals(0, relu(x, 0, 0.5, 1).error(), 1e-9);
        assertEquals(0, relu(x, 0, 1, 1).error(), 1e-9);
        assertEquals(0.5, relu(x, 0, -0.5, 1).error(), 1e-9);
        assertEquals(0.5, relu(x, 0.5, 0, 1).error(), 1e-9);
        assertArrayEquals(new long[] {2}, relu(x, 0, 0, 0).index());
        assertEquals(Nd4j.createFromArray(new double[] {-0.5, 0, 0.5}), x, "the numbers are put back");
    }

    private static GradientCheck.Difference relu(INDArray x, double... gradient) {
        return GradientCheck.compare("x", x, Nd4j.createFromArray(gradient), () ->
                Transforms.relu(x, true).sumNumber().doubleValue());
    }

    @Test
    void anArrayInAnyOrderOfItsNumbersIsMoved() {
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}}).transpose();
        GradientCheck.Difference worst = GradientCheck.compare(
                "x", x, x.mul(2), () -> x.mul(x).sumNumber().doubleValue());
        assertTrue(worst.error() < 1e-8, worst::toString);
    }

    @Test
    void theSameSeedGivesTheSameReport() {
        Layer layer = new DenseLayer(3);
        assertEquals(GradientCheck.of(layer, INPUT, 4).toString(), GradientCheck.of(layer, INPUT, 4).toString());
        assertNotEquals(GradientCheck.of(layer, INPUT, 4).toString(), GradientCheck.of(layer, INPUT, 5).toString());
    }

    @Test
    void whatCannotBeCheckedIsRefused() {
        INDArray x = Nd4j.create(DataType.FLOAT, 2);
        assertEquals("gradient check: x is FLOAT, expected DOUBLE; differences of float32 are too coarse", assertThrows(
                IllegalArgumentException.class, () -> GradientCheck.compare("x", x, x, () -> 0)).getMessage());
        INDArray y = Nd4j.create(DataType.DOUBLE, 2);
        assertEquals("gradient check: the gradient of y has the shape (3), expected its own, (2)", assertThrows(
                IllegalArgumentException.class,
                () -> GradientCheck.compare("y", y, Nd4j.create(DataType.DOUBLE, 3), () -> 0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(new ConvLayer(2, 3), new long[] {5}, 1));
    }

    private static void assertWrong(String expected, Way way) {
        assertBroken(expected, new Gain(way));
    }

    private static void assertBroken(String expected, Layer layer) {
        String message = assertThrows(IllegalStateException.class,
                () -> GradientCheck.of(layer, INPUT, 1).requireMatch()).getMessage();
        assertTrue(message.startsWith("gradient check: gain on (2, 3): " + expected), message);
    }
}
