package io.github.backprop4j.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.files.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ArchitectureTextTest {

    private static final List<String> TEN = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    @Test
    void builderAndTextSayTheSame() {
        Architecture built = Architecture.builder(3, 32, 32)
                .conv(10, 5).batchNorm().relu().maxPool(2)
                .add(new ConvLayer(20, 2, 2, 0, true)).add(new LeakyReluLayer(0.2)).averagePool(2)
                .dropout(0.25).add(new DropConnect(0.5, new DenseLayer(50))).relu().add(new DropConnect(0.125, new Output(10, true))).classes(10);
        String text = "conv:10:5,batchnorm,relu,pool:2, conv:20:2:2:0,leakyrelu:0.2,avgpool:2,dropout:0.25,"
                + "dropconnect:0.5,dense:50,relu,dropconnect:0.125";
        assertEquals(built, Architecture.parse(text, 3, 32, 32, TEN));
        assertEquals(built, Architecture.parse(built.text(), 3, 32, 32, TEN));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "conv:10:5 | conv:10:5:1:2",
        "conv:10:4:2 | conv:10:4:2:1",
        "pool:2 | pool:2:2",
        "avgpool:4:2,relu | avgpool:4:2,relu",
        "leakyrelu | leakyrelu:0.01",
        "CONV:10:5,Relu,DropConnect:0.5 | conv:10:5:1:2,relu,dropconnect:0.5",
        "'' | ''",
        "dropconnect:0.5 | dropconnect:0.5",
        "dropconnect:0.5,dense:7,dense:8 | dropconnect:0.5,dense:7,dense:8",
        "conv:8:3:2 | conv:8:3:2:1",
        "conv:8:3:NoBias,gelu | conv:8:3:1:1:nobias,gelu",
        "dense:5:nobias,batchnorm:noscale | dense:5:nobias,batchnorm:noscale",
        "globalavgpool,output | globalavgpool",
        "whiten:2,gelu,globalmaxpool | whiten:2,gelu,globalmaxpool",
        "conv:8:3:Dirac | conv:8:3:1:1:dirac",
        "conv:8:3:2:0:dirac:nobias | conv:8:3:2:0:dirac:nobias",
        "batchnorm:1e-5 | batchnorm",
        "batchnorm:1e-12:noscale | batchnorm:1.0E-12:noscale",
        "batchnorm:0.5 | batchnorm:0.5",
        "scale:1e-3,scale:-2,scale:0.1111111111111111 | scale:0.001,scale:-2.0,scale:0.1111111111111111",
        "output:nobias | output:nobias",
        "chain() | chain()",
        "dropconnect:0.5,output:nobias | dropconnect:0.5,output:nobias",
        "chain(relu,chain(conv:3:1)),dropconnect:0.1,conv:2:1 | chain(relu,chain(conv:3:1:1:0)),dropconnect:0.1,conv:2:1:1:0"})
    void textIsReadAndWritten(String text, String written) {
        Architecture architecture = Architecture.parse(text, 3, 32, 32, TEN);
        assertEquals(written, architecture.text());
        assertEquals(architecture, Architecture.parse(written, 3, 32, 32, TEN));
    }

    @Test
    void namesAndShapesFollowTheLayers() {
        Architecture notebook = Architecture.parse(
                "conv:10:5,relu,pool:2,conv:20:5,batchnorm,relu,pool:2,dense:100,relu,dropout:0.25", 3, 32, 32, TEN);
        assertEquals("conv1.weights [10, 3, 5, 5]; conv1.bias [10]; conv2.weights [20, 10, 5, 5]; conv2.bias [20];"
                + " batchnorm1.scale [20]; batchnorm1.shift [20]; batchnorm1.mean [20]; batchnorm1.variance [20];"
                + " dense1.weights [1280, 100]; dense1.bias [100]; output.weights [100, 10]; output.bias [10]",
                notebook.parameters().stream()
                        .map(parameter -> parameter.name() + " " + Arrays.toString(parameter.shape()))
                        .collect(Collectors.joining("; ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {
        "conv:10:5,pool:33 # architecture: layer 2, pool:33:33, cannot take (10, 32, 32) from conv1: max pooling: a window of"
                + " 33 is larger than a side of 32 padded by 0; use a smaller window or more padding",
        "dense:5,conv:1:1 # architecture: layer 2, conv:1:1:1:0, cannot take (5) from dense1: expected images (C, H, W);"
                + " put it before the first dense layer",
        "conv:1:1:20000:10000 # architecture: layer 1, conv:1:1:20000:10000, cannot take (3, 32, 32) from the input: padded,"
                + " an image would have 1203843072 numbers, expected at most 67108864; use less padding",
        "conv:10:40:1:0 # architecture: layer 1, conv:10:40:1:0, cannot take (3, 32, 32) from the input: convolution: a"
                + " window of 40 is larger than a side of 32 padded by 0; use a smaller window or more padding",
        "dense:2000000000 # architecture: layer 1, dense:2000000000, cannot take (3, 32, 32) from the input: "
                + "6144000000000 numbers, expected at most 2147483647 in one array",
        "residual(conv:4:3),relu # architecture: layer 1, residual(conv:4:3:1:1), cannot take (3, 32, 32) from the input:"
                + " its body ends in (4, 32, 32) but its shortcut in (3, 32, 32), expected the same; change the layers of"
                + " one of them",
        "relu,residual(dense:9,conv:1:1|dense:2) # architecture: layer 2, residual(dense:9,conv:1:1:1:0|dense:2), cannot"
                + " take (3, 32, 32) from relu1: layer 2, conv:1:1:1:0, cannot take (9) from dense1: expected images"
                + " (C, H, W); put it before the first dense layer",
        "konv:10:5 # layers: 'konv:10:5': unknown layer; there are KEYWORDS; did you mean conv?",
        "residual(relu,lstm:3) # layers: 'lstm:3': unknown layer; there are KEYWORDS",
        "conv:10 # layers: 'conv:10': has no KERNEL, expected conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias]",
        "relu:1 # layers: 'relu:1': '1' is too much, expected relu",
        "relu(relu) # layers: 'relu(relu)': parentheses are too much, expected relu",
        "residual # layers: 'residual': 0 lists of layers in parentheses, expected residual(LAYERS[|LAYERS])",
        "relu() # layers: 'relu()': parentheses are too much, expected relu",
        "residual() # layers: 'residual()': has a body without layers, expected at least one",
        "chain(relu)chain(relu) # layers: 'chain(relu)chain(relu)': goes on behind its parentheses, expected a comma there",
        "conv:1:2000000000:1:1000000000 # architecture: layer 1, conv:1:2000000000:1:1000000000, cannot take (3, 32, 32) from"
                + " the input: padded, an image would have 12000000384000004000 numbers, expected at most 67108864; use less"
                + " padding",
        "conv:2000000000:3:1:5,conv:2000000000:2000000000:1:0 # architecture: layer 1, conv:2000000000:3:1:5, cannot take"
                + " (3, 32, 32) from the input: 3200000000000 numbers, expected at most 2147483647 in one array",
        "residual(relu|relu|relu) # layers: 'residual(relu|relu|relu)': 3 lists of layers in parentheses, expected"
                + " residual(LAYERS[|LAYERS])",
        "residual(relu # layers: 'residual(relu': its parentheses do not pair",
        "relu),relu # layers: 'relu),relu': its parentheses do not pair",
        "residual(relu)relu # layers: 'residual(relu)relu': goes on behind its parentheses, expected a comma there",
        "residual(relu,output) # layers: 'output': stands inside of another layer, expected it last of all",
        "residual(dropconnect:0.5) # layers: 'dropconnect:0.5': stands last, expected a layer behind it",
        "output,relu # architecture: layers [output, relu1, output], expected one output, and that the last of them",
        "conv:ten:5 # layers: 'conv:ten:5': 'ten' is no whole number, expected"
                + " conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias]",
        "dropout:much # layers: 'dropout:much': 'much' is no number, expected dropout:RATE",
        "dropout:1 # layers: 'dropout:1': rate: 1.0, expected at least 0 and below 1",
        "dropconnect:-1 # layers: 'dropconnect:-1': rate: -1.0, expected at least 0 and below 1",
        "dropconnect:0.5,relu # architecture: layer 1, dropconnect:0.5,relu, cannot take (3, 32, 32) from the input: relu"
                + " has no weights to leave out; put dropconnect before a layer that has",
        "conv:0:3 # layers: 'conv:0:3': filters: 0, expected at least 1",
        "conv:3:3:0 # layers: 'conv:3:3:0': stride: 0, expected at least 1",
        "conv:3:2:dirac # layers: 'conv:3:2:dirac': dirac: a kernel of 2 has no centre, expected an odd one; change it or"
                + " drop dirac",
        "conv:3:3:nobias:dirac # layers: 'conv:3:3:nobias:dirac': 'dirac' is too much, expected"
                + " conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias]",
        "whiten # layers: 'whiten': has no KERNEL, expected whiten:KERNEL",
        "whiten:0 # layers: 'whiten:0': kernel: 0, expected at least 1",
        "whiten:33 # architecture: layer 1, whiten:33, cannot take (3, 32, 32) from the input: a kernel of 33 is larger than"
                + " the images; use a smaller one",
        "dropconnect:0.5,whiten:2 # architecture: layer 1, dropconnect:0.5,whiten:2, cannot take (3, 32, 32) from the input:"
                + " whiten:2 has no weights to leave out; put dropconnect before a layer that has",
        "scale # layers: 'scale': has no FACTOR, expected scale:FACTOR",
        "scale:0 # layers: 'scale:0': factor: 0.0, expected a finite number other than 0 in float32",
        "scale:NaN # layers: 'scale:NaN': factor: NaN, expected a finite number other than 0 in float32",
        "scale:1e-50 # layers: 'scale:1e-50': factor: 1.0E-50, expected a finite number other than 0 in float32",
        "batchnorm:0 # layers: 'batchnorm:0': epsilon: 0.0, expected above 0, also in float32, and below 1",
        "batchnorm:1e-50 # layers: 'batchnorm:1e-50': epsilon: 1.0E-50, expected above 0, also in float32, and below 1",
        "batchnorm:1 # layers: 'batchnorm:1': epsilon: 1.0, expected above 0, also in float32, and below 1",
        "batchnorm:noscale:0.1 # layers: 'batchnorm:noscale:0.1': '0.1' is too much, expected batchnorm[:EPSILON][:noscale]",
        "globalmaxpool:2 # layers: 'globalmaxpool:2': '2' is too much, expected globalmaxpool",
        "relu,, # layers: '': no layer stands here; is there a comma too many?"})
    void saysWhatDoesNotFit(String text, String message) {
        String keywords = LayerRegistry.types().stream().map(LayerType::keyword).collect(Collectors.joining(", "));
        assertEquals(message.replace("KEYWORDS", keywords), assertThrows(InvalidInputException.class,
                () -> Architecture.parse(text, 3, 32, 32, TEN)).getMessage());
    }

    @Test
    void refusesNoImagesAndOneClass() {
        assertEquals("architecture: images of 3x0x32, expected sizes above 0", assertThrows(
                IllegalArgumentException.class, () -> Architecture.parse("", 3, 0, 32, TEN)).getMessage());
        assertEquals("architecture: 1 class, expected at least 2", assertThrows(IllegalArgumentException.class,
                () -> Architecture.parse("", 3, 32, 32, List.of("all"))).getMessage());
    }

    @Test
    void aResidualBlockIsReadAndWritten() {
        String text = "residual(conv:16:3,batchnorm,relu,residual(conv:16:1)|conv:16:1:1:0),relu";
        Architecture architecture = Architecture.parse(text, 3, 32, 32, TEN);
        assertEquals("residual(conv:16:3:1:1,batchnorm,relu,residual(conv:16:1:1:0)|conv:16:1:1:0),relu",
                architecture.text());
        assertEquals(architecture, Architecture.parse(architecture.text().toUpperCase(), 3, 32, 32, TEN));
        assertEquals(architecture, Architecture.builder(3, 32, 32)
                .add(new Residual(new Chain(new ConvLayer(16, 3), new BatchNormLayer(), new ReluLayer(),
                        new Residual(new ConvLayer(16, 1))), new Chain(new ConvLayer(16, 1))))
                .relu().classes(10));
        assertEquals(List.of("residual1.conv1.weights", "residual1.conv1.bias", "residual1.batchnorm1.scale",
                "residual1.batchnorm1.shift", "residual1.batchnorm1.mean", "residual1.batchnorm1.variance",
                "residual1.residual1.conv1.weights", "residual1.residual1.conv1.bias",
                "residual1.shortcut.conv1.weights", "residual1.shortcut.conv1.bias", "output.weights", "output.bias"),
                architecture.parameters().stream().map(Parameter::name).toList());
    }

    /** Each level is looked at once for each question, so that deep texts of hostile files are soon refused or read. */
    @Test
    void nestsEightLevelsDeepAndNoDeeper() {
        String deepest = "residual(".repeat(8) + "relu" + ")".repeat(8);
        assertEquals(deepest, Architecture.parse(deepest, 3, 32, 32, TEN).text());
        String deeper = "residual(" + deepest + ")";
        String message = assertThrows(InvalidInputException.class,
                () -> Architecture.parse(deeper, 3, 32, 32, TEN)).getMessage();
        assertTrue(message.endsWith("': nests more than 8 levels deep"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {"batchnorm # 1", "dense:5,batchnorm # 2", "residual(dense:7|dense:7,batchnorm) # 2",
        "globalavgpool,batchnorm # 2", "conv:4:32:1:0,batchnorm,dense:3 # 2", "'' # 1"})
    void knowsHowManyExamplesItLearnsFrom(String text, int least) {
        assertEquals(least, Architecture.parse(text, 3, 32, 32, TEN).layers().leastExamples(new long[] {3, 32, 32}));
    }

    @Test
    void refusesMoreLayersThanANetworkHas() {
        assertEquals("layers: 10001 of them, expected at most 10000", assertThrows(IllegalArgumentException.class,
                () -> Architecture.parse("relu,".repeat(10_000) + "relu", 3, 8, 8, List.of("a", "b"))).getMessage());
    }

    @Test
    void dropConnectsInARowAreLevelsToo() {
        String message = assertThrows(InvalidInputException.class, () -> Architecture.parse(
                "dropconnect:0.5,".repeat(9_000) + "output", 3, 8, 8, TEN)).getMessage();
        assertEquals("layers: 'dropconnect:0.5': nests more than 8 levels deep", message);
    }

    /** Counts how often an architecture asks it. */
    private record Counted(AtomicInteger asked) implements Layer {
        @Override
        public String kind() {
            return "counted";
        }

        @Override
        public long[] outputShape(long[] input) {
            asked.incrementAndGet();
            return input;
        }

        @Override
        public Forward forward(INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void saysThatMoreThanALongCountsIsTooMuch() {
        assertEquals("architecture: layer 1, dense:5, cannot take (3, 2000000000, 2000000000) from the input:"
                + " (3, 2000000000, 2000000000) are too many numbers for one array", assertThrows(InvalidInputException.class,
                        () -> Architecture.parse("dense:5", 3, 2_000_000_000, 2_000_000_000, TEN)).getMessage());
    }

    /** Work that grew with each level would let a small hostile file keep its reader busy. */
    @Test
    void aDeepNestIsLittleWork() {
        AtomicInteger asked = new AtomicInteger();
        Layer layer = new Chain(new ConvLayer(3, 3), new Counted(asked));
        for (int i = 0; i < 8; i++) {
            layer = new DropConnect(0.5, new Residual(layer));
        }
        Architecture.builder(3, 8, 8).add(layer).classes(2).layers().leastExamples(new long[] {3, 8, 8});
        assertTrue(asked.get() < 200, asked + " questions for one layer");
    }
}
