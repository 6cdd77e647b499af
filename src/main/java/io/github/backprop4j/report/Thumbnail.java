package io.github.backprop4j.report;

import io.github.backprop4j.data.Images;
import java.awt.image.BufferedImage;
import java.util.Base64;

/**
 * A small image within a page, as a PNG in a {@code data:} URI.
 *
 * @param uri with all of the image
 * @param width on the page, a multiple of the image's own
 * @param height on the page
 */
record Thumbnail(String uri, int width, int height) {

    /** The largest side on a page; of larger images, boxes of pixels are averaged. */
    static final int SIDE = 96;

    private static final int COLOURS = 3;

    /** Returns an image of a data set. */
    static Thumbnail of(Images images, int index) {
        float[] pixels = new float[images.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Byte.toUnsignedInt(images.pixels()[index * images.size() + i]);
        }
        return of(pixels, 0, images.channels(), images.height(), images.width());
    }

    /**
     * Returns an image in colour if it has three channels, else the mean of its channels in grey.
     *
     * @param pixels 0–255, plane after plane, row by row
     * @param at index of the first
     */
    static Thumbnail of(float[] pixels, int at, int channels, int height, int width) {
        int box = (Math.max(height, width) - 1) / SIDE + 1;
        BufferedImage image = new BufferedImage(
                (width - 1) / box + 1, (height - 1) / box + 1, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = 0;
                for (int colour = 0; colour < COLOURS; colour++) {
                    int first = channels == COLOURS ? colour : 0;
                    int last = channels == COLOURS ? colour : channels - 1;
                    double sum = 0;
                    int count = 0;
                    for (int plane = first; plane <= last; plane++) {
                        for (int row = y * box; row < Math.min(height, (y + 1) * box); row++) {
                            for (int column = x * box; column < Math.min(width, (x + 1) * box); column++) {
                                sum += pixels[at + (plane * height + row) * width + column];
                                count++;
                            }
                        }
                    }
                    rgb = rgb << Byte.SIZE | (int) Math.max(0, Math.min(255, Math.round(sum / count)));
                }
                image.setRGB(x, y, rgb);
            }
        }
        return of(image, SIDE);
    }

    /** Returns an image that is shown as many times larger as its width, or a side, allows. */
    static Thumbnail of(BufferedImage image, int side) {
        int zoom = Math.max(1, side / Math.max(image.getWidth(), image.getHeight()));
        return new Thumbnail("data:image/png;base64," + Base64.getEncoder().encodeToString(Png.bytes(image)),
                zoom * image.getWidth(), zoom * image.getHeight());
    }

    /** @param alt what there is to see, for those who do not */
    void write(Html page, String alt) {
        page.open("img", "src", uri, "width", width, "height", height, "alt", alt);
    }
}
