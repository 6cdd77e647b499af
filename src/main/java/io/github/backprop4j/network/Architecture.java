package io.github.backprop4j.network;

import io.github.backprop4j.files.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a network is made of: the size of its images, its layers, and the classes that it tells apart.
 *
 * @param channels of an image
 * @param height of an image
 * @param width of an image
 * @param layers from the image on; the last is the {@link Output}, alone or in a {@link DropConnect}
 * @param classNames at least 2, all different
 */
public record Architecture(int channels, int height, int width, Chain layers, List<String> classNames) {

    private static final String OUTPUT = Output.TYPE.keyword();

    /** @throws InvalidInputException if a layer cannot take what the one before it gives, or a size or name is wrong */
    public Architecture {
        classNames = List.copyOf(classNames);
        if (channels < 1 || height < 1 || width < 1) {
            throw new InvalidInputException(
                    "architecture: images of " + channels + "x" + height + "x" + width + ", expected sizes above 0");
        }
        if (classNames.size() < 2) {
            throw new InvalidInputException("architecture: " + classNames.size() + " class, expected at least 2");
        }
        requireDistinct(classNames);
        requireOutput(layers, classNames.size());
        try {
            layers.parameters(new long[] {channels, height, width});
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("architecture: " + e.getMessage(), e);
        }
    }

    private static void requireDistinct(List<String> classNames) {
        Set<String> seen = new HashSet<>();
        for (String name : classNames) {
            if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
                throw new InvalidInputException("architecture: a class name is blank or has control characters");
            }
            if (!seen.add(name)) {
                throw new InvalidInputException("architecture: the class " + name + " is there twice");
            }
        }
    }

    private static void requireOutput(Chain layers, int classes) {
        List<String> names = layers.names();
        if (names.indexOf(OUTPUT) != names.size() - 1 || names.isEmpty()) {
            throw new InvalidInputException(
                    "architecture: layers " + names + ", expected one " + OUTPUT + ", and that the last of them");
        }
        long[] out = layers.behind(names.size() - 1).outputShape(new long[] {classes});
        if (out[0] != classes) {
            throw new InvalidInputException(
                    "architecture: " + out[0] + " outputs for " + classes + " classes, expected one for each");
        }
    }

    /**
     * Reads the text form: layers separated by commas, each as the {@link LayerRegistry} has it, like {@code
     * conv:10:5,relu,pool:2,residual(conv:10:3,relu),dense:100}. The output layer is added unless the text ends with it; an
     * empty text is a linear classifier.
     *
     * @throws InvalidInputException if the text is no such list or the layers do not fit
     */
    public static Architecture parse(String text, int channels, int height, int width, List<String> classNames) {
        return new Architecture(
                channels, height, width, new Chain(LayerParser.parse(text, classNames.size())), classNames);
    }

    /**
     * Returns a text of layers with nothing left out but an output layer as usual: equal layers give equal texts.
     *
     * @throws InvalidInputException if the text is no list of layers
     */
    public static String canonicalText(String text) {
        return text(new Chain(LayerParser.parse(text, 1)));
    }

    /** Returns the text form of the layers, without an output layer as usual. */
    public String text() {
        return text(layers);
    }

    private static String text(Chain layers) {
        String text = layers.text();
        if (text.equals(OUTPUT)) {
            return "";
        }
        String last = "," + OUTPUT;
        return text.endsWith(last) ? text.substring(0, text.length() - last.length()) : text;
    }

    /** Returns the same layers for other classes. */
    Architecture withClasses(List<String> others) {
        return parse(text(), channels, height, width, others);
    }

    /** Returns every array that the network has, in the order of the layers. */
    public List<Parameter> parameters() {
        return layers.parameters(input());
    }

    /** Returns the shape of an image, (C, H, W). */
    long[] input() {
        return new long[] {channels, height, width};
    }

    /** Starts an architecture for images of that size. */
    public static Builder builder(int channels, int height, int width) {
        return new Builder(channels, height, width);
    }

    /** Puts an architecture together, layer after layer. */
    public static final class Builder {

        private final int channels;
        private final int height;
        private final int width;
        private final List<Layer> layers = new ArrayList<>();

        private Builder(int channels, int height, int width) {
            this.channels = channels;
            this.height = height;
            this.width = width;
        }

        /** Adds any layers. */
        public Builder add(Layer... more) {
            layers.addAll(Arrays.asList(more));
            return this;
        }

        /** Adds a convolution of stride 1 that, with an odd kernel, keeps height and width. */
        public Builder conv(int filters, int kernelSize) {
            return add(new ConvLayer(filters, kernelSize));
        }

        /** Adds max pooling by windows of size×size, side by side. */
        public Builder maxPool(int size) {
            return add(new MaxPoolLayer(size));
        }

        /** Adds average pooling by windows of size×size, side by side. */
        public Builder averagePool(int size) {
            return add(new AveragePoolLayer(size));
        }

        /** Adds a fully connected layer with so many outputs. */
        public Builder dense(int outputs) {
            return add(new DenseLayer(outputs));
        }

        /** Adds {@code max(x, 0)}. */
        public Builder relu() {
            return add(new ReluLayer());
        }

        /** Adds dropout of activations with that probability, at least 0 and below 1. */
        public Builder dropout(double rate) {
            return add(new DropoutLayer(rate));
        }

        /** Adds batch normalization of each channel or feature. */
        public Builder batchNorm() {
            return add(new BatchNormLayer());
        }

        /** Adds a residual block around layers, with its input as shortcut. */
        public Builder residual(Layer... body) {
            return add(new Residual(body));
        }

        /** Ends with an output for each of these classes. */
        public Architecture classes(List<String> classNames) {
            List<Layer> all = new ArrayList<>(layers);
            if (all.isEmpty() || !all.get(all.size() - 1).kind().equals(OUTPUT)) {
                all.add(new Output(classNames.size(), true));
            }
            return new Architecture(channels, height, width, new Chain(all), classNames);
        }

        /** Ends with so many outputs, for classes named 0, 1, 2 … */
        public Architecture classes(int count) {
            return classes(IntStream.range(0, count).mapToObj(Integer::toString).toList());
        }
    }
}
