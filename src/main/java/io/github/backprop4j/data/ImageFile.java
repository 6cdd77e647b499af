package io.github.backprop4j.data;

import io.github.backprop4j.files.InvalidFileException;
import io.github.backprop4j.files.InvalidInputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads PNG, JPEG, GIF, BMP and WebP files into images of a given size. */
public final class ImageFile {

    /** The most pixels that a file may have. */
    public static final long MAX_PIXELS = 100_000_000;

    /** The most pixels that a WebP file may have, which is decoded as a whole. */
    public static final long MAX_WEBP_PIXELS = 25_000_000;

    /** The formats by name, as errors list them. */
    static final String FORMAT_NAMES = "PNG, JPEG, GIF, BMP or WebP";

    /** How names of such files end. */
    static final List<String> SUFFIXES = List.of(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp");

    /** Of a file with more pixels, a grid of about this many is decoded. */
    private static final long MAX_DECODED = 4_000_000;

    private static final String JPEG = "jpeg";
    private static final String WEBP = "webp";
    private static final List<String> FORMATS = List.of("png", JPEG, "gif", "bmp", WEBP);
    private static final List<Integer> COLOUR_COMPONENTS = List.of(1, 3);

    /** How errors name an image that is in no file. */
    private static final Path IN_MEMORY = Path.of("image");

    /** An image that was read, and the size that it had in its file. */
    record Scaled(byte[] pixels, ImageSize original) {}

    private ImageFile() {}

    /**
     * Reads an image in a given size. The largest centred part of the file's image that has the wanted proportions is
     * scaled to that size: each pixel becomes the mean of the box of the file's pixels that it covers, or the nearest one
     * where the file has fewer. Transparent pixels are laid over white. A JPEG photo is seen upright, as its EXIF tells, and
     * of an animation the first image counts.
     *
     * @param file PNG, JPEG, GIF, BMP or WebP
     * @param channels 3 for red, green and blue, or 1 for grey: {@code 0.299·red + 0.587·green + 0.114·blue}
     * @param height in pixels, at least 1
     * @param width in pixels, at least 1
     * @return {@code channels · height · width} pixels, plane after plane, row by row, 0–255 as unsigned bytes
     * @throws InvalidInputException if channels are not 1 or 3, or a side is below 1
     * @throws InvalidFileException if the file is missing, is of none of these formats, is damaged, has colours
     *     other than grey and RGB, has more than {@link #MAX_PIXELS} or {@link #MAX_WEBP_PIXELS} pixels, or is a JPEG of
     *     more than 500 scans, of several with more than 300 million pixels in all of them (where a row counts as 256 at
     *     least), or with more than 208 MiB of coefficients
     * @throws IOException if it cannot be read
     */
    public static byte[] read(Path file, int channels, int height, int width) throws IOException {
        requireSize(channels, height, width);
        return read(file, channels, new ImageSize(height, width), Fit.CROP).pixels;
    }

    /**
     * Reads an image as {@link #read(Path, int, int, int)} does, but for what is done with one of other proportions.
     *
     * @param reading with a size
     * @throws IOException as {@link #read(Path, int, int, int)}
     */
    public static byte[] read(Path file, ImageReading reading) throws IOException {
        return read(file, reading.channels(), reading.size(), reading.fit()).pixels;
    }

    /**
     * Reads an image from a stream that holds what a file would; see {@link #read(Path, ImageReading)}.
     *
     * @param file is left open
     * @param reading with a size
     * @throws InvalidInputException if the stream holds no image that could be read from a file
     * @throws IOException if it cannot be read
     */
    public static byte[] read(InputStream file, ImageReading reading) throws IOException {
        try (ImageInputStream in = new MemoryCacheImageInputStream(file)) {
            return decode(IN_MEMORY, in, true, scaling(reading.channels(), reading.size(), reading.fit())).pixels;
        } catch (InvalidFileException e) {
            throw new InvalidInputException(e.getMessage(), e);
        }
    }

    /**
     * Scales an image in memory; see {@link #read(Path, ImageReading)}.
     *
     * @param reading with a size
     * @throws InvalidInputException if it has colours other than grey and RGB
     */
    public static byte[] scale(BufferedImage image, ImageReading reading) {
        int colours = image.getColorModel().getNumColorComponents();
        if (!COLOUR_COMPONENTS.contains(colours)) {
            throw new InvalidInputException("image: has " + colours + " colours, expected grey or RGB; convert it");
        }
        ImageSize size = reading.size();
        Rectangle part = part(new ImageSize(image.getHeight(), image.getWidth()), size, reading.fit());
        return BoxScaling.scale(image.getSubimage(part.x, part.y, part.width, part.height), reading.channels(),
                size.height(), size.width());
    }

    static Scaled read(Path file, int channels, ImageSize size, Fit fit) throws IOException {
        return decode(file, true, scaling(channels, size, fit));
    }

    private static Rectangle part(ImageSize original, ImageSize size, Fit fit) {
        return fit == Fit.CROP ? centredPart(original, size.height(), size.width())
                : new Rectangle(original.width(), original.height());
    }

    private static Decoding<Scaled> scaling(int channels, ImageSize size, Fit fit) {
        return (reader, orientation) -> {
            ImageSize stored = new ImageSize(reader.getHeight(0), reader.getWidth(0));
            int height = orientation.apply(size).height();
            int width = orientation.apply(size).width();
            Rectangle part = part(stored, orientation.apply(size), fit);
            ImageReadParam grid = reader.getDefaultReadParam();
            grid.setSourceRegion(part);
            int step = step(part, height, width);
            grid.setSourceSubsampling(step, step, 0, 0);
            byte[] pixels = BoxScaling.scale(reader.read(0, grid), channels, height, width);
            return new Scaled(orientation.upright(pixels, channels, size), orientation.apply(stored));
        };
    }

    /** @throws InvalidInputException if channels are not 1 or 3, or a side is below 1 */
    static void requireSize(int channels, int height, int width) {
        if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
            throw new InvalidInputException("image size: " + channels + "x" + height + "x" + width
                    + ", expected 1 or 3 channels and sides of at least 1");
        }
    }

    /** Reads the size of the image in a file from the file's header, upright. */
    static ImageSize size(Path file) throws IOException {
        return decode(file, false, (reader, orientation) ->
                orientation.apply(new ImageSize(reader.getHeight(0), reader.getWidth(0))));
    }

    private interface Decoding<T> {
        T from(ImageReader reader, Orientation orientation) throws IOException;
    }

    /** @param wholly the image, not only what lies before it */
    private static <T> T decode(Path file, boolean wholly, Decoding<T> decoding) throws IOException {
        requireReadable(file);
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            return decode(file, in, wholly, decoding);
        }
    }

    private static <T> T decode(Path file, ImageInputStream in, boolean wholly, Decoding<T> decoding)
            throws IOException {
        ImageReader reader = reader(file, in);
        try {
            Orientation orientation = hasFormat(reader, JPEG) ? Orientation.of(in) : Orientation.TOP_LEFT;
            if (wholly && hasFormat(reader, JPEG)) {
                in.seek(0);
                JpegScans.of(in).requireBounded(file);
            }
            in.seek(0);
            reader.setInput(hasFormat(reader, WEBP) ? new EndedStream(in) : in, true, true);
            return decode(file, reader, orientation, decoding);
        } finally {
            reader.dispose();
        }
    }

    private static <T> T decode(Path file, ImageReader reader, Orientation orientation, Decoding<T> decoding)
            throws IOException {
        long most = hasFormat(reader, WEBP) ? MAX_WEBP_PIXELS : MAX_PIXELS;
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning.contains("remature end")) {
                // the decoder would go on, through all pixels that a header of a few bytes claims
                throw new IllegalStateException("it ends too early");
            }
        });
        long pixels;
        T result;
        boolean supported;
        try {
            pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            supported = isGreyOrRgb(reader.getImageTypes(0));
            result = pixels <= most && supported ? decoding.from(reader, orientation) : null;
        } catch (IOException | RuntimeException e) {
            // on damaged files the decoders fail with whatever their code runs into
            throw new InvalidFileException(file, "is damaged (" + e + ")", e);
        }
        if (pixels > most) {
            throw new InvalidFileException(file, "has " + pixels + " pixels, expected at most " + most);
        }
        if (!supported) {
            throw new InvalidFileException(file, "has colours that are not supported, expected grey or RGB; convert it");
        }
        return result;
    }

    /** Tells whether the decoder offers grey or RGB first; for CMYK, older JDKs offer no type at all. */
    private static boolean isGreyOrRgb(Iterator<ImageTypeSpecifier> types) {
        return types.hasNext() && COLOUR_COMPONENTS.contains(types.next().getColorModel().getNumColorComponents());
    }

    private static void requireReadable(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidFileException(file, Files.exists(file) ? "is no file" : "no such file");
        }
        if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString());
        }
    }

    private static ImageReader reader(Path file, ImageInputStream in) throws InvalidFileException {
        for (Iterator<ImageReader> readers = ImageIO.getImageReaders(in); readers.hasNext();) {
            ImageReader reader = readers.next();
            if (FORMATS.stream().anyMatch(format -> hasFormat(reader, format))) {
                return reader;
            }
        }
        throw new InvalidFileException(file, "is no image, expected " + FORMAT_NAMES);
    }

    private static boolean hasFormat(ImageReader reader, String format) {
        return List.of(reader.getOriginatingProvider().getFormatNames()).contains(format);
    }

    /** Finds the largest centred part of a file's image that has the proportions of the wanted one. */
    private static Rectangle centredPart(ImageSize file, int height, int width) {
        int partWidth = (int) Math.max(1, Math.min(file.width(), Math.round((double) file.height() * width / height)));
        int partHeight = (int) Math.max(1, Math.min(file.height(), Math.round((double) file.width() * height / width)));
        return new Rectangle((file.width() - partWidth) / 2, (file.height() - partHeight) / 2, partWidth, partHeight);
    }

    /** Chooses the step between decoded pixels, the same both ways; each wanted pixel still gets one of its own. */
    private static int step(Rectangle part, int height, int width) {
        int most = Math.max(1, Math.min(part.width / width, part.height / height));
        double wanted = Math.ceil(Math.sqrt((double) part.width * part.height / MAX_DECODED));
        return (int) Math.max(1, Math.min(most, wanted));
    }
}
