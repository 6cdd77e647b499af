package io.github.backprop4j.data;

import java.util.Arrays;

/**
 * An image that is being changed, in its place within an array.
 *
 * @param pixels 0–255, plane after plane, row by row
 * @param at index of the image's first pixel
 */
record Picture(float[] pixels, int at, int channels, int height, int width) {

    private static final float WHITE = 255;

    /** What stands where an image is moved away from: the place within 0 to size - 1 that is looked up, or -1 for black. */
    enum Border {
        /** The pixels of the border, repeated. */
        REPEATED {
            @Override
            int place(int from, int size) {
                return Math.max(0, Math.min(size - 1, from));
            }
        },
        /** The image, reflected at its border without repeating the border: -1 is 1, and -2 is 2. */
        REFLECTED {
            @Override
            int place(int from, int size) {
                return from < 0 ? -from : from < size ? from : 2 * (size - 1) - from;
            }
        },
        /** Black, which is 0. */
        BLACK {
            @Override
            int place(int from, int size) {
                return from >= 0 && from < size ? from : -1;
            }
        };

        abstract int place(int from, int size);

        /**
         * Returns the place from which each place of a moved side is taken.
         *
         * @param offset by which the side is moved, towards its end if positive; {@link #REFLECTED} goes as far as size - 1
         *     either way
         * @param size pixels of the side
         */
        int[] moved(int offset, int size) {
            int[] places = new int[size];
            for (int i = 0; i < size; i++) {
                places[i] = place(i - offset, size);
            }
            return places;
        }
    }

    /** Returns the number of pixels of a plane. */
    int planeSize() {
        return height * width;
    }

    /** Returns a copy of the image's pixels. */
    float[] copy() {
        return Arrays.copyOfRange(pixels, at, at + channels * planeSize());
    }

    /**
     * Takes each pixel from another place.
     *
     * @param rows the row to take each row from, -1 for black
     * @param columns the column to take each column from, -1 for black
     */
    void take(int[] rows, int[] columns) {
        take(rows, columns, copy(), 0);
    }

    /**
     * Takes each pixel from a place of another image of the same size.
     *
     * @param rows the row to take each row from, -1 for black
     * @param columns the column to take each column from, -1 for black
     * @param source another array than that of this image
     * @param first index in source of the other image's first pixel
     */
    void take(int[] rows, int[] columns, float[] source, int first) {
        int target = at;
        for (int plane = first; plane < first + channels * planeSize(); plane += planeSize()) {
            for (int row : rows) {
                int from = plane + row * width;
                for (int column : columns) {
                    pixels[target++] = row < 0 || column < 0 ? 0 : source[from + column];
                }
            }
        }
    }

    /** Returns the columns for an image that is mirrored, left to right, behind all else. */
    static int[] mirrored(int[] columns) {
        int[] mirrored = new int[columns.length];
        for (int i = 0; i < columns.length; i++) {
            mirrored[i] = columns[columns.length - 1 - i];
        }
        return mirrored;
    }

    /**
     * Turns the image about its centre and enlarges it from there. Values between pixels are interpolated linearly, and
     * the gaps are filled by repeating the pixels of the border.
     *
     * @param degrees clockwise
     * @param factor above 1 enlarges, below 1 makes smaller; above 0
     */
    void turn(double degrees, double factor) {
        float[] source = copy();
        double cos = StrictMath.cos(Math.toRadians(degrees)) / factor;
        double sin = StrictMath.sin(Math.toRadians(degrees)) / factor;
        double middleX = (width - 1) / 2.0;
        double middleY = (height - 1) / 2.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sourceX = within(middleX + (x - middleX) * cos + (y - middleY) * sin, width);
                double sourceY = within(middleY - (x - middleX) * sin + (y - middleY) * cos, height);
                interpolate(source, sourceX, sourceY, at + y * width + x);
            }
        }
    }

    private static double within(double place, int size) {
        return Math.max(0, Math.min(size - 1, place));
    }

    private void interpolate(float[] source, double x, double y, int target) {
        int left = (int) x;
        int top = (int) y;
        int right = left + 1 < width ? 1 : 0;
        int below = top + 1 < height ? width : 0;
        float toRight = (float) (x - left);
        float down = (float) (y - top);
        int from = top * width + left;
        for (int plane = 0; plane < source.length; plane += planeSize()) {
            int corner = plane + from;
            float upper = source[corner] + toRight * (source[corner + right] - source[corner]);
            int lowerCorner = corner + below;
            float lower = source[lowerCorner] + toRight * (source[lowerCorner + right] - source[lowerCorner]);
            pixels[target + plane] = upper + down * (lower - upper);
        }
    }

    /** Multiplies all values, {@code v · factor}, cut off at 255. */
    void brighten(float factor) {
        for (int i = at; i < at + channels * planeSize(); i++) {
            pixels[i] = cut(pixels[i] * factor);
        }
    }

    /** Moves all values from the mean grey m of the image, {@code m + factor · (v - m)}, cut off at 0 and 255. */
    void contrast(float factor) {
        double sum = 0;
        for (int i = 0; i < planeSize(); i++) {
            sum += grey(i);
        }
        float mean = (float) (sum / planeSize());
        for (int i = at; i < at + channels * planeSize(); i++) {
            pixels[i] = cut(mean + factor * (pixels[i] - mean));
        }
    }

    /** Moves the values of each pixel from its grey g, {@code g + factor · (v - g)}, cut off at 0 and 255. */
    void saturate(float factor) {
        for (int i = 0; i < planeSize(); i++) {
            float grey = grey(i);
            for (int plane = 0; plane < channels; plane++) {
                int value = at + plane * planeSize() + i;
                pixels[value] = cut(grey + factor * (pixels[value] - grey));
            }
        }
    }

    /** Returns 0.299 red + 0.587 green + 0.114 blue if there are three planes, else the mean of all. */
    private float grey(int pixel) {
        int first = at + pixel;
        if (channels == 3) {
            return 0.299f * pixels[first] + 0.587f * pixels[first + planeSize()] + 0.114f * pixels[first + 2 * planeSize()];
        }
        float sum = 0;
        for (int plane = 0; plane < channels; plane++) {
            sum += pixels[first + plane * planeSize()];
        }
        return sum / channels;
    }

    private static float cut(float value) {
        return Math.max(0, Math.min(WHITE, value));
    }

    /** Fills a rectangle of all planes. */
    void fill(int top, int left, int rows, int columns, float value) {
        for (int plane = 0; plane < channels; plane++) {
            for (int y = top; y < top + rows; y++) {
                int from = at + plane * planeSize() + y * width + left;
                Arrays.fill(pixels, from, from + columns, value);
            }
        }
    }
}
