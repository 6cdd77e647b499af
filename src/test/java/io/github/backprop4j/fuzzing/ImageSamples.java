package io.github.backprop4j.fuzzing;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Small valid images; the same each time. */
final class ImageSamples {

    private ImageSamples() {}

    static List<byte[]> all(Path scratch) throws IOException {
        List<byte[]> images = new ArrayList<>();
        for (List<byte[]> some : List.of(png(), jpeg(), gif(), bmp(), webP())) {
            images.addAll(some);
        }
        return images;
    }

    static List<byte[]> png() throws IOException {
        IndexColorModel palette = new IndexColorModel(4, 3, new byte[] {0, 99, -1}, new byte[] {5, -1, 77},
                new byte[] {1, 2, 3}, 1);
        return List.of(encode(image(BufferedImage.TYPE_INT_RGB), "png", false),
                encode(image(BufferedImage.TYPE_INT_ARGB), "png", true),
                encode(image(BufferedImage.TYPE_USHORT_GRAY), "png", false),
                encode(new BufferedImage(20, 9, BufferedImage.TYPE_BYTE_BINARY, palette), "png", true));
    }

    /** Baseline, progressive, grey, and with EXIF. */
    static List<byte[]> jpeg() throws IOException {
        byte[] baseline = encode(image(BufferedImage.TYPE_INT_RGB), "jpeg", false);
        byte[] exif = ByteBuffer.allocate(36).putShort((short) 0xffe1).putShort((short) 34)
                .put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 1)
                .putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) 6).array();
        byte[] photo = ByteBuffer.allocate(baseline.length + exif.length).put(baseline, 0, 2).put(exif)
                .put(baseline, 2, baseline.length - 2).array();
        return List.of(baseline, encode(image(BufferedImage.TYPE_INT_RGB), "jpeg", true),
                encode(image(BufferedImage.TYPE_BYTE_GRAY), "jpeg", false), photo);
    }

    static List<byte[]> gif() throws IOException {
        return List.of(encode(image(BufferedImage.TYPE_BYTE_INDEXED), "gif", false));
    }

    static List<byte[]> bmp() throws IOException {
        return List.of(encode(image(BufferedImage.TYPE_INT_RGB), "bmp", false),
                encode(image(BufferedImage.TYPE_BYTE_INDEXED), "bmp", false));
    }

    static List<byte[]> webP() throws IOException {
        List<byte[]> images = new ArrayList<>();
        for (String name : List.of("lossy", "lossless")) {
            try (InputStream in = ImageSamples.class.getResourceAsStream("/images/" + name + ".webp")) {
                images.add(in.readAllBytes());
            }
        }
        return images;
    }

    /** Files of a directory, in the form of {@link Wrapping#FOLDER}. */
    static List<byte[]> folders(Path scratch) throws IOException {
        Map<String, byte[]> split = new LinkedHashMap<>();
        for (String name : List.of("a/1.png", "a/2.png", "a/3.png", "b/1.PNG", "b/2.jpg", "b/.hidden")) {
            split.put(name, new byte[0]);
        }
        return List.of(Wrapping.join(split), withFirst(jpeg().get(0)), withFirst(new byte[0]));
    }

    /** Returns a directory with that image as train/cat/1.png, and whole ones in all other places. */
    static byte[] withFirst(byte[] image) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : List.of("train/cat/2.jpg", "train/dog/1.png", "test/cat/1.png", "test/dog/1.png")) {
            files.put(name, new byte[0]);
        }
        files.put("train/cat/1.png", image);
        return Wrapping.join(files);
    }

    /** A PNG of 3×2. */
    static byte[] tiny() throws IOException {
        return encode(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", false);
    }

    private static BufferedImage image(int type) {
        BufferedImage image = new BufferedImage(40, 33, type);
        Random random = new Random(5);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt() & 0x0f0f0f0f | (6 * x << 16) | 7 * y << 8 | 0x80000000);
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, String format, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), format).next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        if (parameters.canWriteProgressive()) {
            parameters.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
