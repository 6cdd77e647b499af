package io.github.backprop4j.report;

import java.awt.image.BufferedImage;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images or filters side by side, enlarged pixel by pixel, without any text: a machine needs no fonts for it. */
final class ImageSheet {

    /** Pixels to which small images are enlarged, about. */
    private static final int TILE = 64;
    private static final int MAX_WIDTH = 1200;
    private static final int GAP = 2;
    private static final int WHITE = 0xffffff;

    private final BufferedImage sheet;

    /**
     * Draws as many images as fit into 1200 by 1200 pixels, the first of them at least. Three channels are red, green and
     * blue; of any other number the mean is drawn in gray.
     *
     * @param images (N, C, H, W), N at least 1
     * @param black numbers up to this one are black
     * @param white numbers from this one on are white, or in colour a channel's full strength
     */
    ImageSheet(INDArray images, double black, double white) {
        int height = Math.toIntExact(images.size(2));
        int width = Math.toIntExact(images.size(3));
        int zoom = Math.max(1, TILE / Math.max(height, width));
        int count = (int) Math.min(images.size(0), Integer.MAX_VALUE);
        int columns = Math.max(1, Math.min((int) Math.ceil(Math.sqrt(count)), MAX_WIDTH / (width * zoom + GAP)));
        int rows = Math.max(1, Math.min((count + columns - 1) / columns, MAX_WIDTH / (height * zoom + GAP)));
        sheet = new BufferedImage(columns * (width * zoom + GAP) - GAP, rows * (height * zoom + GAP) - GAP,
                BufferedImage.TYPE_INT_RGB);
        INDArray drawn = images.size(1) == 3 ? images : images.mean(true, 1);
        for (int i = 0; i < sheet.getWidth() * sheet.getHeight(); i++) {
            sheet.setRGB(i % sheet.getWidth(), i / sheet.getWidth(), WHITE);
        }
        for (int i = 0; i < Math.min(count, rows * columns); i++) {
            draw(colors(drawn.slice(i), black, white), width, zoom,
                    i % columns * (width * zoom + GAP), i / columns * (height * zoom + GAP));
        }
    }

    /**
     * Returns the colours of an image, row by row.
     *
     * @param image (3 or 1, H, W)
     */
    private static int[] colors(INDArray image, double black, double white) {
        double[] numbers = image.dup('c').data().asDouble();
        int[] colors = new int[(int) (image.size(1) * image.size(2))];
        for (int i = 0; i < colors.length; i++) {
            for (int channel = 0; channel < 3; channel++) {
                double number = numbers[(channel * colors.length + i) % numbers.length];
                long level = Math.round(255 * (number - black) / (white - black));
                colors[i] = colors[i] << 8 | (int) Math.max(0, Math.min(255, level));
            }
        }
        return colors;
    }

    /** Sets pixels alone: graphics would ask for a screen where DISPLAY names one. */
    private void draw(int[] colors, int width, int zoom, int left, int top) {
        for (int y = 0; y < colors.length / width * zoom; y++) {
            for (int x = 0; x < width * zoom; x++) {
                sheet.setRGB(left + x, top + y, colors[y / zoom * width + x / zoom]);
            }
        }
    }

    int width() {
        return sheet.getWidth();
    }

    int height() {
        return sheet.getHeight();
    }

    byte[] png() {
        return Png.bytes(sheet);
    }
}
