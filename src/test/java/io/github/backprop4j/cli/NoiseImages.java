package io.github.backprop4j.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** A folder of images that is soon written and soon read: noise that is redder in one class and bluer in the other. */
final class NoiseImages {

    private static final int SIDE = 16;

    private NoiseImages() {}

    /** Writes so many PNG files, of 16×16, half of them in each of the folders red and blue; every fifth is for testing. */
    static void write(Path directory, int count) throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            boolean red = i % 2 == 0;
            BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < SIDE * SIDE; p++) {
                int more = 90 + random.nextInt(150);
                int less = 60 + random.nextInt(150);
                image.setRGB(p % SIDE, p / SIDE, red ? more << 16 | less : less << 16 | more);
            }
            Path file = directory.resolve(red ? "red" : "blue").resolve(i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
    }
}
