package io.github.backprop4j.layers;

import static io.github.backprop4j.Golden.assertClose;
import static io.github.backprop4j.layers.Samples.floats;
import static io.github.backprop4j.layers.Samples.gaussian;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BatchNormalizationTest {

    private static final double EPSILON = 1e-5;

    /** A batch and what comes with it; the seed is part of the test's name. */
    record Sample(int seed, INDArray x, INDArray scale, INDArray shift, INDArray dOut) {

        /** Images, of one pixel sometimes, or examples. Two values to a channel would make x̂ a step function of x. */
        static Sample random(int seed) {
            Random random = new Random(seed);
            long channels = 1 + random.nextInt(3);
            long[] shape = random.nextInt(3) == 0
                    ? new long[] {3 + random.nextInt(5), channels}
                    : new long[] {3 + random.nextInt(2), channels, 1 + random.nextInt(3), 1 + random.nextInt(3)};
            return new Sample(seed, gaussian(random, shape).muli(3).addi(2), gaussian(random, channels),
                    gaussian(random, channels), gaussian(random, shape));
        }

        BatchNormalization.Forward forward() {
            return BatchNormalization.forward(x, scale, shift, EPSILON);
        }

        Sample floats() {
            return new Sample(seed, Samples.floats(x), Samples.floats(scale), Samples.floats(shift),
                    Samples.floats(dOut));
        }

        int[] allButChannels() {
            return x.rank() == 2 ? new int[] {0} : new int[] {0, 2, 3};
        }

        @Override
        public String toString() {
            return "seed " + seed + " " + Arguments.shape(x);
        }
    }

    static Stream<Sample> samples() {
        return IntStream.range(0, 60).mapToObj(Sample::random);
    }

    /** Channel 0 holds 1, 3, 5, 7 (mean 4, variance 5), channel 1 holds 2, 2, 0, 0 (mean 1, variance 1). */
    @Test
    void isTheWorkedExample() {
        INDArray x = Nd4j.createFromArray(1.0, 3, 2, 2, 5, 7, 0, 0).reshape(2, 2, 1, 2);
        BatchNormalization.Forward forward = BatchNormalization.forward(
                x, Nd4j.createFromArray(3.0, 2), Nd4j.createFromArray(10.0, 20), 4);
        assertClose("mean", Nd4j.createFromArray(4.0, 1), forward.mean(), 0);
        assertClose("variance", Nd4j.createFromArray(5.0, 1), forward.variance(), 0);
        double root = Math.sqrt(5);
        assertClose("out", Nd4j.createFromArray(7.0, 9, 20 + 2 / root, 20 + 2 / root, 11, 13, 20 - 2 / root,
                20 - 2 / root).reshape(2, 2, 1, 2), forward.out(), 1e-15);

        // x̂ of channel 0: -1, -1/3, 1/3, 1
        INDArray dOut = Nd4j.createFromArray(1.0, 0, 0, 0, 0, 0, 0, 0).reshape(2, 2, 1, 2);
        BatchNormalization.Gradients gradients = BatchNormalization.backward(dOut, forward.cache());
        assertClose("dShift", Nd4j.createFromArray(1.0, 0), gradients.dShift(), 0);
        assertClose("dScale", Nd4j.createFromArray(-1.0, 0), gradients.dScale(), 1e-15);
        assertClose("dx", Nd4j.createFromArray(0.5, -1.0 / 4 - 1.0 / 12, 0, 0, -1.0 / 4 + 1.0 / 12, 0, 0, 0)
                .reshape(2, 2, 1, 2), gradients.dx(), 1e-15);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void matchesTheDefinition(Sample s) {
        BatchNormalization.Forward forward = s.forward();
        for (int c = 0; c < s.scale.length(); c++) {
            double[] x = channel(s.x, c);
            double mean = Arrays.stream(x).average().orElseThrow();
            double variance = Arrays.stream(x).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
            double[] out = channel(forward.out(), c);
            for (int i = 0; i < x.length; i++) {
                double expected = s.scale.getDouble(c) * (x[i] - mean) / Math.sqrt(variance + EPSILON)
                        + s.shift.getDouble(c);
                assertEquals(expected, out[i], 1e-12, "channel " + c + ", element " + i);
            }
            assertEquals(mean, forward.mean().getDouble(c), 1e-13);
            assertEquals(variance, forward.variance().getDouble(c), 1e-12);
        }
    }

    private static double[] channel(INDArray x, int c) {
        return x.slice(c, 1).dup('c').data().asDouble();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void gradientsMatchDifferences(Sample s) {
        BatchNormalization.Gradients gradients = BatchNormalization.backward(s.dOut, s.forward().cache());
        Differences.assertMatches("dx", moved -> BatchNormalization.forward(moved, s.scale, s.shift, EPSILON).out(),
                s.x, s.dOut, gradients.dx());
        Differences.assertMatches("dScale", moved -> BatchNormalization.forward(s.x, moved, s.shift, EPSILON).out(),
                s.scale, s.dOut, gradients.dScale());
        Differences.assertMatches("dShift", moved -> BatchNormalization.forward(s.x, s.scale, moved, EPSILON).out(),
                s.shift, s.dOut, gradients.dShift());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void outputHasMeanShiftAndVarianceScaleSquared(Sample s) {
        INDArray out = BatchNormalization.forward(s.x, s.scale, s.shift, 1e-300).out();
        assertClose("mean", s.shift, out.mean(s.allButChannels()), 1e-13);
        assertClose("variance", s.scale.mul(s.scale), out.var(false, s.allButChannels()), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void predictWithTheBatchsStatisticsIsForwardToTheBit(Sample s) {
        for (Sample sample : new Sample[] {s, s.floats()}) {
            BatchNormalization.Forward forward = sample.forward();
            assertClose("out", forward.out(), BatchNormalization.predict(sample.x, sample.scale, sample.shift,
                    forward.mean(), forward.variance(), EPSILON), 0);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aShiftOrAScaleOfTheBatchChangesNothing(Sample s) {
        INDArray moved = s.x.mul(7).addi(100);
        assertClose("out", BatchNormalization.forward(s.x, s.scale, s.shift, 1e-300).out(),
                BatchNormalization.forward(moved, s.scale, s.shift, 1e-300).out(), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void float32IsTheSame(Sample s) {
        Sample narrow = s.floats();
        BatchNormalization.Forward forward = narrow.forward();
        BatchNormalization.Gradients gradients = BatchNormalization.backward(narrow.dOut, forward.cache());
        BatchNormalization.Gradients wide = BatchNormalization.backward(s.dOut, s.forward().cache());
        for (INDArray result : new INDArray[] {forward.out(), forward.mean(), forward.variance(), gradients.dx(),
            gradients.dScale(), gradients.dShift()}) {
            assertEquals(DataType.FLOAT, result.dataType());
        }
        assertClose("out", s.forward().out(), forward.out(), 1e-5);
        assertClose("dx", wide.dx(), gradients.dx(), 1e-5);
        assertClose("dScale", wide.dScale(), gradients.dScale(), 1e-5);
        assertClose("dShift", wide.dShift(), gradients.dShift(), 1e-5);
    }

    /** With the mean of the squares less the square of the mean, 1e8 in float32, nothing would be left of 1. */
    @Test
    void aLargeMeanLeavesTheVariance() {
        INDArray x = floats(Nd4j.createFromArray(9999.0, 10001, 9999, 10001)).reshape(4, 1);
        BatchNormalization.Forward forward =
                BatchNormalization.forward(x, floats(Nd4j.ones(1)), floats(Nd4j.zeros(1)), EPSILON);
        assertEquals(1, forward.variance().getDouble(0));
    }

    @Test
    void aConstantChannelIsItsShift() {
        INDArray x = Nd4j.valueArrayOf(new long[] {3, 1, 2, 2}, 5, DataType.DOUBLE);
        BatchNormalization.Forward forward =
                BatchNormalization.forward(x, Nd4j.createFromArray(2.0), Nd4j.createFromArray(7.0), EPSILON);
        assertClose("out", x.add(2), forward.out(), 0);
        INDArray dx = BatchNormalization.backward(x, forward.cache()).dx();
        assertEquals(0, dx.norm1Number().doubleValue(), 1e-9);
    }

    /** Also where the scale is 0, at which BLAS would pass over it. */
    @ParameterizedTest
    @CsvSource({"FLOAT,1", "FLOAT,2", "FLOAT,0", "DOUBLE,1", "DOUBLE,2", "DOUBLE,0"})
    void aNanSpoilsItsChannelOnly(DataType type, double scale) {
        INDArray x = gaussian(new Random(1), 8, 2, 3, 3).castTo(type);
        INDArray spoilt = x.dup();
        spoilt.putScalar(new int[] {1, 1, 2, 0}, Double.NaN);
        INDArray scales = Nd4j.valueArrayOf(new long[] {2}, scale, type);
        INDArray zeros = Nd4j.zeros(type, 2);
        INDArray ones = Nd4j.ones(type, 2);

        INDArray all = Nd4j.valueArrayOf(new long[] {8, 3, 3}, Double.NaN, type);
        BatchNormalization.Forward sound = BatchNormalization.forward(x, scales, zeros, EPSILON);
        BatchNormalization.Forward forward = BatchNormalization.forward(spoilt, scales, zeros, EPSILON);
        assertClose("out", sound.out().slice(0, 1), forward.out().slice(0, 1), 0);
        assertClose("spoilt out", all, forward.out().slice(1, 1), 0);
        assertClose("dx of spoilt x", all, BatchNormalization.backward(x, forward.cache()).dx().slice(1, 1), 0);
        assertClose("dx of spoilt dOut", all, BatchNormalization.backward(spoilt, sound.cache()).dx().slice(1, 1), 0);
        assertClose("predict", spoilt.mul(scale),
                BatchNormalization.predict(spoilt, scales, zeros, zeros, ones, 1e-300), 0);
    }

    @Test
    void takesViewsAndChangesNothing() {
        Random random = new Random(1);
        INDArray x = gaussian(random, 5, 4, 3, 2).permute(3, 2, 1, 0);
        INDArray dOut = gaussian(random, 5, 4, 3, 2).permute(3, 2, 1, 0);
        INDArray parameters = gaussian(random, 3, 4);
        INDArray scale = parameters.getColumn(1);
        INDArray shift = parameters.getColumn(2);
        INDArray[] given = {x, dOut, parameters};
        INDArray[] before = {x.dup(), dOut.dup(), parameters.dup()};

        BatchNormalization.Forward view = BatchNormalization.forward(x, scale, shift, EPSILON);
        BatchNormalization.Gradients gradients = BatchNormalization.backward(dOut, view.cache());
        BatchNormalization.Forward copy =
                BatchNormalization.forward(x.dup('c'), scale.dup('c'), shift.dup('c'), EPSILON);
        BatchNormalization.Gradients copyGradients = BatchNormalization.backward(dOut.dup('c'), copy.cache());

        assertClose("out", copy.out(), view.out(), 0);
        assertClose("dx", copyGradients.dx(), gradients.dx(), 0);
        assertClose("dScale", copyGradients.dScale(), gradients.dScale(), 0);
        assertClose("predict", view.out(),
                BatchNormalization.predict(x, scale, shift, view.mean(), view.variance(), EPSILON), 0);
        for (int i = 0; i < given.length; i++) {
            assertEquals(before[i], given[i]);
        }
    }

    @Test
    void anOpenWorkspaceServesItsResults() {
        Sample s = Sample.random(1);
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace(
                WorkspaceConfiguration.builder().initialSize(1 << 20).build(), "batch normalization test")) {
            BatchNormalization.Forward forward = s.forward();
            BatchNormalization.Gradients gradients = BatchNormalization.backward(s.dOut, forward.cache());
            for (INDArray result : new INDArray[] {forward.out(), forward.mean(), forward.variance(), gradients.dx(),
                gradients.dScale(), gradients.dShift()}) {
                assertTrue(result.isAttached());
            }
        }
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }

    @Test
    void saysWhatDoesNotFit() {
        INDArray x = Nd4j.zeros(DataType.FLOAT, 2, 3, 4, 4);
        INDArray vector = Nd4j.zeros(DataType.FLOAT, 3);
        INDArray four = Nd4j.zeros(DataType.FLOAT, 4);
        assertError("batch normalization: x has shape (3), expected 4 dimensions (N, C, H, W) or 2 (N, D)",
                () -> BatchNormalization.forward(vector, vector, vector, EPSILON));
        assertError("batch normalization: x is INT, expected FLOAT or DOUBLE; use castTo",
                () -> BatchNormalization.forward(x.castTo(DataType.INT32), vector, vector, EPSILON));
        assertError("batch normalization: scale has shape (4), expected (3)",
                () -> BatchNormalization.forward(x, four, vector, EPSILON));
        assertError("batch normalization: shift has shape (4), expected (3)",
                () -> BatchNormalization.forward(x, vector, four, EPSILON));
        assertError("batch normalization: shift is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> BatchNormalization.forward(x, vector, vector.castTo(DataType.DOUBLE), EPSILON));
        assertError("batch normalization: epsilon 0.0, expected a finite number more than 0",
                () -> BatchNormalization.forward(x, vector, vector, 0));
        assertError("batch normalization: epsilon NaN, expected a finite number more than 0",
                () -> BatchNormalization.predict(x, vector, vector, vector, vector, Double.NaN));
        assertError("batch normalization: mean has shape (4), expected (3)",
                () -> BatchNormalization.predict(x, vector, vector, four, vector, EPSILON));
        assertError("batch normalization: variance has shape (4), expected (3)",
                () -> BatchNormalization.predict(x, vector, vector, vector, four, EPSILON));
        BatchNormalization.Cache cache = BatchNormalization.forward(x, vector, vector, EPSILON).cache();
        assertError("batch normalization: dOut has shape (3), expected (2, 3, 4, 4)",
                () -> BatchNormalization.backward(vector, cache));
        assertError("batch normalization: dOut is DOUBLE but x is FLOAT, expected one data type for all; use castTo",
                () -> BatchNormalization.backward(x.castTo(DataType.DOUBLE), cache));
    }

    private static void assertError(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
