package io.github.backprop4j.onnx;

import static io.github.backprop4j.onnx.Crafted.of;
import static io.github.backprop4j.onnx.Crafted.one;
import static io.github.backprop4j.onnx.Crafted.real;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Forms that PyTorch's files at hand do not have: ONNX Runtime and the network that was read agree. */
@DisabledOnOs(value = OS.MAC, architectures = "x86_64", disabledReason = "ONNX Runtime has nothing for it")
class CraftedGraphsTest {

    private static final double SQRT_HALF = Math.sqrt(0.5);

    @TempDir
    private Path folder;

    static Stream<Arguments> graphs() {
        return Stream.of(
                Arguments.of("padding goes into the convolution", "conv:4:3:2:2:nobias,relu", images(3, 8, 8)
                        .integers("pads", 0, 0, 1, 1, 0, 0, 1, 1).number("s", 0.01).node("Mul", "scaled", "images s")
                        .node("Pad", "padded", "scaled pads").weights("w", 4, 3, 3, 3)
                        .node("Conv", "conv", "padded w", of("pads", 1, 1, 1, 1), of("strides", 2, 2))
                        .node("Relu", "x", "conv")),
                Arguments.of("padding before pooling", "conv:2:1:1:0:nobias,relu,conv:2:1:1:1:dirac:nobias,pool:3:2,"
                        + "conv:2:1:1:1:dirac:nobias,avgpool:3:2,conv:2:1:1:2:dirac:nobias,avgpool:3:3",
                        images(2, 16, 15).number("s", 0.01).node("Mul", "scaled", "images s").weights("w", 2, 2, 1, 1)
                        .node("Conv", "conv", "scaled w").node("Relu", "relu", "conv")
                        .node("MaxPool", "max", "relu", of("kernel_shape", 3, 3), of("pads", 1, 1, 1, 1),
                                of("strides", 2, 2))
                        .node("AveragePool", "mean", "max", of("kernel_shape", 3, 3), of("pads", 1, 1, 1, 1),
                                of("strides", 2, 2), one("count_include_pad", 1))
                        .integers("pads", 0, 0, 2, 2, 0, 0, 2, 2).node("Pad", "padded", "mean pads")
                        .node("AveragePool", "x", "padded", of("kernel_shape", 3, 3), of("strides", 3, 3))),
                Arguments.of("a constant behind a convolution goes into its bias, channels' factors into its filters",
                        "conv:4:3:1:0,relu", images(3, 8, 8).number("s", 0.01).node("Mul", "scaled", "images s")
                        .weights("w", 4, 3, 3, 3).node("Conv", "conv", "scaled w")
                        .random("c", -1, 1, 1, 4, 1, 1).node("Add", "sum", "c conv").random("f", 0.5, 2, 4, 1, 1)
                        .node("Mul", "product", "sum f").node("Relu", "x", "product")),
                Arguments.of("factors of channels before the first convolution", "conv:4:3:1:1,relu",
                        images(3, 8, 8).random("mean3", 90, 150, 3).integers("axes", 1, 2)
                        .node("Unsqueeze", "mean", "mean3 axes").node("Sub", "centred", "images mean")
                        .random("std", 50, 70, 3, 1, 1).node("Div", "scaled", "centred std").weights("w", 4, 3, 3, 3)
                        .weights("b", 4).node("Conv", "conv", "scaled w b", of("pads", 1, 1, 1, 1))
                        .node("Relu", "x", "conv")),
                Arguments.of("a mean and a factor for each pixel, flattened, before a dense layer", "dense:4,relu",
                        images(2, 3, 4).node("Flatten", "flat", "images").random("mean", 90, 150, 24)
                                .random("f", 0.01, 0.02, 24)
                        .node("Sub", "centred", "flat mean").node("Mul", "scaled", "centred f").weights("w", 24, 4)
                        .weights("b", 4).node("MatMul", "product", "scaled w").node("Add", "dense", "product b")
                        .node("Relu", "x", "dense")),
                Arguments.of("light and dark exchanged, before what has no weights", "scale:-1.0,pool:2:2",
                        images(1, 8, 8).number("white", 255).number("f", 0.02).node("Sub", "negative", "white images")
                        .node("Mul", "scaled", "negative f").node("MaxPool", "x", "scaled", of("kernel_shape", 2, 2),
                                of("strides", 2, 2))),
                Arguments.of("Gemm with all its attributes, and scales one behind the other",
                        "globalmaxpool,dense:5,scale:-1.5,leakyrelu:0.2", images(3, 6, 6).number("f", 0.1)
                        .node("Mul", "scaled", "images f").node("ReduceMax", "max", "scaled", of("axes", -1, -2),
                        one("keepdims", 0))
                        .weights("w", 5, 3).random("b", -1, 1, 1, 1).node("Gemm", "dense", "max w b", one("transB", 1),
                                real("alpha", 0.5), real("beta", 2)).number("three", 3).number("minustwo", -2)
                        .node("Mul", "tripled", "dense three").node("Div", "scale", "tripled minustwo")
                        .node("LeakyRelu", "x", "scale", real("alpha", 0.2))),
                Arguments.of("GELU in another order, in a residual block whose branches are exchanged",
                        "conv:3:1:1:0:nobias,residual(gelu)", images(3, 6, 6).number("f", 0.01)
                                .node("Mul", "scaled", "images f")
                        .weights("w", 3, 3, 1, 1).node("Conv", "conv", "scaled w").node(constant("half", 0.5))
                        .number("s", SQRT_HALF)
                        .number("1", 1).node("Mul", "inner", "conv s").node("Erf", "erf", "inner")
                        .node("Add", "phi", "1 erf")
                        .node("Mul", "halved", "half conv").node("Mul", "gelu", "phi halved").node("Add", "x", "conv gelu")),
                Arguments.of("a block in a block, a dropout, and two times the same", "conv:3:1:1:0:nobias,residual("
                        + "residual(relu|leakyrelu:0.5),conv:3:3:1:1:nobias|conv:3:1:1:0:nobias),dropout:0.25,scale:2.0",
                        images(3, 6, 6).number("f", 0.01).node("Mul", "scaled", "images f").weights("w", 3, 3, 1, 1)
                        .weights("w3", 3, 3, 3, 3).weights("w1", 3, 3, 1, 1).node("Conv", "conv", "scaled w")
                        .node("Relu", "a", "conv").node("LeakyRelu", "b", "conv", real("alpha", 0.5))
                        .node("Add", "inner", "a b")
                        .node("Conv", "c3", "inner w3", of("pads", 1, 1, 1, 1)).node("Conv", "c1", "conv w1")
                        .node("Add", "outer", "c3 c1").number("rate", 0.25).node("Dropout", "dropped", "outer rate")
                        .node("Add", "x", "dropped dropped")),
                Arguments.of("a mean for each column by a Squeeze without axes, a factor for each channel by a Reshape",
                        "conv:4:3:1:0:nobias,relu", images(3, 4, 3).random("mean4", 0, 250, 1, 3, 1, 1)
                        .node("Squeeze", "mean", "mean4").node("Sub", "centred", "images mean").random("f3", 0.002, 0.01, 3)
                        .integers("shape", 1, -1, 1, 1).node("Reshape", "f", "f3 shape").node("Mul", "scaled", "centred f")
                        .weights("w", 4, 3, 3, 3).node("Conv", "conv", "scaled w").node("Relu", "x", "conv")),
                Arguments.of("weights that pass through other nodes", "conv:3:1:1:0,globalavgpool,dense:3:nobias,relu",
                        images(3, 6, 6).number("f", 0.01).node("Mul", "scaled", "images f").weights("w", 3, 3, 1, 1)
                        .node("Identity", "same", "w").weights("b", 3).node("Identity", "sameb", "b")
                        .node("Conv", "conv", "scaled same sameb").node("GlobalAveragePool", "pooled", "conv")
                        .integers("axes", 2, 3).node("Squeeze", "flat", "pooled axes").weights("t", 3, 3)
                        .node("Transpose", "turned", "t", of("perm", 1, 0)).node("MatMul", "dense", "flat turned")
                        .node("Relu", "x", "dense")));
    }

    private static NodeProto constant(String name, double number) {
        return NodeProto.newBuilder().setOpType("Constant").setName(name).addOutput(name)
                .addAttribute(real("value_float", number)).build();
    }

    private static Crafted images(long... image) {
        return new Crafted(image);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphs")
    void predictsWhatOnnxRuntimeDoes(String name, String layers, Crafted graph) throws IOException, OrtException {
        graph.node("Flatten", "flattened", "x");
        long features = OnnxImport.read(graph.write(folder.resolve("features.onnx"))).architecture().classNames().size();
        graph.graph().clearOutput();
        graph.weights("output.weights", features, 4).weights("output.bias", 4)
                .node("Gemm", "logits", "flattened output.weights output.bias")
                .node("Softmax", "probabilities", "logits");
        Path file = graph.write(folder.resolve("crafted.onnx"));

        Network network = OnnxImport.read(file);
        assertEquals(layers, network.architecture().text());
        INDArray x = RandomNetworks.images(network, 10, 1);
        INDArray ours = network.predictProbabilities(x);
        assertTrue(ours.std(true, 0).maxNumber().doubleValue() > 1e-3, "all images are the same to it");
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            double difference = ours.sub(runtime.probabilities(x)).amaxNumber().doubleValue();
            assertTrue(difference <= 1e-5, "probabilities differ by " + difference);
        }
    }
}
