package io.github.backprop4j.onnx;

import static io.github.backprop4j.onnx.Crafted.of;
import static io.github.backprop4j.onnx.Crafted.one;
import static io.github.backprop4j.onnx.Crafted.real;
import static io.github.backprop4j.onnx.Crafted.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What has no counterpart here, or is no graph, is told in one line with the node's name. */
class UnsupportedGraphsTest {

    private static final String NO_COUNTERPART = ", which has no counterpart here, expected ";

    @TempDir
    private Path folder;

    static Stream<Arguments> graphs() {
        return Stream.of(operators(), windows(), branches(), arrays(), constants(), inputs(), excess())
                .flatMap(each -> each);
    }

    /** Nodes that make constants: what is not computed here must not pass as if it were. */
    private static Stream<Arguments> constants() {
        return Stream.of(
                graph("node \"i\" (Cast) makes INT64 of a constant of numbers with a fraction, which has no counterpart"
                        + " here; export the model with its constants folded", images().number("c", 2.7)
                        .node("Cast", "i", "c", one("to", TensorProto.DataType.INT64_VALUE))
                        .node("Cast", "f", "i", one("to", TensorProto.DataType.FLOAT_VALUE)).node("Mul", "x", "images f")),
                graph("node \"h\" (Cast) makes FLOAT16 of a constant of numbers with a fraction, …",
                        images().number("c", 2.7)
                        .node("Cast", "h", "c", one("to", TensorProto.DataType.FLOAT16_VALUE)).node("Mul", "x", "images h")),
                graph("node \"b\" (Cast) makes BOOL of a constant of whole numbers, which has no counterpart here; …",
                        images().number("rate", 0.5).integers("1", 1)
                                .node("Cast", "b", "1", one("to", TensorProto.DataType.BOOL_VALUE))
                                .node("Dropout", "x", "images rate b")),
                graph("node \"x\" (Dropout) drops in prediction, too (training_mode); export the model for prediction",
                        images().number("rate", 0.5).integers("1", 1).node("Dropout", "x", "images rate 1")),
                graph("node \"d\" (Mul) computes a constant, which is done here for few operators; export the model with its"
                        + " constants folded", images().number("c", 2).node("Mul", "d", "c c").node("Mul", "x", "images d")),
                graph("node \"r\" (Reshape) makes a constant of shape [6] a [1, 4, -1]", images().weights("c", 6)
                        .integers("to", 1, 4, -1).node("Reshape", "r", "c to").node("Mul", "x", "images r")),
                graph("node \"x\" (Mul) has a constant of shape [1, 1, 1, 1, 1], which does not fit (N, 3, 8, 8)",
                        images().random("c", 1, 2, 1, 1, 1, 1, 1).node("Mul", "x", "images c")),
                graph("node \"x\" (Gemm) has alpha NaN, expected a finite number", images().node("Flatten", "f", "images")
                        .weights("w", 192, 4).node("Gemm", "x", "f w", real("alpha", Double.NaN))));
    }

    /** Small files whose nodes ask for much: by names that are used again and again, or sizes that grow. */
    private static Stream<Arguments> excess() {
        Crafted padded = new Crafted(4096, 1, 1).integers("p", 0, 0, 1, 1, 0, 0, 1, 1).node("Relu", "r0", "images");
        Crafted shared = new Crafted(1024, 1, 1).weights("w", 1024, 1024, 1, 1).node("Relu", "r0", "images");
        Crafted turned = new Crafted(1, 1, 1024).weights("w", 1024, 1024).node("Flatten", "r0", "images");
        Crafted lists = images().integers("c", new long[1 << 15]);
        Crafted far = images().integers("p", 0, 0, 1 << 24, 1 << 24, 0, 0, 1 << 24, 1 << 24).node("Relu", "r0", "images");
        Crafted scaled = new Crafted(1, 2048, 2048).random("a", 1, 2, 2048, 1).random("b", 1, 2, 2048)
                .node("Identity", "r0", "images");
        for (int i = 0; i < 40; i++) {
            String next = "r" + (i + 1);
            padded.node("Pad", "pad" + i, "r" + i + " p").node("Relu", next, "pad" + i);
            shared.node("Conv", next, "r" + i + " w");
            turned.node("Gemm", next, "r" + i + " w", one("transB", 1));
            scaled.node("Mul", "m" + i, "r" + i + " a").node("Mul", next, "m" + i + " b");
        }
        IntStream.range(0, 100).forEach(i -> far.node("Pad", "r" + (i + 1), "r" + i + " p"));
        IntStream.range(0, 300).forEach(i -> lists.node("Concat", "c" + i, "c c", one("axis", 0)));
        lists.node("Concat", "all", IntStream.range(0, 300).mapToObj(i -> "c" + i).collect(Collectors.joining(" ")),
                one("axis", 0)).node("Reshape", "x", "images all");
        return Stream.of(
                graph("node \"pad1\" (Pad) makes more of the file's arrays than networks do", padded),
                graph("node \"r18\" (Conv) makes the network much larger than the file's arrays are", shared),
                graph("node \"r23\" (Gemm) makes more of the file's arrays than networks do", turned),
                graph("node \"c257\" (Concat) makes more of the file's arrays than networks do", lists),
                graph("has sizes beyond all bounds", far),
                graph("node \"r1\" (Mul) makes more of the file's arrays than networks do", scaled));
    }

    private static Stream<Arguments> operators() {
        return Stream.of(
                graph("node \"features.3\" is a Clip (opset 13), which has no counterpart here; supported are Add,"
                        + " AveragePool,"
                        + " BatchNormalization, Cast, Conv, Div, Dropout, Flatten, Gelu, Gemm, GlobalAveragePool,"
                        + " GlobalMaxPool,"
                        + " Identity, LeakyRelu, LogSoftmax, MatMul, MaxPool, Mul, Pad, ReduceMax, ReduceMean, Relu,"
                        + " Reshape, Softmax, Squeeze, Sub", images().node("Clip", "features.3", "images")),
                graph("node \"x\" is a com.microsoft.FusedConv (opset 13), which has no counterpart here; supported are …",
                        images().node(NodeProto.newBuilder().setDomain("com.microsoft").setOpType("FusedConv").setName("x")
                                .addInput("images").addOutput("x").build())),
                graph("the node that gives \"y\" is a Transpose (opset 13), which has no counterpart here; supported are …",
                        images().node(NodeProto.newBuilder().setOpType("Transpose").addInput("images").addOutput("y")
                                .build())),
                graph("node \"x\" is a Sin (opset 13), which has no counterpart here; supported are …",
                        images().weights("w", 3).node("Sin", "x", "w").node("Add", "y", "images x")),
                graph("node \"x\" (Relu) has the attribute consumed_inputs, which has no counterpart here",
                        images().node("Relu", "x", "images", of("consumed_inputs", 1))),
                graph("node \"x\" (BatchNormalization) has training_mode 1" + NO_COUNTERPART + "0",
                        images().node("BatchNormalization", "x", "images", one("training_mode", 1))),
                graph("node \"x\" (BatchNormalization) normalizes flattened images, number by number, which has no"
                        + " counterpart"
                        + " here", images().node("Flatten", "flat", "images").node("BatchNormalization", "x", "flat")),
                graph("node \"x\" (Gelu) approximates GELU by tanh, up to 5e-4 off the exact one, which is the only one"
                        + " here; export it with approximate='none'",
                        images().opset(20).node("Gelu", "x", "images", text("approximate", "tanh"))),
                graph("node \"x\" (Mul) approximates GELU by tanh, up to 5e-4 off the exact one, which is the only one here;"
                        + " export it with approximate='none'", images().number("3", 3).number("c", 0.044715)
                        .number("f", Math.sqrt(2 / Math.PI)).number("1", 1).node("Pow", "cube", "images 3")
                        .node("Mul", "small", "cube c").node("Add", "sum", "images small").node("Mul", "inner", "sum f")
                        .node("Tanh", "tanh", "inner").node("Add", "phi", "tanh 1").node("Mul", "x", "images phi")),
                graph("node \"x\" (Mul) multiplies two branches, which is known here only as GELU, x·(1 + erf(x/√2))/2,"
                        + " and this"
                        + " is another function", images().node("Sigmoid", "s", "images").node("Mul", "x", "images s")),
                graph("node \"x\" (Tanh) is known here only as a part of GELU, x·(1 + erf(x/√2))/2",
                        images().node("Tanh", "x", "images")),
                graph("node \"s\" (Softmax) is not at the end, expected nothing behind it", images()
                        .node("Flatten", "f", "images")
                        .node("Softmax", "s", "f").node("Relu", "x", "s")),
                graph("node \"s\" (Softmax) goes along axis -1 of (N, 3, 8, 8), expected axis 1, the classes, of (N, K)",
                        images().node("Softmax", "s", "images")),
                graph("node \"x\" (Flatten) has axis 2" + NO_COUNTERPART + "1", images()
                        .node("Flatten", "x", "images", one("axis", 2))),
                graph("node \"x\" (Reshape) makes (N, 3, 8, 8) a [N, 3, 64]" + NO_COUNTERPART + "(N, 192)",
                        images().node("Shape", "shape", "images").integers("0", 0)
                                .node("Gather", "n", "shape 0", one("axis", 0))
                                .integers("rest", 3, 64).node("Concat", "to", "n rest", one("axis", 0))
                                .node("Reshape", "x", "images to")),
                graph("node \"x\" (Dropout) drops in prediction, too (training_mode); export the model for prediction",
                        images().number("rate", 0.5).array(TensorProto.newBuilder().setName("yes").addInt32Data(1)
                                .setDataType(TensorProto.DataType.BOOL_VALUE).build())
                                .node("Dropout", "x", "images rate yes")),
                graph("node \"x\" (LeakyRelu) slope: 1.5, expected at least 0 and below 1",
                        images().node("LeakyRelu", "x", "images", real("alpha", 1.5))),
                graph("node \"x\" (Cast) rounds to INT64" + NO_COUNTERPART + "FLOAT",
                        images().node("Cast", "x", "images", one("to", TensorProto.DataType.INT64_VALUE))));
    }

    private static Stream<Arguments> windows() {
        return Stream.of(
                graph("node \"x\" (Conv) has dilations [2, 2]" + NO_COUNTERPART + "1", conv(of("dilations", 2, 2))),
                graph("node \"x\" (Conv) has group 3" + NO_COUNTERPART + "1", conv(one("group", 3))),
                graph("node \"x\" (Conv) has auto_pad SAME_UPPER, which has no counterpart here; export it with explicit"
                        + " pads",
                        conv(text("auto_pad", "SAME_UPPER"))),
                graph("node \"x\" (Conv) has both auto_pad VALID and pads, expected one of them",
                        images().weights("w", 4, 3, 3, 3)
                                .node("Conv", "x", "images w", text("auto_pad", "VALID"), of("pads", 1, 1, 1, 1))),
                graph("node \"x\" (Conv) has pads [0, 0, 1, 1]" + NO_COUNTERPART + "the same on all four sides",
                        conv(of("pads", 0, 0, 1, 1))),
                graph("node \"x\" (Conv) has strides [1, 2]" + NO_COUNTERPART + "two equal numbers above 0",
                        conv(of("strides", 1, 2))),
                graph("node \"x\" (Conv) has filters of shape [4, 3, 3, 1], expected square ones, (F, C, K, K)",
                        images().weights("w", 4, 3, 3, 1).node("Conv", "x", "images w")),
                graph("node \"x\" (Conv) has filters for 2 channels, but its input is (N, 3, 8, 8)",
                        images().weights("w", 4, 2, 3, 3).node("Conv", "x", "images w")),
                graph("node \"x\" (Conv) has windows of 9x9, larger than its input (N, 3, 8, 8)",
                        images().weights("w", 1, 3, 9, 9).node("Conv", "x", "images w")),
                graph("node \"x\" (Conv) gets (N, 3, 1, 1), expected images (N, C, H, W) that no global pooling or fully"
                        + " connected layer has gone over yet", images().weights("w", 1, 3, 1, 1)
                        .node("GlobalAveragePool", "pooled", "images").node("Conv", "x", "pooled w")),
                graph("node \"x\" (MaxPool) has pads 1, which has a counterpart here only behind a Relu",
                        images().node("MaxPool", "x", "images", of("kernel_shape", 3, 3), of("pads", 1, 1, 1, 1))
                                .node("Flatten", "y", "x")),
                graph("node \"x\" (AveragePool) has no count_include_pad, expected 1, as else there is no counterpart here",
                        images().node("AveragePool", "x", "images", of("kernel_shape", 3, 3), of("pads", 1, 1, 1, 1))),
                graph("node \"x\" (AveragePool) has ceil_mode 1 for windows that do not tile its input (N, 3, 8, 8)"
                        + NO_COUNTERPART + "0", images().node("AveragePool", "x", "images", of("kernel_shape", 3, 3),
                        of("strides", 2, 2), one("ceil_mode", 1))),
                graph("node \"x\" (MaxPool) gives the places of its maxima, which has no counterpart here",
                        images().node(NodeProto.newBuilder().setOpType("MaxPool").setName("x").addInput("images")
                                .addOutput("x")
                                .addOutput("places").addAttribute(of("kernel_shape", 2, 2)).build())),
                graph("node \"x\" (ReduceMean) goes over the axes [1], expected height and width, 2 and 3",
                        images().node("ReduceMean", "x", "images", of("axes", 1))),
                graph("node \"p\" (Pad) has mode reflect" + NO_COUNTERPART + "constant",
                        images().integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                                .node("Pad", "p", "images pads", text("mode", "reflect"))));
    }

    private static Crafted conv(onnx.Onnx.AttributeProto attribute) {
        return images().weights("w", 4, 3, 3, 3).node("Conv", "x", "images w", attribute);
    }

    private static Stream<Arguments> branches() {
        return Stream.of(
                graph("node \"x\" (Sub) joins two branches, which has no counterpart here; supported is Add, of a"
                        + " residual block",
                        images().node("Relu", "a", "images").node("Sub", "x", "a images")),
                graph("node \"x\" (Add) joins (N, 3, 7, 7) and (N, 3, 8, 8), expected the same shape",
                        images().node("MaxPool", "a", "images", of("kernel_shape", 2, 2)).node("Add", "x", "a images")),
                graph("node \"c\" (Relu) is part of two branches that join apart, expected residual blocks, one in the"
                        + " other or one after the other", images().node("Relu", "c", "images").node("Gelu", "b", "images")
                        .node("Add", "d", "c b")
                        .node("Relu", "e", "c").node("Add", "x", "d e")),
                graph("node \"x\" is a Concat (opset 13), which has no counterpart here; supported are …",
                        images().node("Relu", "a", "images").node("Concat", "x", "a images", one("axis", 1))),
                graph("node \"x\" (Add) adds a constant, or multiplies channels by one each, behind relu, which has no"
                        + " counterpart here; that is possible before the first layer and behind conv and dense",
                        images().number("c", 3).node("Relu", "a", "images").node("Add", "x", "a c")),
                graph("node \"x\" (Gemm) gets [images, r], expected its first input to flow through it, and constants else",
                        images().node("Relu", "r", "images").node("Gemm", "x", "images r")));
    }

    private static Stream<Arguments> arrays() {
        return Stream.of(
                graph("node \"x\" (Conv) gets \"w\", which no node before it gives", images().node("Conv", "x", "images w")),
                graph("node \"a\" (Add) gets \"b\", which no node before it gives",
                        images().node("Add", "a", "images b").node("Relu", "b", "a")),
                graph("node \"x\" (Relu) gives \"x\", which is there already",
                        images().node("Relu", "x", "images").node("Relu", "x", "images")),
                graph("the array \"w\" lies in a file of its own, expected it in this one; save the model with its"
                        + " weights inside",
                        weights(TensorProto.newBuilder().addDims(4).setDataLocation(TensorProto.DataLocation.EXTERNAL))),
                graph("the array \"w\" claims the shape [1000000, 1000000] and has 4 numbers, expected as many as the"
                        + " shape says,"
                        + " and at least one", weights(TensorProto.newBuilder().addDims(1_000_000).addDims(1_000_000)
                        .addAllFloatData(List.of(1f, 2f, 3f, 4f)))),
                graph("the array \"w\" claims the shape [-2, -2] and has 4 numbers, expected as many as the shape says,"
                        + " and at least one", weights(TensorProto.newBuilder().addDims(-2).addDims(-2)
                        .addAllFloatData(List.of(1f, 2f, 3f, 4f)))),
                graph("the array \"w\" holds NaN or infinite numbers", weights(TensorProto.newBuilder().addDims(1)
                        .addFloatData(Float.NaN))),
                graph("the array \"w\" is FLOAT16, expected float32 or float64", weights(TensorProto.newBuilder().addDims(1)
                        .setDataType(TensorProto.DataType.FLOAT16_VALUE).addInt32Data(3))),
                graph("node \"x\" (Add) has a constant of shape [3], which does not fit (N, 3, 8, 8)",
                        images().weights("w", 3).node("Add", "x", "images w")),
                graph("has means of images beyond float32", images().number("tiny", 1e-38).number("huge", 1e38)
                        .node("Mul", "m", "images tiny").node("Add", "a", "m huge").node("GlobalMaxPool", "x", "a")),
                graph("scales the channels of its images by different factors before relu, which has no counterpart here,"
                        + " expected a convolution or a fully connected layer; scale all channels alike",
                        images().random("f", 1, 2, 3, 1, 1).node("Mul", "m", "images f").node("Relu", "r", "m")
                                .node("GlobalMaxPool", "x", "r")));
    }

    private static Crafted weights(TensorProto.Builder tensor) {
        TensorProto.Builder named = tensor.setName("w");
        return images().array((named.getDataType() == 0 ? named.setDataType(TensorProto.DataType.FLOAT_VALUE) : named)
                .build())
                .node("MatMul", "x", "images w");
    }

    private static Stream<Arguments> inputs() {
        return Stream.of(
                graph("has the input \"images\" of 3 dimensions, expected images (N, C, H, W)",
                        new Crafted(8, 8).node("Relu", "x", "images")),
                graph("leaves the size of its images open; say which it is to be (--size HxW)",
                        new Crafted(3, 0, 0).node("Relu", "x", "images")),
                graph("takes images (N, 3, 1000000000, 1000000000), expected known sizes above 0, and at most 8388608"
                        + " numbers",
                        new Crafted(3, 1_000_000_000, 1_000_000_000).node("Relu", "x", "images")),
                graph("is of opset 6, expected 7 to 24; export it with another opset_version",
                        images().opset(6).node("Relu", "x", "images")),
                graph("ends in (N, 3, 8, 8), expected a score for each class, (N, K)", images().node("Relu", "x", "images")),
                graph("gives \"w\", which does not depend on the images", images().weights("v", 3)
                        .node("Identity", "w", "v")),
                graph("has 8388608 classes without a fully connected layer at the end, expected at most 5000",
                        new Crafted(1 << 23, 1, 1).node("Flatten", "x", "images")));
    }

    private static Crafted images() {
        return new Crafted(3, 8, 8);
    }

    private static Arguments graph(String message, Crafted graph) {
        return Arguments.of(message, graph);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphs")
    void isToldInOneLine(String message, Crafted graph) throws IOException {
        Path file = graph.write(folder.resolve("other.onnx"));
        String found = assertThrows(InvalidFileException.class, () -> OnnxImport.read(file)).getMessage();
        int open = message.indexOf('…');
        assertEquals(file + ": " + (open < 0 ? message : message.substring(0, open)),
                open < 0 ? found : found.substring(0, Math.min(found.length(), (file + ": ").length() + open)));
    }

    @Test
    void settingsThatDoNotFitAreTold() throws IOException {
        Path file = images().number("f", 0.01).node("Mul", "m", "images f").node("GlobalMaxPool", "x", "m")
                .write(folder.resolve("other.onnx"));
        assertTold("has 3 classes, but there are names for 2", file, ImportSettings.NONE.classNames(List.of("a", "b")));
        assertTold("takes images of 8x8, but the size is to be 9x9; that is for files that leave it open", file,
                ImportSettings.NONE.size(9, 9));
        assertTold("has images of 3 channels, but mean has 2 numbers, expected one, or one for each channel", file,
                ImportSettings.NONE.normalize(List.of(0.5, 0.5), List.of()));
        assertTold("architecture: the class a is there twice", file, ImportSettings.NONE.classNames(List.of("a", "b", "a")));
        ImportSettings unit = ImportSettings.NONE.normalize(List.of(0.0), List.of());
        assertEquals(1 / 25500.0, OnnxImport.read(file, unit).scaling().factor(), 1e-9);
        assertEquals("mean: 123.675, expected 0 to 1, of pixels between 0 and 1; divide one of pixels up to 255 by 255",
                assertThrows(InvalidInputException.class,
                        () -> ImportSettings.NONE.normalize(List.of(123.675), List.of())).getMessage());
    }

    private static void assertTold(String message, Path file, ImportSettings settings) {
        assertEquals(file + ": " + message,
                assertThrows(InvalidFileException.class, () -> OnnxImport.read(file, settings)).getMessage());
    }
}
