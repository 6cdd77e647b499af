package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.evaluation.classification.ConfusionMatrix;
import org.nd4j.evaluation.classification.Evaluation;

class ConfusionMatrixPlotTest {

    private static final int DARKEST = 0x08306B;
    private static final int WHITE = 0xFFFFFF;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 300})
    void aPerfectMatrixHasADarkDiagonal(int classes) throws IOException {
        ConfusionMatrix<Integer> matrix = empty(classes);
        IntStream.range(0, classes).forEach(i -> matrix.add(i, i, 7));
        BufferedImage image = draw(matrix);
        Rectangle square = Pixels.bounds(image, colour -> colour == DARKEST);
        double cell = (double) square.height / classes;
        for (int i = 0; i < classes; i++) {
            // near the corner of a cell, clear of its count and of the grid
            int x = (int) (square.x + (i + 0.2) * cell);
            int y = (int) (square.y + (i + 0.2) * cell);
            assertEquals(DARKEST, Pixels.at(image, x, y), "diagonal cell " + i);
            int yElsewhere = (int) (square.y + ((i + 1) % classes + 0.2) * cell);
            assertEquals(WHITE, Pixels.at(image, x, yElsewhere), "below the diagonal's cell " + i);
        }
    }

    @Test
    void rowsAreActualAndShadedByTheirShare() throws IOException {
        // of class 0, one in four is taken for class 1; of class 1, all are right; class 2 never occurs
        Evaluation evaluation = new Evaluation(List.of("a", "b", "c"));
        for (int actual : new int[] {0, 0, 0, 1}) {
            evaluation.eval(actual, actual);
        }
        int predicted = 1;
        evaluation.eval(predicted, 0);
        BufferedImage image = draw(evaluation.getConfusionMatrix());
        BufferedImage withoutBar = image.getSubimage(0, 0, 640, image.getHeight());
        Rectangle certain = Pixels.bounds(withoutBar, colour -> colour == DARKEST);
        int side = certain.width;
        int x = certain.x + side / 8;
        int y = certain.y + side / 8;
        // halfway from white to 6BAED6, and from there to the darkest
        assertEquals(0xB5D7EB, Pixels.at(image, x, y - side), "0 taken for 1");
        assertEquals(0x3A6FA1, Pixels.at(image, x - side, y - side), "0 taken for 0");
        assertEquals(WHITE, Pixels.at(image, x - side, y), "1 taken for 0");
        for (int column = -1; column <= 1; column++) {
            assertEquals(WHITE, Pixels.at(image, x + column * side, y + side), "class 2 never occurs");
        }
    }

    /** Of 4 classes, whose cells have 120 pixels a side at least: the darkest is that of class 0 taken for class 1. */
    @Test
    void writesNamesAndCountsAtTheirPlaces() throws IOException {
        ConfusionMatrix<Integer> matrix = empty(4);
        matrix.add(0, 1, 123_456_789);
        Path png = folder.resolve("names.png");
        ConfusionMatrixPlot.write(png, matrix, List.of("x".repeat(10_000), "Größe", "猫", ""));
        BufferedImage image = Pixels.read(png);
        Rectangle cell = Pixels.bounds(image.getSubimage(0, 0, image.getWidth() - 150, image.getHeight()),
                colour -> colour == DARKEST);
        int side = cell.width;
        assertEquals(cell.height, side, 2);
        Rectangle count = Pixels.bounds(
                image.getSubimage(cell.x, cell.y, side, side), colour -> colour == WHITE);
        assertTrue(count.width > 0.6 * side && count.width < 0.95 * side, () -> count + " in a cell of " + side);
        assertEquals(side / 2.0, count.getCenterX(), 3);
        assertEquals(side / 2.0, count.getCenterY(), 3);

        int left = cell.x - side;
        for (int row = 0; row < 4; row++) {
            Rectangle name = ink(image, 60, cell.y + row * side + 10, left - 65, side - 20);
            assertEquals(row < 3, !name.isEmpty(), "a name in row " + row);
            if (row < 3) {
                assertTrue(name.getMaxX() > left - 65 - 20, "set against the matrix in row " + row);
            }
        }
        assertTrue(ink(image, 60, cell.y + 10, left - 65, side - 20).width < 2 * side, "the long name is cut");
        for (int column = 0; column < 4; column++) {
            Rectangle name = ink(image, left + column * side + 5, cell.y + 4 * side + 5, side - 10, 100);
            assertEquals(column < 3, !name.isEmpty(), "a name below column " + column);
        }
        // a cell without examples has no number
        assertTrue(ink(image, left + 5, cell.y + side + 5, side - 10, side - 10).isEmpty());
    }

    @Test
    void tellsTheAccuracyAboveTheMatrix() throws IOException {
        ConfusionMatrix<Integer> matrix = empty(2);
        matrix.add(0, 0, 3);
        matrix.add(1, 0, 1);
        BufferedImage image = draw(matrix);
        Rectangle firstColumn = Pixels.bounds(image.getSubimage(0, 0, image.getWidth() - 150, image.getHeight()),
                colour -> colour == DARKEST);
        Rectangle title = ink(image, 0, 0, image.getWidth() - 150, firstColumn.y - 2);
        assertEquals(Canvas.width("Accuracy 0.7500 (3 of 4)", Canvas.font(22)), title.width, 8);
        assertEquals(firstColumn.x + firstColumn.height / 2.0, title.getCenterX(), 4, "in the middle of the matrix");
    }

    /** Where dark grey text is, relative to the part. */
    private static Rectangle ink(BufferedImage image, int x, int y, int width, int height) {
        return Pixels.bounds(image.getSubimage(x, y, width, height), colour -> (colour & 255) < 0x50);
    }

    @Test
    void givesTheSameBytes() throws IOException {
        ConfusionMatrix<Integer> matrix = empty(3);
        matrix.add(0, 1, 5);
        matrix.add(2, 2, 9);
        draw(matrix);
        byte[] bytes = Files.readAllBytes(folder.resolve("confusion.png"));
        draw(matrix);
        assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("confusion.png")));
    }

    @Test
    void refusesWhatIsNoMatrix() {
        ConfusionMatrix<Integer> matrix = empty(2);
        assertEquals("confusion plot: the matrix is empty, expected at least one example", message(matrix, 2));
        matrix.add(0, 0);
        assertEquals("confusion plot: 3 class names, expected 2, one for each class of the matrix",
                message(matrix, 3));
        ConfusionMatrix<Integer> large = empty(20_000);
        large.add(0, 0);
        assertTrue(message(large, 20_000).contains("pixels, expected at most 100000000 in all"));
        assertTrue(Files.notExists(folder.resolve("confusion.png")));
    }

    private String message(ConfusionMatrix<Integer> matrix, int names) {
        return assertThrows(IllegalArgumentException.class,
                () -> ConfusionMatrixPlot.write(folder.resolve("confusion.png"), matrix, names(names))).getMessage();
    }

    private static ConfusionMatrix<Integer> empty(int classes) {
        return new ConfusionMatrix<>(IntStream.range(0, classes).boxed().toList());
    }

    private static List<String> names(int classes) {
        return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    }

    private BufferedImage draw(ConfusionMatrix<Integer> matrix) throws IOException {
        Path png = folder.resolve("confusion.png");
        ConfusionMatrixPlot.write(png, matrix, names(matrix.getClasses().size()));
        return Pixels.read(png);
    }
}
