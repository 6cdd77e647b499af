package io.github.backprop4j.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Holds the gradients that a layer computes against differences of its output, in float64: the test that a layer of one's
 * own needs.
 *
 * <pre>{@code
 * GradientCheck.of(new MyLayer(), new long[] {3, 8, 8}, 1).requireMatch();
 * }</pre>
 *
 * <p>For a function f of one number v of an array, with {@code h = 1e-5}, the slopes to both sides and their mean, the
 * central difference, are
 * {@code left = (f(v) - f(v - h)) / h}, {@code right = (f(v + h) - f(v)) / h}, {@code central = (left + right) / 2}.
 * The error of a gradient g is
 * {@code max(0, |g - central| - |right - left| / 2) / max(1, |g|, |central|)}: how far g lies outside of what is between the
 * two slopes, relative to its magnitude, but to no less than 1. Where f is smooth the slopes are equal but for h times its
 * curvature; at a kink, such as that of ReLU at 0, they are those of its two sides, and any gradient between them is right.
 *
 * @param layer the layer's text and the shape of its input, as errors name them
 * @param worst of each array the number whose gradient has the largest error; x, the input, is the first array, the others
 *     are the parameters that are trained
 */
public record GradientCheck(String layer, List<Difference> worst) {

    /** What {@link #requireMatch} takes for rounding: errors of right gradients are commonly below 1e-8. */
    public static final double TOLERANCE = 1e-6;

    private static final double STEP = 1e-5;
    private static final int EXAMPLES = 3;
    private static final String INPUT = "x";

    /**
     * One number of an array, and how its gradient does.
     *
     * @param array its name
     * @param index the number's place in the array, an index for each dimension; not copied
     * @param gradient as it was computed
     * @param central the central difference
     * @param error of the gradient, at least 0, as {@link GradientCheck} defines it; NaN if the gradient or the difference is
     */
    public record Difference(String array, long[] index, double gradient, double central, double error) {

        /** Returns it in words: {@code weights[2, 0] has the gradient 1.5, by differences it is 4.5 (error 0.67)}. */
        @Override
        public String toString() {
            return array + Arrays.toString(index) + " has the gradient " + gradient + ", by differences it is " + central
                    + " (error " + error + ")";
        }
    }

    /** Copies the list. */
    public GradientCheck {
        worst = List.copyOf(worst);
    }

    /**
     * Checks the gradients of the input and of each parameter that is trained, for random numbers in all of them and a
     * mini-batch of three examples, or as many as the layer needs to learn from. The function whose gradients they are is the
     * sum of the products of the outputs and random numbers. Parameters that are fixed or followed are set at random too, then
     * by {@link Layer#initialize}. Each pass gets the same random numbers, so that it drops the same.
     *
     * <p>Each number of the input and the parameters costs two passes forward, so take small shapes.
     *
     * @param layer computed by {@link Functions#OF_LAYERS}; may be a {@link Chain} or a {@link Residual}, too
     * @param input shape of one example, (C, H, W) or (D)
     * @param seed decides all numbers
     * @return the report, whether or not the gradients are right: see {@link #requireMatch}
     * @throws IllegalArgumentException if the layer cannot take such an input
     * @throws IllegalStateException if the layer breaks a promise of {@link Layer} otherwise: the shape of an output or a
     *     gradient is another, a pass changes its input or dOut, or gives another output when it is repeated, or the gradients of the parameters are others where that of
     *     the input is not wanted
     */
    public static GradientCheck of(Layer layer, long[] input, long seed) {
        return new Subject(layer, input, seed).check();
    }

    /**
     * Checks the gradient of any function with respect to one array.
     *
     * @param name of the array, for the report
     * @param array float64, not empty; its numbers are moved one after the other, and put back
     * @param gradient as it was computed, of the array's shape
     * @param function computes the function's value for what the array holds at that moment; must give the same for the same
     * @return the number whose gradient has the largest error
     * @throws IllegalArgumentException if the array is not float64 or the gradient has another shape
     * @throws IllegalStateException if the function gives another value when it is computed again: its slopes, then far
     *     apart, would let any gradient pass
     */
    public static Difference compare(String name, INDArray array, INDArray gradient, DoubleSupplier function) {
        if (array.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("gradient check: " + name + " is " + array.dataType()
                    + ", expected DOUBLE; differences of float32 are too coarse");
        }
        if (!Arrays.equals(array.shape(), gradient.shape())) {
            throw new IllegalArgumentException("gradient check: the gradient of " + name + " has the shape "
                    + Shapes.text(gradient.shape()) + ", expected its own, " + Shapes.text(array.shape()));
        }
        double here = function.getAsDouble();
        double again = function.getAsDouble();
        if (Math.abs(again - here) > STEP * TOLERANCE * Math.max(1, Math.abs(here))) {
            throw new IllegalStateException("gradient check: the function of " + name + " is " + here + ", and then " + again
                    + " for the same numbers, expected the same; take what is random from the generator that forward is given");
        }
        return LongStream.range(0, array.length()).mapToObj(i -> {
            long[] index = index(i, array.shape());
            double value = array.getDouble(index);
            array.putScalar(index, value + STEP);
            double right = (function.getAsDouble() - here) / STEP;
            array.putScalar(index, value - STEP);
            double left = (here - function.getAsDouble()) / STEP;
            array.putScalar(index, value);
            return difference(name, index, gradient.getDouble(index), left, right);
        }).max(Comparator.comparingDouble(Difference::error)).orElseThrow(); // of comparing doubles, NaN is the largest
    }

    private static Difference difference(String name, long[] index, double gradient, double left, double right) {
        double central = (left + right) / 2;
        double scale = Math.max(1, Math.max(Math.abs(gradient), Math.abs(central)));
        double outside = Math.abs(gradient - central) - Math.abs(right - left) / 2;
        return new Difference(name, index, gradient, central, Math.max(0, outside) / scale);
    }

    /** Returns the place of the i-th number, counted row by row. */
    private static long[] index(long i, long[] shape) {
        long[] index = new long[shape.length];
        long rest = i;
        for (int d = shape.length - 1; d >= 0; d--) {
            index[d] = rest % shape[d];
            rest /= shape[d];
        }
        return index;
    }

    /** Returns the largest error of all; NaN if there is one. */
    public double error() {
        return worst.stream().mapToDouble(Difference::error).max().orElse(0);
    }

    /**
     * Requires every gradient to be right but for rounding, an error of {@link #TOLERANCE}.
     *
     * @return this
     * @throws IllegalStateException if one is not, naming the layer, the array, the index and both values
     */
    public GradientCheck requireMatch() {
        return requireWithin(TOLERANCE);
    }

    /**
     * Requires every gradient to have an error of at most so much; see {@link #requireMatch}.
     *
     * @throws IllegalStateException if one has a larger error or NaN
     */
    public GradientCheck requireWithin(double tolerance) {
        for (Difference difference : worst) {
            if (!(difference.error() <= tolerance)) {
                throw new IllegalStateException("gradient check: " + layer + ": " + difference + ", expected an error of at"
                        + " most " + tolerance + "; mend backward, or forward, whose differences these are");
            }
        }
        return this;
    }

    /** A layer with the numbers that it is checked with. */
    private static final class Subject {

        private final Layer layer;
        private final String name;
        private final List<Parameter> parameters;
        private final Map<String, INDArray> arrays = new HashMap<>();
        private final long seed;
        private final INDArray x;
        private final INDArray dOut;

        Subject(Layer layer, long[] input, long seed) {
            this.layer = layer;
            this.seed = seed;
            name = layer + " on " + Shapes.text(input);
            long[] output = layer.outputShape(input);
            parameters = layer.parameters(input);
            Random random = new Random(seed);
            int examples = Math.max(EXAMPLES, layer.leastExamples(input));
            x = gaussian(random, batch(examples, input));
            parameters.forEach(parameter -> arrays.put(parameter.name(), numbers(parameter, random)));
            layer.initialize(() -> x, arrays::get);
            dOut = gaussian(random, batch(examples, output));
        }

        GradientCheck check() {
            INDArray xBefore = x.dup();
            INDArray dOutBefore = dOut.dup();
            Map<String, INDArray> gradients = emptyGradients();
            INDArray dx = forward().backward().apply(dOut, gradients::get, true);
            Map<String, INDArray> alone = emptyGradients();
            forward().backward().apply(dOut, alone::get, false);
            require(x.equalsWithEps(xBefore, 0), "changes its input; copy it first");
            require(dOut.equalsWithEps(dOutBefore, 0), "changes dOut on the way back; copy it first");
            require(dx != null && Arrays.equals(dx.shape(), x.shape()), "gives a gradient of the input of the shape "
                    + (dx == null ? "null" : Shapes.text(dx.shape())) + ", expected " + Shapes.text(x.shape()));

            List<Difference> worst = new ArrayList<>(List.of(compare(INPUT, x, dx, this::objective)));
            for (Parameter parameter : parameters) {
                if (parameter.kind().isTrained()) {
                    INDArray gradient = gradients.get(parameter.name());
                    Difference difference =
                            compare(parameter.name(), arrays.get(parameter.name()), gradient, this::objective);
                    worst.add(difference);
                    // NaN, which is unlike itself, is an error already
                    require(Double.isNaN(difference.error)
                                    || gradient.equalsWithEps(alone.get(parameter.name()), TOLERANCE),
                            "gives another gradient of " + parameter.name() + " where that of the input is not wanted");
                }
            }
            return new GradientCheck(name, worst);
        }

        private double objective() {
            return forward().out().mul(dOut).sumNumber().doubleValue();
        }

        private Layer.Forward forward() {
            Layer.Forward forward = layer.forward(x, arrays::get, Functions.OF_LAYERS, new SplittableRandom(seed));
            require(Arrays.equals(forward.out().shape(), dOut.shape()), "gives an output of the shape "
                    + Shapes.text(forward.out().shape()) + ", expected that of its outputShape, "
                    + Shapes.text(dOut.shape()));
            return forward;
        }

        /** Full of NaN, so that a gradient that is added instead of assigned, or forgotten, is seen. */
        private Map<String, INDArray> emptyGradients() {
            Map<String, INDArray> gradients = new HashMap<>();
            arrays.forEach((parameter, array) -> gradients.put(parameter, Nd4j.valueArrayOf(
                    array.shape(), Double.NaN, DataType.DOUBLE)));
            return gradients;
        }

        private void require(boolean kept, String broken) {
            if (!kept) {
                throw new IllegalStateException("gradient check: " + name + ": " + broken);
            }
        }

        private static INDArray numbers(Parameter parameter, Random random) {
            INDArray numbers = gaussian(random, parameter.shape()).muli(0.5);
            return switch (parameter.kind()) {
                case SCALE -> numbers.addi(1);
                case RUNNING_VARIANCE -> numbers.muli(numbers).addi(0.5);
                case WEIGHTS, OFFSET, SHIFT, RUNNING_MEAN, FIXED -> numbers;
            };
        }

        private static INDArray gaussian(Random random, long... shape) {
            double[] numbers = random.doubles(Shapes.length(shape)).map(ignored -> random.nextGaussian()).toArray();
            return Nd4j.create(numbers, shape, 'c');
        }

        private static long[] batch(int examples, long[] shape) {
            return LongStream.concat(LongStream.of(examples), LongStream.of(shape)).toArray();
        }
    }
}
