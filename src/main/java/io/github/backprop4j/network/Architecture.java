package io.github.backprop4j.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a network is made of: the size of its images, its layers, and the classes it tells apart.
 *
 * <p>The last layer, fully connected with an output for each class and softmax behind it, is implied and called
 * {@code output}. The others are called by what they are and a number: {@code conv1}, {@code conv2}, {@code dense1}.
 *
 * @param channels of an image
 * @param height of an image
 * @param width of an image
 * @param layers from the image on, without the output layer
 * @param outputDropConnect probability with which training leaves out a weight of the output layer, in [0, 1)
 * @param classNames at least 2, all different
 */
public record Architecture(
        int channels, int height, int width, List<Layer> layers, double outputDropConnect, List<String> classNames) {

    private static final long MAX_NUMBERS = Integer.MAX_VALUE;

    /** A layer in its place: what it is called, what comes in, what goes out. */
    record Placed(String name, Layer layer, long[] input, long[] output) {

        /** With their full names, like {@code conv1.weights}. */
        List<Parameter> parameters() {
            return layer.parameters(input).stream().map(own -> own.named(name + "." + own.name())).toList();
        }
    }

    /** @throws IllegalArgumentException if a layer cannot take what the one before it gives, or a size or name is wrong */
    public Architecture {
        layers = List.copyOf(layers);
        classNames = List.copyOf(classNames);
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "architecture: images of " + channels + "x" + height + "x" + width + ", expected sizes above 0");
        }
        if (classNames.size() < 2) {
            throw new IllegalArgumentException("architecture: " + classNames.size() + " class, expected at least 2");
        }
        requireDistinct(classNames);
        place(channels, height, width, layers, output(outputDropConnect, classNames));
    }

    private static void requireDistinct(List<String> classNames) {
        Set<String> seen = new HashSet<>();
        for (String name : classNames) {
            if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("architecture: a class name is blank or has control characters");
            }
            if (!seen.add(name)) {
                throw new IllegalArgumentException("architecture: the class " + name + " is there twice");
            }
        }
    }

    /**
     * Reads the text form: layers separated by commas, each a name and its numbers separated by colons.
     *
     * <p>{@code conv:FILTERS:KERNEL[:STRIDE[:PADDING]]} with stride 1 and padding (KERNEL-1)/2 unless given,
     * {@code pool:SIZE[:STRIDE]} (the largest) and {@code avgpool:SIZE[:STRIDE]} with stride SIZE, {@code dense:OUTPUTS},
     * {@code relu}, {@code leakyrelu[:SLOPE]} with slope 0.01, {@code dropout:RATE}, {@code dropconnect:RATE} (of the
     * weights of the next dense layer, or of the output layer), {@code batchnorm}. An empty text is a linear classifier.
     *
     * @throws IllegalArgumentException if the text is no such list or the layers do not fit
     */
    public static Architecture parse(String text, int channels, int height, int width, List<String> classNames) {
        LayerText.Layers read = LayerText.parse(text);
        return new Architecture(channels, height, width, read.layers(), read.outputDropConnect(), classNames);
    }

    /** Whether two texts name the same layers, with numbers left out in one and written in the other. */
    public static boolean sameLayers(String text, String other) {
        return LayerText.parse(text).equals(LayerText.parse(other));
    }

    /** The text form of the layers. */
    public String text() {
        return LayerText.format(layers, outputDropConnect);
    }

    /** Starts an architecture for images of that size. */
    public static Builder builder(int channels, int height, int width) {
        return new Builder(channels, height, width);
    }

    /** All layers, the output layer last. */
    List<Placed> placed() {
        return place(channels, height, width, layers, output(outputDropConnect, classNames));
    }

    /** Every array that the network has, in the order of the layers. */
    public List<Parameter> parameters() {
        return placed().stream().flatMap(layer -> layer.parameters().stream()).toList();
    }

    private static Layer output(double dropConnect, List<String> classNames) {
        return new Layer.Dense(classNames.size(), dropConnect);
    }

    private static List<Placed> place(int channels, int height, int width, List<Layer> layers, Layer output) {
        List<Placed> placed = new ArrayList<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        long[] shape = {channels, height, width};
        String from = "the image";
        for (int i = 0; i <= layers.size(); i++) {
            boolean last = i == layers.size();
            Layer layer = last ? output : layers.get(i);
            String kind = LayerText.kind(layer);
            String name = last ? "output" : kind + counts.merge(kind, 1, Integer::sum);
            Placed next;
            try {
                next = new Placed(name, layer, shape, layer.outputShape(shape));
                requireSize(next);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IllegalArgumentException("architecture: layer " + (i + 1) + ", " + layer + ", cannot take "
                        + shape(shape) + " from " + from + ": " + e.getMessage(), e);
            }
            placed.add(next);
            shape = next.output;
            from = name;
        }
        return placed;
    }

    private static void requireSize(Placed layer) {
        long largest = Stream.concat(Stream.of(new Parameter("output", Parameter.Kind.OFFSET, layer.output)),
                layer.parameters().stream()).mapToLong(Parameter::length).max().orElseThrow();
        if (largest > MAX_NUMBERS) {
            throw new IllegalArgumentException(largest + " numbers, expected at most " + MAX_NUMBERS + " in one array");
        }
    }

    private static String shape(long[] shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    /** Puts an architecture together, layer after layer. */
    public static final class Builder {

        private final int channels;
        private final int height;
        private final int width;
        private final List<Layer> layers = new ArrayList<>();
        private double outputDropConnect;

        private Builder(int channels, int height, int width) {
            this.channels = channels;
            this.height = height;
            this.width = width;
        }

        /** Adds any layer. */
        public Builder add(Layer layer) {
            layers.add(layer);
            return this;
        }

        /** Adds a convolution of stride 1 that, with an odd kernel, keeps height and width. */
        public Builder conv(int filters, int kernelSize) {
            return add(new Layer.Conv(filters, kernelSize));
        }

        /** Adds max pooling by windows of size×size, side by side. */
        public Builder maxPool(int size) {
            return add(new Layer.MaxPool(size));
        }

        /** Adds average pooling by windows of size×size, side by side. */
        public Builder averagePool(int size) {
            return add(new Layer.AveragePool(size));
        }

        /** Adds a fully connected layer with so many outputs. */
        public Builder dense(int outputs) {
            return add(new Layer.Dense(outputs));
        }

        /** Adds {@code max(x, 0)}. */
        public Builder relu() {
            return add(new Layer.Rectifier());
        }

        /** Adds {@code x} where it is positive, else {@code slope·x}; slope in [0, 1). */
        public Builder leakyRelu(double slope) {
            return add(new Layer.LeakyRectifier(slope));
        }

        /** Adds dropout of activations with that probability, in [0, 1). */
        public Builder dropout(double rate) {
            return add(new Layer.Dropout(rate));
        }

        /** Adds batch normalization, of each channel or feature. */
        public Builder batchNorm() {
            return add(new Layer.BatchNorm());
        }

        /** Sets the probability with which training leaves out a weight of the output layer. */
        public Builder outputDropConnect(double rate) {
            outputDropConnect = rate;
            return this;
        }

        /** Ends with an output for each of these classes. */
        public Architecture classes(List<String> classNames) {
            return new Architecture(channels, height, width, layers, outputDropConnect, classNames);
        }

        /** Ends with so many outputs, for classes named 0, 1, 2 … */
        public Architecture classes(int count) {
            return classes(IntStream.range(0, count).mapToObj(Integer::toString).toList());
        }
    }
}
