package io.github.backprop4j.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "dropconnect:0.5,dense:7,dense:8 | dropconnect:0.5,dense:7,dense:8"})
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
    @CsvSource(delimiter = '|', value = {
        "conv:10:5,pool:3 | architecture: layer 2, pool:3:3, cannot take (10, 32, 32) from conv1: max pooling: windows of 3"
                + " with stride 3 and padding 0 do not tile a side of 32: 2 pixels are left over; change the stride or the"
                + " padding",
        "dense:5,conv:1:1 | architecture: layer 2, conv:1:1:1:0, cannot take (5) from dense1: expected images (C, H, W);"
                + " put it before the first dense layer",
        "conv:10:40:1:0 | architecture: layer 1, conv:10:40:1:0, cannot take (3, 32, 32) from the image: convolution: a"
                + " window of 40 is larger than a side of 32 padded by 0; use a smaller window or more padding",
        "dense:2000000000 | architecture: layer 1, dense:2000000000, cannot take (3, 32, 32) from the image: "
                + "6144000000000 numbers, expected at most 2147483647 in one array",
        "konv:10:5 | layers: 'konv:10:5': unknown layer; there are conv, pool, avgpool, dense, relu, leakyrelu, dropout,"
                + " dropconnect, batchnorm",
        "conv:10 | layers: 'conv:10': 1 numbers, expected 2 to 4",
        "relu:1 | layers: 'relu:1': 1 numbers, expected 0",
        "conv:ten:5 | layers: 'conv:ten:5': 'ten' is no whole number",
        "dropout:much | layers: 'dropout:much': 'much' is no number",
        "dropout:1 | layers: 'dropout:1': rate 1.0 is out of range",
        "dropconnect:-1 | layers: 'dropconnect:-1': rate -1.0 is out of range",
        "dropconnect:0.5,relu | layers: 'relu': stands behind dropconnect, expected a dense layer there, or the end",
        "conv:0:3 | layers: 'conv:0:3': filters 0 is out of range",
        "relu,, | layers: '': unknown layer; there are conv, pool, avgpool, dense, relu, leakyrelu, dropout, dropconnect,"
                + " batchnorm"})
    void saysWhatDoesNotFit(String text, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
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
    void refusesMoreLayersThanANetworkHas() {
        assertEquals("layers: 10001 of them, expected at most 10000", assertThrows(IllegalArgumentException.class,
                () -> Architecture.parse("relu,".repeat(10_000) + "relu", 3, 8, 8, List.of("a", "b"))).getMessage());
    }
}
