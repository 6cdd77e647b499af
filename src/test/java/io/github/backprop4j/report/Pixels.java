package io.github.backprop4j.report;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import javax.imageio.ImageIO;

/** What the tests look at in an image. */
final class Pixels {

    private Pixels() {}

    static BufferedImage read(Path png) throws IOException {
        return ImageIO.read(png.toFile());
    }

    static int at(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    /** The smallest rectangle that holds all pixels of such colours; empty if there are none. */
    static Rectangle bounds(BufferedImage image, IntPredicate colour) {
        Rectangle bounds = new Rectangle(0, 0, -1, -1);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if (colour.test(at(image, x, y))) {
                    bounds.add(new Rectangle(x, y, 1, 1));
                }
            }
        }
        return bounds;
    }

    static int count(BufferedImage image, IntPredicate colour) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += colour.test(at(image, x, y)) ? 1 : 0;
            }
        }
        return count;
    }
}
