package io.github.backprop4j.report;

import io.github.backprop4j.files.AtomicFile;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A plot under way: white at first. Lengths are in pixels; x goes right and y down from the upper left corner. */
final class Canvas {

    /** The colour of text and frames. */
    static final Color INK = new Color(0x222222);

    /** The least width of a plot. */
    static final int MIN_WIDTH = 800;

    private static final int MAX_PIXELS = 100_000_000;

    /** The height of a capital letter as a share of a sans-serif font's size, roughly. */
    private static final double CAPITAL_HEIGHT = 0.72;

    private static final FontRenderContext SMOOTH = new FontRenderContext(null, true, true);

    private final BufferedImage image;
    private final Graphics2D graphics;

    /**
     * Makes a white canvas.
     *
     * @throws IllegalArgumentException if it would have more than 100 megapixels
     */
    Canvas(int width, int height) {
        if ((long) width * height > MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "plot: " + width + "x" + height + " pixels, expected at most " + MAX_PIXELS + " in all");
        }
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        fill(0, 0, width, height, Color.WHITE);
    }

    /**
     * Draws a plot and writes it as a PNG file.
     *
     * @param png replaced if it exists
     * @throws IOException if the file cannot be written, or this machine cannot draw text
     */
    static void write(Path png, Supplier<Canvas> drawing) throws IOException {
        requireFonts(png);
        Canvas canvas = drawing.get();
        canvas.graphics.dispose();
        AtomicFile.write(png, out -> Png.write(canvas.image, out));
    }

    /** Tries to draw text: AWT throws various Errors if there are no fonts, or no screen where DISPLAY names one. */
    private static void requireFonts(Path png) throws IOException {
        try {
            new Canvas(1, 1).text("0", font(1), 0, 0, 0, INK);
        } catch (Error e) {
            throw new IOException(png + ": Java cannot draw text on this machine (" + e.getMessage()
                    + "); install fontconfig and a font, or start java with -Djava.awt.headless=true", e);
        }
    }

    /** Returns the machine's sans-serif font in a size, which is roughly the height of a line. */
    static Font font(double size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) size);
    }

    /** Returns the width of a text. */
    static double width(String text, Font font) {
        return font.getStringBounds(text, SMOOTH).getWidth();
    }

    /** Returns the width of the widest text, or 0 if there is none. */
    static double width(List<String> texts, Font font) {
        return texts.stream().mapToDouble(text -> width(text, font)).max().orElse(0);
    }

    /** Returns the text if it fits into a width, else as many of its first characters as fit together with an ellipsis. */
    static String shorten(String text, Font font, double maxWidth) {
        if (width(text, font) <= maxWidth) {
            return text;
        }
        int length = text.length();
        do {
            length = text.offsetByCodePoints(length, -1);
        } while (length > 0 && width(text.substring(0, length) + "…", font) > maxWidth);
        return text.substring(0, length) + "…";
    }

    /**
     * Returns texts that fit into a width and tell the ones that are long apart: cut at their ends if they are all different
     * then, else with an ellipsis for their middles, else cut behind their numbers, from 1.
     */
    static List<String> shorten(List<String> texts, Font font, double maxWidth) {
        List<String> cut = texts.stream().map(text -> shorten(text, font, maxWidth)).toList();
        if (areDifferent(cut)) {
            return cut;
        }
        List<String> ends = texts.stream().map(text -> withoutMiddle(text, font, maxWidth)).toList();
        return areDifferent(ends) ? ends : IntStream.range(0, texts.size())
                .mapToObj(i -> shorten((i + 1) + " " + texts.get(i), font, maxWidth)).toList();
    }

    private static boolean areDifferent(List<String> texts) {
        return Set.copyOf(texts).size() == texts.size();
    }

    /** Returns the text if it fits into a width, else as much of its two ends as fits, half of the characters each. */
    private static String withoutMiddle(String text, Font font, double maxWidth) {
        int[] points = text.codePoints().toArray();
        String shortened = text;
        for (int kept = points.length - 1; kept > 0 && width(shortened, font) > maxWidth; kept--) {
            int behind = kept / 2;
            shortened = new String(points, 0, kept - behind) + "…" + new String(points, points.length - behind, behind);
        }
        return shortened;
    }

    /** Returns the graphics to draw on by other means. */
    Graphics2D graphics() {
        return graphics;
    }

    /** Fills a rectangle. */
    void fill(int x, int y, int width, int height, Color color) {
        graphics.setColor(color);
        graphics.fillRect(x, y, width, height);
    }

    /** Draws a line of one pixel around a rectangle, outside it. */
    void frame(int x, int y, int width, int height, Color color) {
        graphics.setColor(color);
        graphics.drawRect(x - 1, y - 1, width + 1, height + 1);
    }

    /**
     * Draws text from left to right.
     *
     * @param align what part of the text lies left of x: 0, 0.5 or 1
     * @param y of the middle of a capital letter
     */
    void text(String text, Font font, double x, double y, double align, Color color) {
        graphics.setFont(font);
        graphics.setColor(color);
        graphics.drawString(text, (float) (x - align * width(text, font)),
                (float) (y + CAPITAL_HEIGHT / 2 * font.getSize2D()));
    }

    /**
     * Draws text that reads upwards.
     *
     * @param x of the middle of a capital letter
     * @param align what part of the text lies below y: 0, 0.5 or 1
     */
    void upwardText(String text, Font font, double x, double y, double align, Color color) {
        AffineTransform upright = graphics.getTransform();
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        text(text, font, 0, 0, align, color);
        graphics.setTransform(upright);
    }

    /**
     * Draws a bar of colours from the bottom up, with labels beside its ends and its middle and a title along it.
     *
     * @param color the colour at a height, from 0 at the bottom to 1 at the top
     * @param labels those of the bottom, the middle and the top
     * @param title what the colours show
     */
    void colorBar(int x, int y, int height, Font font, DoubleFunction<Color> color, List<String> labels, String title) {
        int width = font.getSize();
        for (int row = 0; row < height; row++) {
            fill(x, y + row, width, 1, color.apply(1 - (row + 0.5) / height));
        }
        frame(x, y, width, height, INK);
        for (int i = 0; i < labels.size(); i++) {
            double labelY = y + height - (double) i * height / (labels.size() - 1);
            text(labels.get(i), font, x + 1.5 * width, labelY, 0, INK);
        }
        upwardText(title, font, x + 2.2 * width + width(labels, font), y + height / 2.0, 0.5, INK);
    }

    /** Returns the width of a {@link #colorBar} with its labels and its title. */
    static int colorBarWidth(Font font, List<String> labels) {
        return (int) Math.ceil(2.8 * font.getSize() + width(labels, font));
    }
}
