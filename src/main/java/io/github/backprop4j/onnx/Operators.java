package io.github.backprop4j.onnx;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.BatchNormLayer;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.network.DropoutLayer;
import io.github.backprop4j.network.GeluLayer;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.LeakyReluLayer;
import io.github.backprop4j.network.ReluLayer;
import io.github.backprop4j.onnx.Operator.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;

/** All operators that have a counterpart here, but those of arithmetic, of which {@link Arithmetic} knows. */
final class Operators {

    static final String GELU_BY_TANH = "approximates GELU by tanh, up to 5e-4 off the exact one, which is the only one here;"
            + " export it with approximate='none'";

    /** What numbers may be cast to: float32 is kept, float64 is rounded to it here. */
    static final Set<TensorProto.DataType> FLOATING = Set.of(TensorProto.DataType.FLOAT, TensorProto.DataType.DOUBLE);

    private static final Map<String, Operator> ALL = Stream.of(WindowOperators.ALL.stream(), Stream.of(
            Operator.of("Gemm", Operators::gemm, "alpha", "beta", "transA", "transB"),
            Operator.of("MatMul", (node, x) -> dense(node, x, node.floats(1), List.of())),
            Operator.of("BatchNormalization", Operators::batchNorm, "epsilon", "momentum", "spatial", "training_mode"),
            Operator.of("Relu", (node, x) -> same(new ReluLayer(), x)),
            Operator.of("LeakyRelu",
                    (node, x) -> same(new LeakyReluLayer(exact(node.real("alpha", 0.01f))), x), "alpha"),
            Operator.of("Gelu", Operators::gelu, "approximate"),
            Operator.of("Dropout", Operators::dropout, "ratio", "seed", "is_test"),
            Operator.of("Identity", (node, x) -> new Result(new Piece.Same(), x)),
            Operator.of("Cast", Operators::cast, "to", "saturate"),
            Operator.of("Flatten", Operators::flatten, "axis"),
            Operator.of("Reshape", Operators::reshape, "allowzero"),
            Operator.of("Squeeze", Operators::squeeze, "axes"),
            Operator.of("Softmax", Operators::probabilities, "axis"),
            Operator.of("LogSoftmax", Operators::probabilities, "axis")))
            .flatMap(operators -> operators).collect(Collectors.toUnmodifiableMap(Operator::name, Function.identity()));

    /** Known only as a part of GELU. */
    private static final Map<String, Operator> PARTS = Stream.of(
            Operator.of("Erf", (node, x) -> elementwise(Operators::erf, x)),
            Operator.of("Tanh", (node, x) -> elementwise(Math::tanh, x)),
            Operator.of("Sigmoid", (node, x) -> elementwise(each -> 1 / (1 + Math.exp(-each)), x)),
            Operator.of("Pow", (node, x) -> {
                double exponent = node.number(1);
                return elementwise(each -> Math.pow(each, exponent), x);
            })).collect(Collectors.toUnmodifiableMap(Operator::name, Function.identity()));

    private Operators() {}

    /** Returns the names of all operators, for errors. */
    static String names() {
        return Stream.concat(ALL.keySet().stream(), Arithmetic.OPERATORS.stream()).sorted()
                .collect(Collectors.joining(", "));
    }

    /** @throws IllegalArgumentException if the node's operator has no counterpart here */
    static void requireSupported(Node node) {
        if (!ALL.containsKey(node.operator()) && !PARTS.containsKey(node.operator())
                && !Arithmetic.OPERATORS.contains(node.operator())) {
            throw new IllegalArgumentException(node.name() + " is a " + node.operator() + " (opset " + node.opset()
                    + "), which has no counterpart here; supported are " + names());
        }
    }

    /**
     * Finds out what a node does whose first input is what flows through it.
     *
     * @throws IllegalArgumentException if it has no counterpart here
     */
    static Result read(Node node, Value x) {
        requireSupported(node);
        Operator operator = ALL.getOrDefault(node.operator(), PARTS.get(node.operator()));
        node.requireKnown(operator.attributes());
        try {
            return operator.reader().read(node, x);
        } catch (ArithmeticException e) {
            throw node.error("has sizes beyond all bounds");
        } catch (InvalidInputException e) {
            // a layer's own, which knows nothing of nodes
            throw node.error(e.getMessage());
        }
    }

    private static Result same(Layer layer, Value x) {
        return new Result(new Piece.Part(layer), x);
    }

    private static Result elementwise(DoubleUnaryOperator function, Value x) {
        return new Result(new Piece.Elementwise(function), x);
    }

    /** The error function. */
    static double erf(double x) {
        return Nd4j.getExecutioner().exec(new Erf(Nd4j.scalar(DataType.DOUBLE, x), Nd4j.scalar(DataType.DOUBLE, 0)))
                .getDouble(0);
    }

    /** Returns the number that somebody wrote, 0.1, of its float32, 0.10000000149. */
    static double exact(float number) {
        return Double.parseDouble(Float.toString(number));
    }

    private static Result gemm(Node node, Value x) {
        node.require("transA", 0);
        INDArray weights = node.floats(1);
        if (weights.rank() == 2 && node.whole("transB", 0) != 0) {
            weights = weights.transpose();
        }
        if (node.real("alpha", 1) != 1) {
            weights = weights.mul(node.real("alpha", 1));
        }
        if (!node.hasInput(2)) {
            return dense(node, x, weights, List.of());
        }
        INDArray bias = node.floats(2);
        long outputs = weights.size(weights.rank() - 1);
        if (bias.length() != 1 && (bias.length() != outputs || bias.size(bias.rank() - 1) != outputs)) {
            throw node.error("has a bias of shape " + Arrays.toString(bias.shape()) + ", expected [" + outputs + "]");
        }
        INDArray row = Nd4j.zeros(DataType.FLOAT, outputs)
                .addi(bias.length() == 1 ? Nd4j.scalar(bias.getFloat(0)) : bias.reshape(new long[] {outputs}));
        return dense(node, x, weights, List.of(row.muli(node.real("beta", 1))));
    }

    private static Result dense(Node node, Value x, INDArray weights, List<INDArray> bias) {
        if (weights.rank() != 2 || x.dims().length != 1 || weights.size(0) != x.dims()[0]) {
            throw node.error("multiplies " + x + " by weights of shape " + Arrays.toString(weights.shape())
                    + ", expected (N, D) by (D, M)");
        }
        int outputs = Math.toIntExact(weights.size(1));
        node.make(weights.length());
        long[] dims = {outputs};
        return new Result(new Piece.Part(new DenseLayer(outputs, !bias.isEmpty()),
                Stream.concat(Stream.of(weights.dup('c')), bias.stream()).toList()), new Value(dims, dims));
    }

    private static Result batchNorm(Node node, Value x) {
        node.require("training_mode", 0);
        node.require("spatial", 1);
        if (node.outputs().size() > 1) {
            throw node.error("gives statistics, as in training; export the model for prediction");
        }
        long channels = x.dims()[0];
        if (x.ours()[0] != channels) {
            throw node.error("normalizes flattened images, number by number, which has no counterpart here");
        }
        INDArray variance = node.floats(4, channels);
        if (variance.minNumber().doubleValue() < 0) {
            throw node.error("has a variance of " + variance.minNumber() + ", expected at least 0");
        }
        float epsilon = node.real("epsilon", 1e-5f);
        if (!(epsilon > 0 && epsilon < 1)) {
            throw node.error("has epsilon " + epsilon + ", expected above 0 and below 1");
        }
        return new Result(new Piece.Part(new BatchNormLayer(exact(epsilon), true),
                List.of(node.floats(1, channels), node.floats(2, channels), node.floats(3, channels), variance)), x);
    }

    private static Result gelu(Node node, Value x) {
        String approximation = node.text("approximate", "none");
        if (!approximation.equals("none")) {
            throw node.error(approximation.equals("tanh") ? GELU_BY_TANH : "has approximate " + approximation);
        }
        return same(new GeluLayer(), x);
    }

    private static Result dropout(Node node, Value x) {
        if (node.hasInput(2) && !node.isFalse(2)) {
            throw node.error("drops in prediction, too (training_mode); export the model for prediction");
        }
        double rate = node.hasInput(1) ? node.number(1) : node.real("ratio", 0.5f);
        return rate == 0 ? new Result(new Piece.Same(), x) : same(new DropoutLayer(exact((float) rate)), x);
    }

    private static Result cast(Node node, Value x) {
        TensorProto.DataType to = TensorProto.DataType.forNumber((int) node.whole("to", 0));
        if (!FLOATING.contains(to)) {
            throw node.error("rounds to " + to + ", which has no counterpart here, expected FLOAT");
        }
        return new Result(new Piece.Same(), x);
    }

    private static Result flatten(Node node, Value x) {
        long axis = node.whole("axis", 1);
        if (axis != 1 && axis != -x.dims().length) {
            throw node.error("has axis " + axis + ", which has no counterpart here, expected 1");
        }
        return new Result(new Piece.Same(), new Value(new long[] {x.length()}, x.ours()));
    }

    private static Result reshape(Node node, Value x) {
        long[] shape = node.integers(1);
        long length = x.length();
        boolean keepsBatch = shape.length > 0
                && (shape[0] == Constants.BATCH || shape[0] == 0 && node.whole("allowzero", 0) == 0
                || shape[0] == node.constants().fixedBatch()
                || shape[0] == -1);
        if (shape.length != 2 || !keepsBatch || !(shape[1] == length || shape[1] == -1 && shape[0] != -1)) {
            throw node.error("makes " + x + " a " + Arrays.toString(shape).replace(Long.toString(Constants.BATCH), "N")
                    + ", which has no counterpart here, expected (N, " + length + ")");
        }
        return new Result(new Piece.Same(), new Value(new long[] {length}, x.ours()));
    }

    private static Result squeeze(Node node, Value x) {
        long[] axes = node.hasInput(1) ? node.integers(1) : node.wholes("axes");
        long[] sorted = Arrays.stream(axes).map(axis -> axis < 0 ? axis + 4 : axis).sorted().toArray();
        if (x.dims().length != 3 || x.length() != x.dims()[0] || !Arrays.equals(sorted, new long[] {2, 3})) {
            throw node.error("takes the axes " + Arrays.toString(axes) + " from " + x
                    + ", expected 2 and 3 of (N, C, 1, 1)");
        }
        return new Result(new Piece.Same(), new Value(new long[] {x.length()}, x.ours()));
    }

    private static Result probabilities(Node node, Value x) {
        long axis = node.whole("axis", node.opset() < 13 ? 1 : -1);
        long along = axis < 0 ? axis + x.dims().length + 1 : axis;
        if (along != 1 || x.length() != x.dims()[0]) {
            throw node.error("goes along axis " + axis + " of " + x + ", expected axis 1, the classes, of (N, K)");
        }
        return new Result(new Piece.Probabilities(), x);
    }
}
