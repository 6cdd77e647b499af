package io.github.backprop4j.network;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.Golden.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.backprop4j.ChildJvm;
import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.layers.Samples;
import io.github.backprop4j.onednn.OneDnn;
import io.github.backprop4j.parallel.SingleThreadedMath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Every function of oneDNN against that of {@code layers}, over random geometries and layouts. */
class EngineTest {

    private static final Functions PLAIN = Engine.IM2COL.functions(Precision.FLOAT32);
    private static final Functions ONEDNN = Engine.ONEDNN.functions(Precision.FLOAT32);

    @Test
    void theFastestIsOneDnnWhichTheTestsHave() {
        assertEquals(Engine.ONEDNN, Engine.fastest());
    }

    /** Of our users, who have oneDNN only if they name it. */
    @Test
    void withoutOneDnnOnTheClassPathTheOtherEngineServes() throws Exception {
        assertEquals(List.of("im2col", "engine: onednn, but oneDNN is not there: put"
                + " org.bytedeco:dnnl-platform:3.11-1.5.13 on the class path, or use engine im2col", "(1, 2)"),
                ChildJvm.run(60, jar -> !jar.contains("dnnl"), Without.class));
    }

    /** A process of such a user. */
    static final class Without {

        private Without() {}

        public static void main(String[] arguments) {
            System.out.println(Engine.fastest());
            try {
                Engine.ONEDNN.requireAvailable();
            } catch (InvalidInputException e) {
                System.out.println(e.getMessage());
            }
            Network network = Network.initialize(Architecture.parse("conv:2:3,relu", 1, 4, 4, List.of("a", "b")),
                    InputScaling.none(1, 4, 4), 1);
            INDArray logits = network.predictLogits(Nd4j.ones(DataType.FLOAT, 1, 1, 4, 4));
            System.out.println("(" + logits.size(0) + ", " + logits.size(1) + ")");
        }
    }

    @RepeatedTest(value = 60, name = "seed {currentRepetition}")
    void convolutionsAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int kernel = 1 + random.nextInt(5);
        int stride = 1 + random.nextInt(3);
        int padding = random.nextInt(4);
        int channels = 1 + random.nextInt(36);
        int filters = 1 + random.nextInt(36);
        INDArray x = images(random, channels, Math.max(1, kernel - 2 * padding));
        INDArray weights = gaussian(random, filters, channels, kernel, kernel);
        INDArray bias = gaussian(random, filters);
        INDArray before = x.dup('c');

        Functions.WeightedPass expected = PLAIN.convolution(x, weights, bias, stride, padding);
        Functions.WeightedPass found = ONEDNN.convolution(x, weights, bias, stride, padding);
        assertSame(random, expected, found, weights, bias);
        assertClose("x stays", before, x, 0);
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void fullyConnectedLayersAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        INDArray x = random.nextBoolean() ? images(random, 1 + random.nextInt(5), 1) : gaussian(random, 1 + random.nextInt(40), 1 + random.nextInt(70));
        long inputs = x.length() / x.size(0);
        INDArray weights = gaussian(random, inputs, 1 + random.nextInt(40));
        INDArray bias = gaussian(random, weights.size(1));
        assertSame(random, PLAIN.fullyConnected(x.dup('c'), weights, bias), ONEDNN.fullyConnected(x, weights, bias),
                weights, bias);
    }

    private static void assertSame(Random random, Functions.WeightedPass expected, Functions.WeightedPass found,
            INDArray weights, INDArray bias) {
        assertClose("out", expected.out(), found.out(), 1e-5);
        INDArray dOut = layout(random, gaussian(random, expected.out().shape()));
        INDArray dWeights = Nd4j.createUninitialized(DataType.FLOAT, weights.shape(), 'c').assign(Double.NaN);
        INDArray dBias = Nd4j.createUninitialized(DataType.FLOAT, bias.shape(), 'c').assign(Double.NaN);
        INDArray otherWeights = dWeights.dup('c');
        INDArray otherBias = dBias.dup('c');
        INDArray dx = expected.backward().apply(dOut, dWeights, dBias, true);
        INDArray otherX = found.backward().apply(dOut, otherWeights, otherBias, true);
        assertClose("dx", dx, otherX, 1e-5);
        assertClose("dWeights", dWeights, otherWeights, 1e-5);
        assertClose("dBias", dBias, otherBias, 1e-5);

        otherWeights.assign(Double.NaN);
        otherBias.assign(Double.NaN);
        found.backward().apply(dOut, otherWeights, otherBias, false);
        assertClose("dWeights without dx", dWeights, otherWeights, 1e-5);
        assertClose("dBias without dx", dBias, otherBias, 1e-5);
    }

    @RepeatedTest(value = 30, name = "seed {currentRepetition}")
    void poolingsAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int size = 1 + random.nextInt(4);
        int stride = 1 + random.nextInt(4);
        INDArray x = images(random, 1 + random.nextInt(20), size);
        assertSame(random, x, functions -> functions.maxPooling(x, size, stride));
        assertSame(random, x, functions -> functions.averagePooling(x, size, stride));
        assertSame(random, x, functions -> functions.globalAveragePooling(x));
        assertSame(random, x, functions -> functions.globalMaxPooling(x));
    }

    /** As the notebook has it, and {@code layers}: the first of equal numbers takes the error. */
    @Test
    void theFirstMaximumWins() {
        INDArray x = Nd4j.ones(DataType.FLOAT, 2, 3, 6, 6);
        assertSame(new Random(1), x, functions -> functions.maxPooling(x, 3, 3));
        assertSame(new Random(2), x, functions -> functions.maxPooling(x, 3, 1));
        assertSame(new Random(3), x, functions -> functions.globalMaxPooling(x));
        // more pixels than a byte counts
        INDArray large = Nd4j.ones(DataType.FLOAT, 2, 3, 20, 17);
        assertSame(new Random(4), large, functions -> functions.globalMaxPooling(large));
        INDArray last = large.dup().putScalar(new int[] {1, 2, 19, 16}, 2);
        assertSame(new Random(5), last, functions -> functions.globalMaxPooling(last));
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void activationsAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        INDArray x = random.nextBoolean() ? images(random, 1 + random.nextInt(20), 1) : gaussian(random, 1 + random.nextInt(9), 1 + random.nextInt(40));
        assertSame(random, x, functions -> functions.relu(x));
        assertSame(random, x, functions -> functions.leakyRelu(x, 0.1));
        assertSame(random, x, functions -> functions.gelu(x));
        INDArray y = layout(random, gaussian(random, x.shape()));
        assertClose("sum", PLAIN.sum(x, y), ONEDNN.sum(x, y), 1e-6);
        INDArray before = x.dup('c');
        assertClose("multiplied", PLAIN.multiplied(x, -0.3), ONEDNN.multiplied(x, -0.3), 1e-6);
        assertClose("x stays", before, x, 0);
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void sumsOfChannelsAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        INDArray x = images(random, 1 + random.nextInt(40), 1);
        INDArray expected = Nd4j.createUninitialized(DataType.FLOAT, x.size(1)).assign(Double.NaN);
        INDArray found = expected.dup('c');
        PLAIN.sumChannels(x, expected);
        ONEDNN.sumChannels(x, found);
        assertClose("sums", expected, found, 1e-5);
        assertEquals("channel sum: sums has shape (99), expected (" + x.size(1) + ")", assertThrows(
                IllegalArgumentException.class, () -> ONEDNN.sumChannels(x, Nd4j.create(DataType.FLOAT, 99))).getMessage());
    }

    @Test
    void inFloat32NothingIsRounded() {
        assertEquals(ONEDNN, ONEDNN.inFloat32());
        assertEquals(PLAIN, PLAIN.inFloat32());
        assertEquals(ONEDNN, new OneDnnFunctions(Precision.BF16).inFloat32());
    }

    /** Its filters multiply by up to 45 what rounding would do to the images. */
    @Test
    void whiteningIsNeverInBfloat16() {
        assumeTrue(OneDnn.hasBfloat16(), "a processor for which oneDNN has bfloat16");
        Random random = new Random(1);
        INDArray x = gaussian(random, 5, 3, 6, 6);
        Map<String, INDArray> parameters =
                Map.of("weights", gaussian(random, 24, 3, 2, 2), "bias", gaussian(random, 24));
        Layer layer = new WhitenLayer(2);
        assertClose("out", layer.predict(x, parameters::get, ONEDNN),
                layer.predict(x, parameters::get, Engine.ONEDNN.functions(Precision.BF16)), 0);
    }

    @RepeatedTest(value = 10, name = "seed {currentRepetition}")
    void scalingsAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        INDArray x = images(random, 1 + random.nextInt(5), 1);
        INDArray mean = gaussian(random, x.size(1), x.size(2), x.size(3));
        INDArray before = x.dup('c');
        double factor = 0.01 + random.nextDouble();
        assertClose("scaled", PLAIN.scaled(x, mean, factor), ONEDNN.scaled(x, mean, factor), 1e-6);
        assertClose("x stays", before, x, 0);
    }

    /** Parts of a row, as a training has them, so that what lies beside them would be seen to change. */
    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void stepsOfOptimizersAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int length = 1 + random.nextInt(5000);
        IUpdater updater = List.of(new Adam(0.01, 0.8, 0.99, 1e-3), new Adam(0.003), new Nesterovs(0.1), new Sgd(0.1))
                .get(random.nextInt(4));
        List<INDArray> moved = new ArrayList<>();
        INDArray start = gaussian(random, 1, length + 2);
        for (Functions functions : List.of(PLAIN, ONEDNN)) {
            Random own = new Random(repetition.getCurrentRepetition());
            INDArray row = start.dup('c');
            INDArray state = Nd4j.zeros(DataType.FLOAT, 1, Math.max(1, updater.stateSize(length + 2)));
            Map<String, INDArray> parts = new HashMap<>();
            if (updater.stateSize(1) > 0) {
                GradientUpdater<?> whole = updater.instantiate(state, true);
                whole.getState().forEach((name, all) -> parts.put(name, all.reshape(1, length + 2).get(
                                NDArrayIndex.all(), NDArrayIndex.interval(1, length + 1))));
            }
            GradientUpdater<?> ofPart = updater.instantiate(parts, false);
            INDArray part = row.get(NDArrayIndex.all(), NDArrayIndex.interval(1, length + 1));
            for (int step = 0; step < 4; step++) {
                functions.move(part, gaussian(own, 1, length), ofPart, step, 0);
            }
            moved.add(row);
            moved.add(state);
        }
        assertClose("parameters", moved.get(0), moved.get(2), 1e-5);
        assertClose("state", moved.get(1), moved.get(3), 1e-5);
        assertEquals(0, start.sub(moved.get(2)).getDouble(0));
        assertEquals(0, start.sub(moved.get(2)).getDouble(length + 1));
        assertNotEquals(0, start.sub(moved.get(2)).getDouble(length));
    }

    private static void assertSame(Random random, INDArray x, Function<Functions, Functions.Pass> function) {
        Functions.Pass expected = function.apply(PLAIN);
        Functions.Pass found = function.apply(ONEDNN);
        assertClose("out", expected.out(), found.out(), 1e-5);
        INDArray dOut = layout(random, gaussian(random, expected.out().shape()));
        assertClose("dx", expected.backward().apply(dOut), found.backward().apply(dOut), 1e-5);
    }

    @RepeatedTest(value = 20, name = "seed {currentRepetition}")
    void batchNormalizationsAgree(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int channels = 1 + random.nextInt(40);
        INDArray x = random.nextBoolean() ? images(random, channels, 2)
                : gaussian(random, 2 + random.nextInt(30), channels).muli(3).addi(2);
        INDArray scale = gaussian(random, channels);
        INDArray shift = gaussian(random, channels);
        Functions.NormalizedPass expected = PLAIN.batchNormalization(x, scale, shift, 1e-5);
        Functions.NormalizedPass found = ONEDNN.batchNormalization(x, scale, shift, 1e-5);
        assertClose("out", expected.out(), found.out(), 1e-5);
        assertClose("mean", expected.mean(), found.mean(), 1e-5);
        assertClose("variance", expected.variance(), found.variance(), 1e-5);

        INDArray dOut = layout(random, gaussian(random, x.shape()));
        INDArray dScale = Nd4j.create(DataType.FLOAT, channels);
        INDArray dShift = Nd4j.create(DataType.FLOAT, channels);
        INDArray otherScale = Nd4j.create(DataType.FLOAT, channels);
        INDArray otherShift = Nd4j.create(DataType.FLOAT, channels);
        INDArray dx = expected.backward().apply(dOut, dScale, dShift);
        // what two examples tell apart cancels out but for rounding
        assertClose("dx", dx, found.backward().apply(dOut, otherScale, otherShift), x.length() / channels < 4 ? 1e-3 : 3e-5);
        assertClose("dScale", dScale, otherScale, 3e-5);
        assertClose("dShift", dShift, otherShift, 1e-5);
        assertClose("prediction",
                PLAIN.batchNormalization(x, scale, shift, expected.mean(), expected.variance(), 1e-5),
                ONEDNN.batchNormalization(x, scale, shift, expected.mean(), expected.variance(), 1e-5), 1e-5);
    }

    /** Eight significant bits: 2⁻⁸ an operand, of which errors of both signs meet in a sum. */
    @RepeatedTest(value = 10, name = "seed {currentRepetition}")
    void bfloat16RoundsOperandsAlone(RepetitionInfo repetition) {
        assumeTrue(OneDnn.hasBfloat16(), "a processor for which oneDNN has bfloat16");
        Random random = new Random(repetition.getCurrentRepetition());
        INDArray x = images(random, 16, 3);
        INDArray weights = gaussian(random, 16, 16, 3, 3);
        INDArray bias = gaussian(random, 16);
        Functions.WeightedPass expected = PLAIN.convolution(rounded(x), rounded(weights), bias, 1, 1);
        Functions.WeightedPass found = Engine.ONEDNN.functions(Precision.BF16).convolution(x, weights, bias, 1, 1);
        assertClose("out", expected.out(), found.out(), 1e-5);
        INDArray dOut = gaussian(random, expected.out().shape());
        INDArray dWeights = Nd4j.create(DataType.FLOAT, weights.shape());
        INDArray otherWeights = Nd4j.create(DataType.FLOAT, weights.shape());
        INDArray dBias = Nd4j.create(DataType.FLOAT, 16);
        INDArray otherBias = Nd4j.create(DataType.FLOAT, 16);
        INDArray dx = expected.backward().apply(rounded(dOut), dWeights, dBias, true);
        assertClose("dx", dx, found.backward().apply(dOut, otherWeights, otherBias, true), 1e-5);
        assertClose("dWeights", dWeights, otherWeights, 1e-5);
        assertClose("dBias", dBias, otherBias, 1e-5);
    }

    /** To the nearest bfloat16, the even one of two that are equally near. */
    private static INDArray rounded(INDArray array) {
        float[] numbers = array.dup('c').data().asFloat();
        for (int i = 0; i < numbers.length; i++) {
            int bits = Float.floatToRawIntBits(numbers[i]);
            numbers[i] = Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
        }
        return Nd4j.create(numbers, array.shape(), 'c');
    }

    @Test
    void theEnginesMakeTheSameDemands() {
        INDArray x = Nd4j.ones(DataType.FLOAT, 1, 2, 4, 4);
        INDArray weights = Nd4j.ones(DataType.FLOAT, 1, 3, 3, 3);
        INDArray bias = Nd4j.ones(DataType.FLOAT, 1);
        for (Functions functions : new Functions[] {PLAIN, ONEDNN}) {
            assertEquals("convolution: x (1, 2, 4, 4) has 2 channels but weights (1, 3, 3, 3) expect 3",
                    assertThrows(IllegalArgumentException.class,
                            () -> functions.convolution(x, weights, bias, 1, 1)).getMessage());
            assertEquals("max pooling: a window of 5 is larger than a side of 4 padded by 0; use a smaller window or more"
                    + " padding", assertThrows(IllegalArgumentException.class,
                            () -> functions.maxPooling(x, 5, 1)).getMessage());
            assertEquals("fully connected: x (1, 32) has 32 features but weights (9, 1) expect 9",
                    assertThrows(IllegalArgumentException.class, () -> functions.fullyConnected(
                            x.reshape('c', 1, 32), Nd4j.ones(DataType.FLOAT, 9, 1), bias)).getMessage());
            Functions.Pass pass = functions.relu(x);
            assertEquals("ReLU: dOut has shape (1, 2, 4, 3), expected (1, 2, 4, 4)", assertThrows(
                    IllegalArgumentException.class, () -> pass.backward().apply(Nd4j.ones(DataType.FLOAT, 1, 2, 4, 3)))
                    .getMessage());
            assertEquals("leaky ReLU: slope 2.0, expected at least 0 and less than 1", assertThrows(
                    IllegalArgumentException.class, () -> functions.leakyRelu(x, 2)).getMessage());
        }
    }

    /** oneDNN reads and writes memory as it is told: what would be misread is refused. */
    @Test
    void refusesWhatItCannotRead() {
        INDArray x = Nd4j.ones(DataType.FLOAT, 2, 3, 4, 4);
        INDArray weights = Nd4j.ones(DataType.FLOAT, 5, 3, 3, 3);
        INDArray bias = Nd4j.ones(DataType.FLOAT, 5);
        assertEquals("convolution: x is DOUBLE, expected FLOAT; use castTo", assertThrows(IllegalArgumentException.class,
                () -> ONEDNN.convolution(x.castTo(DataType.DOUBLE), weights.castTo(DataType.DOUBLE),
                        bias.castTo(DataType.DOUBLE), 1, 1)).getMessage());
        Functions.WeightedPass pass = ONEDNN.convolution(x, weights, bias, 1, 1);
        assertEquals("convolution: dWeights has strides [1, 5, 15, 45], expected [27, 9, 3, 1], row by row without gaps; use"
                + " dup('c')", assertThrows(IllegalArgumentException.class, () -> pass.backward().apply(
                        pass.out(), Nd4j.create(DataType.FLOAT, weights.shape(), 'f'), bias.dup(), true)).getMessage());
        assertEquals("convolution: dBias has shape (4), expected (5)", assertThrows(IllegalArgumentException.class,
                () -> pass.backward().apply(pass.out(), weights.dup(), Nd4j.ones(DataType.FLOAT, 4), true)).getMessage());
        INDArray column = Nd4j.rand(DataType.FLOAT, 5, 7).getColumn(2);
        assertClose("a bias with gaps", PLAIN.convolution(x, weights, column, 1, 1).out(),
                ONEDNN.convolution(x, weights, column, 1, 1).out(), 1e-5);
    }

    @Test
    void im2colComputesInFloat32Alone() {
        assertEquals("precision: bf16, but engine im2col computes in float32 alone; use engine onednn",
                assertThrows(InvalidInputException.class,
                        () -> Engine.IM2COL.requirePrecision(Precision.BF16)).getMessage());
    }

    /** What a slice of another thread, and another array at another place, give is the same to the bit. */
    @Test
    void everyThreadComputesTheSameBits() throws Exception {
        INDArray x = images(new Random(3), 24, 5);
        INDArray weights = gaussian(new Random(4), 20, 24, 3, 3);
        INDArray bias = gaussian(new Random(5), 20);
        double[][][] found = new double[2][][];
        // of many examples, whose sum threads inside a call would share out
        for (int i = 0; i < 2; i++) {
            int index = i;
            Thread thread = new Thread(() -> {
                try (SingleThreadedMath held = SingleThreadedMath.hold()) {
                    INDArray gradient = weights.dup('c');
                    Functions.WeightedPass pass = ONEDNN.convolution(x.dup('c'), weights.dup('c'), bias, 1, 1);
                    INDArray dx = pass.backward().apply(pass.out(), gradient, bias.dup('c'), true);
                    found[index] = new double[][] {numbers(gradient), numbers(dx)};
                }
            });
            thread.start();
            thread.join();
        }
        assertNotNull(found[0], "the first thread came to an end");
        assertArrayEquals(found[0], found[1]);
    }

    /** Images of random size, whose memory lies in rows, with the channels together, or in other ways. */
    private static INDArray images(Random random, int channels, int least) {
        return layout(random, gaussian(random, 1 + random.nextInt(34), channels, least + random.nextInt(8),
                least + random.nextInt(8)));
    }

    private static INDArray layout(Random random, INDArray array) {
        if (array.rank() != 4) {
            return array;
        }
        return switch (random.nextInt(4)) {
            case 0 -> array;
            case 1 -> array.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2);
            case 2 -> array.permute(1, 0, 3, 2).dup('c').permute(1, 0, 3, 2);
            // the first image again and again
            default -> Nd4j.create(array.data(), array.shape(),
                    new long[] {0, array.stride(1), array.stride(2), array.stride(3)}, array.offset(), 'c');
        };
    }

    private static INDArray gaussian(Random random, long... shape) {
        return Samples.gaussian(random, shape).castTo(DataType.FLOAT);
    }
}
