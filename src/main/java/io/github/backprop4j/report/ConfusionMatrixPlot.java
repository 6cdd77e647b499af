package io.github.backprop4j.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.nd4j.evaluation.classification.ConfusionMatrix;

/** Plots a confusion matrix, with a row for each actual class and a column for each predicted one. */
public final class ConfusionMatrixPlot {

    private static final int MIN_SIDE = 600;
    private static final int MAX_SIDE = 3200;
    private static final int MAX_CELL = 120;
    private static final int MIN_FONT_SIZE = 8;

    /** The largest width of a class's name, in sizes of its font; a longer name is shortened. */
    private static final int MAX_NAME_WIDTH = 12;

    private static final Color GRID = new Color(0xD8D8D8);

    /** White and two of ColorBrewer's blues (Harrower and Brewer 2003), which darken evenly in print and on screens. */
    private static final Color[] SHADES = {Color.WHITE, new Color(0x6BAED6), new Color(0x08306B)};
    private static final List<String> SHADE_LABELS = List.of("0", "0.5", "1");

    private ConfusionMatrixPlot() {}

    /**
     * Draws the matrix with the accuracy above it.
     *
     * <p>A cell's colour shows its share of its row, from white to dark blue. Its count stands in it, except if that is
     * 0 or the cells are too small for legible numbers. Long names lose their ends; where they would be alike
     * then, their middles; and where that is so, too, they are numbered. A class without examples has a white row.
     *
     * @param png replaced if it exists
     * @param matrix counts of K classes that are numbered from 0, as in {@code evaluation.getConfusionMatrix()}, of one
     *     example or more
     * @param classNames the K names in the order of the numbers
     * @throws IllegalArgumentException if the matrix is empty, the names are not K, or the plot would have more than 100
     *     megapixels, as with many thousands of classes
     * @throws IOException if the file cannot be written, or this machine has no fonts
     */
    public static void write(Path png, ConfusionMatrix<Integer> matrix, List<String> classNames) throws IOException {
        int classes = classNames.size();
        if (classes != matrix.getClasses().size()) {
            throw new IllegalArgumentException("confusion plot: " + classes + " class names, expected "
                    + matrix.getClasses().size() + ", one for each class of the matrix");
        }
        long examples = IntStream.range(0, classes).mapToLong(matrix::getActualTotal).sum();
        if (examples == 0) {
            throw new IllegalArgumentException("confusion plot: the matrix is empty, expected at least one example");
        }
        Canvas.write(png, () -> new Drawing(matrix, classNames, examples).draw());
    }

    /** Returns the colour of a share in [0, 1]. */
    private static Color shade(double share) {
        int lower = share < 0.5 ? 0 : 1;
        float part = (float) (2 * share - lower);
        float[] from = SHADES[lower].getRGBColorComponents(null);
        float[] to = SHADES[lower + 1].getRGBColorComponents(null);
        return new Color(from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]),
                from[2] + part * (to[2] - from[2]));
    }

    /** One plot: where things are and how large. */
    private static final class Drawing {

        private final ConfusionMatrix<Integer> matrix;
        private final int classes;
        private final long examples;
        private final int cell;
        private final int side;
        private final Font font;
        private final Font nameFont;
        private final List<String> names;
        private final boolean namesUpward;

        Drawing(ConfusionMatrix<Integer> matrix, List<String> classNames, long examples) {
            this.matrix = matrix;
            this.examples = examples;
            classes = classNames.size();
            cell = Math.max(1, Math.max(MIN_SIDE / classes, Math.min(MAX_CELL, MAX_SIDE / classes)));
            side = cell * classes;
            font = Canvas.font(Math.max(22, side / 45));
            nameFont = Canvas.font(Math.min(font.getSize(), 0.72 * cell));
            names = nameFont.getSize2D() < MIN_FONT_SIZE ? List.of()
                    : Canvas.shorten(classNames, nameFont, MAX_NAME_WIDTH * nameFont.getSize2D());
            namesUpward = Canvas.width(names, nameFont) > 0.9 * cell;
        }

        Canvas draw() {
            int line = 2 * font.getSize();
            int space = font.getSize() / 2;
            int namesWidth = (int) Math.ceil(Canvas.width(names, nameFont)) + space;
            int namesHeight = namesUpward ? namesWidth : line;
            int barWidth = Canvas.colorBarWidth(font, SHADE_LABELS);
            int contentWidth = line + namesWidth + side + line + barWidth;
            int width = Math.max(Canvas.MIN_WIDTH, contentWidth + line);
            Canvas canvas = new Canvas(width, line + side + namesHeight + line + space);

            int left = (width - contentWidth) / 2 + line + namesWidth;
            long correct = IntStream.range(0, classes).mapToLong(i -> matrix.getCount(i, i)).sum();
            String title = String.format(
                    Locale.ROOT, "Accuracy %.4f (%d of %d)", (double) correct / examples, correct, examples);
            canvas.text(title, font, left + side / 2.0, line / 2.0, 0.5, Canvas.INK);
            drawCells(canvas, left, line);
            drawNames(canvas, left, line, space);
            canvas.upwardText("actual class", font, left - namesWidth - line / 2.0, line + side / 2.0, 0.5, Canvas.INK);
            canvas.text("predicted class", font, left + side / 2.0, line + side + namesHeight + line / 2.0, 0.5,
                    Canvas.INK);
            canvas.colorBar(left + side + line, line, side, font, ConfusionMatrixPlot::shade, SHADE_LABELS,
                    "share of the actual class");
            return canvas;
        }

        private void drawCells(Canvas canvas, int left, int top) {
            Font countFont = countFont();
            for (int actual = 0; actual < classes; actual++) {
                int total = matrix.getActualTotal(actual);
                for (int predicted = 0; predicted < classes; predicted++) {
                    int count = matrix.getCount(actual, predicted);
                    if (count == 0) {
                        continue;
                    }
                    Color shade = shade((double) count / total);
                    int x = left + predicted * cell;
                    int y = top + actual * cell;
                    canvas.fill(x, y, cell, cell, shade);
                    if (countFont.getSize2D() >= MIN_FONT_SIZE) {
                        canvas.text(Integer.toString(count), countFont, x + cell / 2.0, y + cell / 2.0, 0.5,
                                shade.getGreen() < 140 ? Color.WHITE : Canvas.INK);
                    }
                }
            }
            if (!names.isEmpty()) {
                for (int i = 1; i < classes; i++) {
                    canvas.fill(left + i * cell, top, 1, side, GRID);
                    canvas.fill(left, top + i * cell, side, 1, GRID);
                }
            }
            canvas.frame(left, top, side, side, Canvas.INK);
        }

        /** Returns the font in which the largest count fits into a cell. */
        private Font countFont() {
            Font largest = Canvas.font(Math.min(font.getSize(), 0.45 * cell));
            int count = IntStream.range(0, classes).map(actual -> IntStream.range(0, classes)
                    .map(predicted -> matrix.getCount(actual, predicted)).max().orElse(0)).max().orElse(0);
            double width = Canvas.width(Integer.toString(count), largest);
            return Canvas.font(largest.getSize2D() * Math.min(1, 0.9 * cell / width));
        }

        private void drawNames(Canvas canvas, int left, int top, int space) {
            for (int i = 0; i < names.size(); i++) {
                double middle = (i + 0.5) * cell;
                canvas.text(names.get(i), nameFont, left - space, top + middle, 1, Canvas.INK);
                if (namesUpward) {
                    canvas.upwardText(names.get(i), nameFont, left + middle, top + side + space, 1, Canvas.INK);
                } else {
                    double y = top + side + space + nameFont.getSize() / 2.0;
                    canvas.text(names.get(i), nameFont, left + middle, y, 0.5, Canvas.INK);
                }
            }
        }
    }
}
