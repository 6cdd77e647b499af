package io.github.backprop4j.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Plots the filters of a first convolution as small images, enlarged pixel by pixel and set in a grid. */
public final class FilterPlot {

    private static final int GRID_WIDTH = 1200;
    private static final int MIN_TILE = 40;
    private static final int MAX_TILE = 200;
    private static final Color TILE_FRAME = new Color(0x999999);

    private FilterPlot() {}

    /**
     * Draws each filter with its index, counted from 0, below it.
     *
     * <p>Three channels are drawn as red, green and blue. With any other number of channels their mean is drawn in gray.
     * All filters share one scale, symmetric around 0: middle gray is 0, white (in colour, a channel's full strength) is
     * the largest absolute value drawn, and black is its negative.
     *
     * @param png replaced if it exists
     * @param weights the filters, (F, C, KH, KW), all finite
     * @throws IllegalArgumentException if the weights have another shape or are not finite, or the plot would have more
     *     than 100 megapixels, as with many thousands of filters
     * @throws IOException if the file cannot be written, or this machine has no fonts
     */
    public static void write(Path png, INDArray weights) throws IOException {
        if (weights.rank() != 4 || weights.isEmpty()) {
            throw new IllegalArgumentException("filter plot: weights " + Arrays.toString(weights.shape())
                    + ", expected (F, C, KH, KW), each at least 1");
        }
        Drawing drawing = new Drawing(weights);
        if (!Double.isFinite(drawing.largest)) {
            throw new IllegalArgumentException("filter plot: weights hold NaN or infinity, expected finite numbers");
        }
        Canvas.write(png, drawing::draw);
    }

    /** One plot: what it shows and how large. */
    private static final class Drawing {

        private final int filters;
        private final int kernelHeight;
        private final int kernelWidth;
        /** The numbers drawn, (F, 3 or 1, KH, KW). */
        private final double[] values;
        private final double largest;
        private final String title;

        Drawing(INDArray weights) {
            filters = Math.toIntExact(weights.size(0));
            kernelHeight = Math.toIntExact(weights.size(2));
            kernelWidth = Math.toIntExact(weights.size(3));
            INDArray drawn = weights.size(1) == 3 ? weights : weights.mean(true, 1);
            values = drawn.dup('c').data().asDouble();
            largest = Arrays.stream(values).map(Math::abs).max().getAsDouble();
            title = String.format(Locale.ROOT, "%d %s of %d×%d×%d weights", filters,
                    filters == 1 ? "filter" : "filters", weights.size(1), kernelHeight, kernelWidth);
        }

        Canvas draw() {
            int columns = columns();
            int rows = (filters + columns - 1) / columns;
            int tile = Math.min(MAX_TILE, Math.max(MIN_TILE, GRID_WIDTH / columns));
            int zoom = Math.max(1, tile / Math.max(kernelHeight, kernelWidth));
            Font font = Canvas.font(22);
            Font indexFont = Canvas.font(Math.min(22, Math.max(14, tile / 6)));
            int stepX = Math.max(kernelWidth * zoom + indexFont.getSize(), 3 * indexFont.getSize());
            int stepY = kernelHeight * zoom + 2 * indexFont.getSize();

            String end = String.format(Locale.ROOT, "%.3g", largest);
            List<String> labels = List.of("-" + end, "0", end);
            int margin = 2 * font.getSize();
            int contentWidth = columns * stepX + margin + Canvas.colorBarWidth(font, labels);
            int width = Math.max(Canvas.MIN_WIDTH, contentWidth + 2 * margin);
            int barHeight = Math.max(200, rows * stepY - 2 * indexFont.getSize());
            Canvas canvas = new Canvas(width, 2 * margin + Math.max(barHeight, rows * stepY));

            int left = (width - contentWidth) / 2;
            int top = 3 * margin / 2;
            canvas.text(title, font, left + columns * stepX / 2.0, margin / 1.5, 0.5, Canvas.INK);
            for (int filter = 0; filter < filters; filter++) {
                int x = left + filter % columns * stepX;
                int y = top + filter / columns * stepY;
                drawFilter(canvas, filter, x, y, zoom);
                canvas.text(Integer.toString(filter), indexFont, x + kernelWidth * zoom / 2.0,
                        y + kernelHeight * zoom + 0.9 * indexFont.getSize(), 0.5, Canvas.INK);
            }
            canvas.colorBar(left + columns * stepX + margin, top, barHeight, font,
                    height -> gray((2 * height - 1) * largest), labels, "weight");
            return canvas;
        }

        /**
         * Returns the number of columns: the smallest that leaves no gap in the last row, between as many columns as
         * rows and four times as many; if there is none, as many as rows.
         */
        private int columns() {
            int square = (int) Math.ceil(Math.sqrt(filters));
            return IntStream.rangeClosed(square, 2 * square).filter(columns -> filters % columns == 0).findFirst()
                    .orElse(square);
        }

        private void drawFilter(Canvas canvas, int filter, int left, int top, int zoom) {
            int area = kernelHeight * kernelWidth;
            int channels = values.length / filters / area;
            for (int i = 0; i < area; i++) {
                int at = filter * channels * area + i;
                Color color = channels == 1 ? gray(values[at])
                        : new Color(level(values[at]), level(values[at + area]), level(values[at + 2 * area]));
                canvas.fill(left + i % kernelWidth * zoom, top + i / kernelWidth * zoom, zoom, zoom, color);
            }
            canvas.frame(left, top, kernelWidth * zoom, kernelHeight * zoom, TILE_FRAME);
        }

        private Color gray(double value) {
            return new Color(level(value), level(value), level(value));
        }

        private int level(double value) {
            return largest == 0 ? 128 : (int) Math.round(127.5 + 127.5 * value / largest);
        }
    }
}
