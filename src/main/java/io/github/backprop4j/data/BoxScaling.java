package io.github.backprop4j.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Scales a decoded image by the mean of boxes. */
final class BoxScaling {

    private static final int COLOURS = 3;

    private BoxScaling() {}

    /** Computes the pixels that {@link ImageFile#read} returns. */
    static byte[] scale(BufferedImage image, int channels, int height, int width) {
        Rows rows = new Rows(image);
        byte[] pixels = new byte[channels * height * width];
        double[] row = new double[COLOURS * image.getWidth()];
        double[] sums = new double[COLOURS * width];
        for (int y = 0; y < height; y++) {
            int top = begin(y, height, image.getHeight());
            int bottom = end(y, height, image.getHeight());
            Arrays.fill(sums, 0);
            for (int sourceY = top; sourceY < bottom; sourceY++) {
                rows.read(sourceY, row);
                for (int x = 0; x < width; x++) {
                    int right = end(x, width, image.getWidth());
                    for (int sourceX = begin(x, width, image.getWidth()); sourceX < right; sourceX++) {
                        for (int c = 0; c < COLOURS; c++) {
                            sums[COLOURS * x + c] += row[COLOURS * sourceX + c];
                        }
                    }
                }
            }
            for (int x = 0; x < width; x++) {
                int box = (bottom - top) * (end(x, width, image.getWidth()) - begin(x, width, image.getWidth()));
                double red = sums[COLOURS * x] / box;
                double green = sums[COLOURS * x + 1] / box;
                double blue = sums[COLOURS * x + 2] / box;
                int at = y * width + x;
                if (channels == 1) {
                    pixels[at] = toByte(0.299 * red + 0.587 * green + 0.114 * blue);
                } else {
                    pixels[at] = toByte(red);
                    pixels[at + height * width] = toByte(green);
                    pixels[at + 2 * height * width] = toByte(blue);
                }
            }
        }
        return pixels;
    }

    private static byte toByte(double value) {
        return (byte) Math.round(value);
    }

    /**
     * Computes where the box of a pixel begins along a side that count boxes share; where the side has fewer pixels than
     * boxes, the nearest pixel.
     */
    private static int begin(int pixel, int count, int side) {
        return (int) (side < count ? (2L * pixel + 1) * side / (2L * count) : (long) pixel * side / count);
    }

    private static int end(int pixel, int count, int side) {
        return side < count ? begin(pixel, count, side) + 1 : begin(pixel + 1, count, side);
    }

    /**
     * Reads rows as red, green and blue from 0 to 255, over white. Grey samples are taken as they are:
     * {@link BufferedImage#getRGB} would take them for linear light and brighten them.
     */
    private static final class Rows {

        private final Raster raster;
        private final ColorModel colours;
        private final int bands;
        /** The band of red, green and blue, which is the same for grey. */
        private final int[] colourBands;
        /** The largest sample of each band. */
        private final int[] largest;
        private final int[] samples;

        Rows(BufferedImage image) {
            raster = image.getRaster();
            colours = image.getColorModel();
            bands = raster.getNumBands();
            colourBands = colours.getNumColorComponents() == 1 ? new int[COLOURS] : new int[] {0, 1, 2};
            largest = IntStream.range(0, bands).map(band -> (1 << colours.getComponentSize(band)) - 1).toArray();
            samples = new int[bands * image.getWidth()];
        }

        void read(int y, double[] row) {
            raster.getPixels(0, y, raster.getWidth(), 1, samples);
            if (colours instanceof IndexColorModel palette) {
                readIndexed(palette, row);
            } else if (colours.hasAlpha()) {
                readTransparent(row);
            } else {
                readOpaque(row);
            }
        }

        private void readIndexed(IndexColorModel palette, double[] row) {
            for (int x = 0; x < raster.getWidth(); x++) {
                int index = samples[x];
                put(row, x, palette.getRed(index), palette.getGreen(index), palette.getBlue(index),
                        palette.getAlpha(index) / 255.0);
            }
        }

        private void readTransparent(double[] row) {
            for (int x = 0; x < raster.getWidth(); x++) {
                double opacity = sample(x, bands - 1) / 255;
                double share = colours.isAlphaPremultiplied() && opacity > 0 ? 1 / opacity : 1;
                put(row, x, share * sample(x, colourBands[0]), share * sample(x, colourBands[1]),
                        share * sample(x, colourBands[2]), opacity);
            }
        }

        private void readOpaque(double[] row) {
            for (int c = 0; c < COLOURS; c++) {
                for (int x = 0; x < raster.getWidth(); x++) {
                    row[COLOURS * x + c] = sample(x, colourBands[c]);
                }
            }
        }

        private double sample(int x, int band) {
            return samples[bands * x + band] * 255.0 / largest[band];
        }

        private static void put(double[] row, int x, double red, double green, double blue, double opacity) {
            double white = 255 * (1 - opacity);
            row[COLOURS * x] = white + opacity * red;
            row[COLOURS * x + 1] = white + opacity * green;
            row[COLOURS * x + 2] = white + opacity * blue;
        }
    }
}
