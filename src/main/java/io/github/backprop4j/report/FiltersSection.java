package io.github.backprop4j.report;

import io.github.backprop4j.network.Network;
import io.github.backprop4j.network.Parameter;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The filters of the first layer that has some, as small images.
 *
 * @param parameter what they are in the network
 * @param weights (F, C, KH, KW)
 */
record FiltersSection(Parameter parameter, INDArray weights) implements Section {

    /** The most filters that are drawn. */
    private static final int MOST = 256;

    /** The most pixels of all that are drawn, as they are a part of the page. */
    private static final int MOST_PIXELS = 1 << 16;

    /** The largest kernel that is drawn, in pixels a side. */
    private static final int LARGEST_KERNEL = 64;

    private static final int COLOURS = 3;
    private static final int SHEET_SIDE = 640;
    private static final int OPAQUE = 0xFF << 24;

    /** Returns the filters of a network; empty if it has none that can be drawn. */
    static Optional<FiltersSection> of(Network network) {
        return network.architecture().parameters().stream()
                .filter(each -> each.shape().length == 4
                        && each.shape()[2] <= LARGEST_KERNEL && each.shape()[3] <= LARGEST_KERNEL)
                .findFirst().map(each -> new FiltersSection(each, network.parameters().get(each.name())));
    }

    @Override
    public String heading() {
        return "Filters of the first layer";
    }

    @Override
    public void write(Html page) {
        long[] shape = weights.shape();
        String filters = Figures.count(shape[0], "filter", "filters") + " of " + shape[1] + "×" + shape[2] + "×" + shape[3]
                + " weights (channels, height, width)";
        page.element("p", "The array " + parameter.name() + ": " + filters + (isWhitening()
                ? ", which whiten the patches of the training images and are not learned. " : ", which are learned. ")
                + (shape[1] == COLOURS ? "Channels are red, green and blue" : "The mean of the channels")
                + "; middle grey is 0, and "
                + (isWhitening() ? "each filter has a scale of its own." : "all have one scale.")
                + (shape[0] > shown() ? " The first " + shown() + " are shown." : ""), "class", "note");
        page.open("div", "class", "pixels");
        sheet().write(page, filters + " of " + parameter.name());
        page.closeLine();
    }

    private int shown() {
        return (int) Math.min(weights.size(0), Math.min(MOST, MOST_PIXELS / (weights.size(2) * weights.size(3))));
    }

    private boolean isWhitening() {
        return parameter.kind() == Parameter.Kind.FIXED;
    }

    /** With a transparent gap of a pixel between filters. */
    private Thumbnail sheet() {
        INDArray drawn = weights.size(1) == COLOURS ? weights : weights.mean(true, 1);
        double[] values = drawn.dup('c').data().asDouble();
        int channels = (int) drawn.size(1);
        int rows = (int) drawn.size(2);
        int columns = (int) drawn.size(3);
        int filters = shown();
        int numbers = values.length / (int) drawn.size(0);
        double[] largest = scales(values, filters, numbers);
        int perRow = Math.min(filters, Math.max(8, (int) Math.ceil(Math.sqrt(2.0 * filters))));
        BufferedImage sheet = new BufferedImage(perRow * (columns + 1) - 1,
                ((filters - 1) / perRow + 1) * (rows + 1) - 1, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < filters * rows * columns; i++) {
            int filter = i / (rows * columns);
            int pixel = i % (rows * columns);
            int rgb = OPAQUE;
            for (int colour = 0; colour < COLOURS; colour++) {
                int plane = filter * channels + Math.min(colour, channels - 1);
                rgb |= level(values[plane * rows * columns + pixel], largest[filter]) << Byte.SIZE * (2 - colour);
            }
            sheet.setRGB(filter % perRow * (columns + 1) + pixel % columns,
                    filter / perRow * (rows + 1) + pixel / columns, rgb);
        }
        return Thumbnail.of(sheet, SHEET_SIDE);
    }

    /** Returns the magnitude that is black or white in each filter that is drawn. */
    private double[] scales(double[] values, int filters, int numbers) {
        double[] largest = new double[filters];
        if (isWhitening()) {
            Arrays.setAll(largest, filter -> largest(values, filter * numbers, (filter + 1) * numbers));
        } else {
            Arrays.fill(largest, largest(values, 0, values.length));
        }
        return largest;
    }

    private static double largest(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).map(Math::abs).max().orElse(0);
    }

    private static int level(double value, double largest) {
        return largest == 0 ? 128 : (int) Math.round(127.5 + 127.5 * value / largest);
    }
}
