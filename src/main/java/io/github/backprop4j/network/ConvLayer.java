package io.github.backprop4j.network;

import io.github.backprop4j.files.Ranges;
import io.github.backprop4j.layers.Convolution;
import io.github.backprop4j.layers.FloorWindows;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link Convolution} with square filters: {@code conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias]}. Windows
 * that do not tile the padded image leave its last rows and columns out ({@link FloorWindows}).
 *
 * @param filters at least 1
 * @param kernelSize pixels on each side of a filter, at least 1
 * @param stride pixels from one window to the next, at least 1; 1 unless given
 * @param padding zero pixels around the image, at least 0; {@code (kernelSize - 1) / 2} unless given, which with stride 1
 *     and an odd kernel keeps height and width
 * @param dirac whether the first filters begin as the identity ({@link Parameter.Start#DIRAC}), for which the kernel must be
 *     odd; otherwise all begin as normal numbers
 * @param bias whether a bias is learned for each filter
 */
public record ConvLayer(int filters, int kernelSize, int stride, int padding, boolean dirac, boolean bias) implements Layer {

    /** Far more than images have; a file could ask for much memory in a few words. */
    private static final long MAX_PADDED = 1 << 26;

    static final LayerType TYPE = new LayerType(
            "conv", "conv:FILTERS:KERNEL[:STRIDE[:PADDING]][:dirac][:nobias]", ConvLayer::read);

    /** A convolution with stride 1, the padding that goes with it, and a bias. */
    public ConvLayer(int filters, int kernelSize) {
        this(filters, kernelSize, 1, (kernelSize - 1) / 2, true);
    }

    /** A convolution that begins with normal numbers. */
    public ConvLayer(int filters, int kernelSize, int stride, int padding, boolean bias) {
        this(filters, kernelSize, stride, padding, false, bias);
    }

    /** @throws IllegalArgumentException if a setting is out of range */
    public ConvLayer {
        Ranges.requireAtLeast(1, "filters", filters);
        Ranges.requireAtLeast(1, "kernel", kernelSize);
        Ranges.requireAtLeast(1, "stride", stride);
        Ranges.requireAtLeast(0, "padding", padding);
        if (dirac && kernelSize % 2 == 0) {
            throw new IllegalArgumentException(
                    "dirac: a kernel of " + kernelSize + " has no centre, expected an odd one; change it or drop dirac");
        }
    }

    private static ConvLayer read(LayerArguments arguments) {
        int filters = arguments.whole("FILTERS");
        int kernelSize = arguments.whole("KERNEL");
        int stride = arguments.whole("STRIDE", 1);
        int padding = arguments.whole("PADDING", (kernelSize - 1) / 2);
        boolean dirac = arguments.flag("dirac");
        return new ConvLayer(filters, kernelSize, stride, padding, dirac, !arguments.flag("nobias"));
    }

    private FloorWindows windows() {
        return new FloorWindows(kernelSize, stride, padding);
    }

    @Override
    public long[] outputShape(long[] input) {
        Shapes.requireImages(input);
        FloorWindows windows = windows();
        double padded = input[0] * (input[1] + 2.0 * padding) * (input[2] + 2.0 * padding);
        if (padded > MAX_PADDED) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "padded, an image would have %.0f numbers, expected"
                    + " at most %d; use less padding", padded, MAX_PADDED));
        }
        return new long[] {filters,
            Convolution.outputSize(windows.covered(input[1]), kernelSize, stride, padding),
            Convolution.outputSize(windows.covered(input[2]), kernelSize, stride, padding)};
    }

    @Override
    public List<Parameter> parameters(long[] input) {
        long fanIn = input[0] * kernelSize * kernelSize;
        long[] shape = {filters, input[0], kernelSize, kernelSize};
        Parameter weights =
                dirac ? Parameter.diracFilters("weights", fanIn, shape) : Parameter.weights("weights", fanIn, shape);
        return bias ? List.of(weights, Parameter.offset("bias", filters)) : List.of(weights);
    }

    @Override
    public Forward forward(
            INDArray x, NamedArrays parameters, Functions functions, RandomGenerator random) {
        INDArray zeros = bias ? null : Nd4j.zeros(x.dataType(), filters);
        return Forward.of(functions.convolution(
                x, parameters.get("weights"), bias ? parameters.get("bias") : zeros, stride, padding), zeros);
    }

    @Override
    public String toString() {
        return TYPE.keyword() + ":" + filters + ":" + kernelSize + ":" + stride + ":" + padding + (dirac ? ":dirac" : "")
                + (bias ? "" : ":nobias");
    }
}
