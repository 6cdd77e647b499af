package io.github.backprop4j;

import io.github.backprop4j.data.Images;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** An image of a data set as a host has it: in memory, or in the bytes of a file. */
public record DatasetImage(Images images, int index) {

    /** Returns it in colour. */
    public BufferedImage inMemory() {
        int area = images.height() * images.width();
        BufferedImage image = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < area; i++) {
            int rgb = 0;
            for (int channel = 0; channel < 3; channel++) {
                rgb = rgb << 8 | Byte.toUnsignedInt(images.pixels()[(index * 3 + channel) * area + i]);
            }
            image.setRGB(i % images.width(), i / images.width(), rgb);
        }
        return image;
    }

    /** Returns a PNG of it. */
    public byte[] png() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(inMemory(), "png", png);
        return png.toByteArray();
    }
}
