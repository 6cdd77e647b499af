package io.github.backprop4j.onnx;

import static io.github.backprop4j.onnx.Graph.attribute;

import io.github.backprop4j.files.InvalidInputException;
import io.github.backprop4j.network.AveragePoolLayer;
import io.github.backprop4j.network.BatchNormLayer;
import io.github.backprop4j.network.Chain;
import io.github.backprop4j.network.ConvLayer;
import io.github.backprop4j.network.DenseLayer;
import io.github.backprop4j.network.DropConnect;
import io.github.backprop4j.network.DropoutLayer;
import io.github.backprop4j.network.GeluLayer;
import io.github.backprop4j.network.GlobalAveragePoolLayer;
import io.github.backprop4j.network.GlobalMaxPoolLayer;
import io.github.backprop4j.network.Layer;
import io.github.backprop4j.network.LeakyReluLayer;
import io.github.backprop4j.network.MaxPoolLayer;
import io.github.backprop4j.network.Output;
import io.github.backprop4j.network.ReluLayer;
import io.github.backprop4j.network.Residual;
import io.github.backprop4j.network.ScaleLayer;
import io.github.backprop4j.network.WhitenLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** What each layer is in ONNX when it predicts: one entry for each class of layers. */
final class LayerExporters {

    /** Adds a layer to the graph. */
    @FunctionalInterface
    private interface Exporter<L extends Layer> {
        /**
         * Adds the layer's nodes and arrays.
         *
         * @param x the layer's input
         * @param scope of the layer
         * @return the name of the layer's output
         */
        String export(L layer, Tensor x, Scope scope);
    }

    private record Entry<L extends Layer>(Class<L> type, Exporter<L> exporter) {
        String export(Layer layer, Tensor x, Scope scope) {
            return exporter.export(type.cast(layer), x, scope);
        }
    }

    private static final Map<Class<?>, Entry<?>> ENTRIES = Stream.of(
            new Entry<>(ConvLayer.class, LayerExporters::convolution),
            new Entry<>(WhitenLayer.class, LayerExporters::whitening),
            new Entry<>(MaxPoolLayer.class, (layer, x, scope) ->
                    scope.node("MaxPool", List.of(x.name()), windows(layer.size(), layer.stride(), 0))),
            new Entry<>(AveragePoolLayer.class, (layer, x, scope) ->
                    scope.node("AveragePool", List.of(x.name()), windows(layer.size(), layer.stride(), 0))),
            new Entry<>(GlobalAveragePoolLayer.class, (layer, x, scope) -> globalPooling("GlobalAveragePool", x, scope)),
            new Entry<>(GlobalMaxPoolLayer.class, (layer, x, scope) -> globalPooling("GlobalMaxPool", x, scope)),
            new Entry<>(DenseLayer.class, (layer, x, scope) -> fullyConnected(layer.bias(), x, scope)),
            new Entry<>(Output.class, (layer, x, scope) -> fullyConnected(layer.bias(), x, scope)),
            new Entry<>(ReluLayer.class, (layer, x, scope) -> scope.node("Relu", List.of(x.name()))),
            new Entry<>(LeakyReluLayer.class, (layer, x, scope) ->
                    scope.node("LeakyRelu", List.of(x.name()), attribute("alpha", (float) layer.slope()))),
            new Entry<>(GeluLayer.class, LayerExporters::gelu),
            new Entry<>(ScaleLayer.class, (layer, x, scope) ->
                    scope.node("Mul", List.of(x.name(), scope.constant("factor", Nd4j.scalar((float) layer.factor()))))),
            new Entry<>(BatchNormLayer.class, LayerExporters::batchNormalization),
            // nothing is dropped when predicting
            new Entry<>(DropoutLayer.class, (layer, x, scope) -> x.name()),
            new Entry<>(DropConnect.class, (layer, x, scope) -> export(layer.layer(), x, scope).name()),
            new Entry<>(Chain.class, LayerExporters::chain),
            new Entry<>(Residual.class, LayerExporters::residual))
            .collect(Collectors.toMap(Entry::type, Function.identity()));

    private LayerExporters() {}

    /**
     * Adds a layer, with all layers in it, to the graph.
     *
     * @param x the layer's input
     * @param scope of the layer
     * @return the layer's output
     * @throws InvalidInputException if the layer is not in the table above
     */
    static Tensor export(Layer layer, Tensor x, Scope scope) {
        Entry<?> entry = ENTRIES.get(layer.getClass());
        if (entry == null) {
            throw new InvalidInputException("onnx: the layer " + scope.name() + ", " + layer + ", has no form in ONNX, as"
                    + " only the library's own layers have; put one of them in its place");
        }
        return new Tensor(entry.export(layer, x, scope), layer.outputShape(x.shape()));
    }

    private static String chain(Chain chain, Tensor x, Scope scope) {
        List<Layer> layers = chain.layers();
        Tensor out = x;
        for (int i = 0; i < layers.size(); i++) {
            out = export(layers.get(i), out, scope.in(chain.names().get(i)));
        }
        return out.name();
    }

    private static String residual(Residual residual, Tensor x, Scope scope) {
        String body = chain(residual.body(), x, scope);
        String shortcut = chain(residual.shortcut(), x, scope.in(Residual.SHORTCUT));
        return scope.node("Add", List.of(body, shortcut));
    }

    private static String convolution(ConvLayer layer, Tensor x, Scope scope) {
        return scope.node("Conv", withParameters(x.name(), layer.bias(), scope),
                windows(layer.kernelSize(), layer.stride(), layer.padding()));
    }

    private static String whitening(WhitenLayer layer, Tensor x, Scope scope) {
        return scope.node("Conv", withParameters(x.name(), true, scope), windows(layer.kernelSize(), 1, 0));
    }

    /** Our weights are (D, M), as Gemm has them; images are flattened in the order channel, row, column, as by Flatten. */
    private static String fullyConnected(boolean bias, Tensor x, Scope scope) {
        String flat = x.shape().length == 1 ? x.name()
                : scope.step("flat", "Flatten", List.of(x.name()), attribute("axis", 1));
        return scope.node("Gemm", withParameters(flat, bias, scope));
    }

    private static List<String> withParameters(String x, boolean bias, Scope scope) {
        List<String> inputs = new ArrayList<>(List.of(x, scope.parameter("weights")));
        if (bias) {
            inputs.add(scope.parameter("bias"));
        }
        return inputs;
    }

    /** As many windows as fit, as ONNX has it unless told otherwise ({@code ceil_mode}). */
    private static AttributeProto[] windows(long size, long stride, long padding) {
        return new AttributeProto[] {attribute("kernel_shape", List.of(size, size)),
            attribute("pads", List.of(padding, padding, padding, padding)),
            attribute("strides", List.of(stride, stride))};
    }

    /** ONNX keeps height and width, as 1 and 1. */
    private static String globalPooling(String operator, Tensor x, Scope scope) {
        String pooled = scope.step("pooled", operator, List.of(x.name()));
        return scope.node("Flatten", List.of(pooled), attribute("axis", 1));
    }

    /** {@code x · (1 + erf(x/√2)) / 2}, in the steps in which PyTorch writes it: opset 20 is the first with an operator. */
    private static String gelu(GeluLayer layer, Tensor x, Scope scope) {
        String root = scope.constant("sqrt2", Nd4j.scalar((float) Math.sqrt(2)));
        String divided = scope.step("divided", "Div", List.of(x.name(), root));
        String erf = scope.step("erf", "Erf", List.of(divided));
        String sum = scope.step("sum", "Add", List.of(erf, scope.constant("one", Nd4j.scalar(1f))));
        String product = scope.step("product", "Mul", List.of(x.name(), sum));
        return scope.node("Mul", List.of(product, scope.constant("half", Nd4j.scalar(0.5f))));
    }

    private static String batchNormalization(BatchNormLayer layer, Tensor x, Scope scope) {
        String scale = layer.scaled() ? scope.parameter("scale")
                : scope.constant("ones", Nd4j.ones(DataType.FLOAT, x.shape()[0]));
        return scope.node("BatchNormalization", List.of(x.name(), scale, scope.parameter("shift"), scope.parameter("mean"),
                scope.parameter("variance")), attribute("epsilon", (float) layer.epsilon()));
    }
}
