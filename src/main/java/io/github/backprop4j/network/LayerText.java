package io.github.backprop4j.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text form of layers, {@code conv:10:5,relu,pool:2,dense:100,relu,dropout:0.25}; read in upper case too. */
final class LayerText {

    private static final String DROP_CONNECT = "dropconnect";

    /** More than any network has, and few enough that a hostile file is soon refused. */
    private static final int MAX_LAYERS = 10_000;

    /** What a text says. */
    record Layers(List<Layer> layers, double outputDropConnect) {}

    private LayerText() {}

    static Layers parse(String text) {
        List<Layer> layers = new ArrayList<>();
        double dropConnect = 0;
        String[] items = text.isBlank() ? new String[0] : text.split(",", -1);
        if (items.length > MAX_LAYERS) {
            throw new IllegalArgumentException(
                    "layers: " + items.length + " of them, expected at most " + MAX_LAYERS);
        }
        for (String item : items) {
            try {
                Numbers numbers = new Numbers(item.strip());
                if (numbers.name.equals(DROP_CONNECT)) {
                    dropConnect = new Layer.Dropout(numbers.read(1, 1).real(0)).rate();
                } else {
                    Layer layer = layer(numbers, dropConnect);
                    if (dropConnect > 0 && !(layer instanceof Layer.Dense)) {
                        throw new IllegalArgumentException(
                                "stands behind " + DROP_CONNECT + ", expected a dense layer there, or the end");
                    }
                    dropConnect = 0;
                    layers.add(layer);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("layers: '" + item.strip() + "': " + e.getMessage(), e);
            }
        }
        return new Layers(layers, dropConnect);
    }

    static String format(List<Layer> layers, double outputDropConnect) {
        Stream<String> texts = layers.stream().map(Layer::toString);
        return (outputDropConnect > 0 ? Stream.concat(texts, Stream.of(DROP_CONNECT + ":" + outputDropConnect)) : texts)
                .collect(Collectors.joining(","));
    }

    /** What a layer is called without its numbers: the name at the head of its text. */
    static String kind(Layer layer) {
        return layer instanceof Layer.Dense ? "dense" : layer.toString().split(":")[0];
    }

    private static Layer layer(Numbers numbers, double dropConnect) {
        return switch (numbers.name) {
            case "conv" -> {
                numbers.read(2, 4);
                int kernelSize = numbers.whole(1, 0);
                yield new Layer.Conv(numbers.whole(0, 0), kernelSize, numbers.whole(2, 1),
                        numbers.whole(3, (kernelSize - 1) / 2));
            }
            case "pool" -> {
                numbers.read(1, 2);
                yield new Layer.MaxPool(numbers.whole(0, 0), numbers.whole(1, numbers.whole(0, 0)));
            }
            case "avgpool" -> {
                numbers.read(1, 2);
                yield new Layer.AveragePool(numbers.whole(0, 0), numbers.whole(1, numbers.whole(0, 0)));
            }
            case "dense" -> new Layer.Dense(numbers.read(1, 1).whole(0, 0), dropConnect);
            case "relu" -> {
                numbers.read(0, 0);
                yield new Layer.Rectifier();
            }
            case "leakyrelu" -> new Layer.LeakyRectifier(numbers.read(0, 1).real(0.01));
            case "dropout" -> new Layer.Dropout(numbers.read(1, 1).real(0));
            case "batchnorm" -> {
                numbers.read(0, 0);
                yield new Layer.BatchNorm();
            }
            default -> throw new IllegalArgumentException("unknown layer; there are conv, pool, avgpool, dense,"
                    + " relu, leakyrelu, dropout, dropconnect, batchnorm");
        };
    }

    /** A name and the numbers behind it. */
    private static final class Numbers {
        private final String name;
        private final String[] texts;

        Numbers(String item) {
            String[] parts = item.split(":", -1);
            name = parts[0].toLowerCase(Locale.ROOT);
            texts = Arrays.copyOfRange(parts, 1, parts.length);
        }

        Numbers read(int least, int most) {
            if (texts.length < least || texts.length > most) {
                throw new IllegalArgumentException(texts.length + " numbers, expected "
                        + (least == most ? least : least + " to " + most));
            }
            return this;
        }

        int whole(int index, int otherwise) {
            try {
                return index < texts.length ? Integer.parseInt(texts[index]) : otherwise;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + texts[index] + "' is no whole number", e);
            }
        }

        double real(double otherwise) {
            try {
                return texts.length > 0 ? Double.parseDouble(texts[0]) : otherwise;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + texts[0] + "' is no number", e);
            }
        }
    }
}
