package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FilterPlotTest {

    private static final int RED = 0xFF0000;
    private static final int GREEN = 0x00FF00;
    private static final int BLUE = 0x0000FF;

    @TempDir
    private Path folder;

    @Test
    void aRedFilterIsARedBlockAtItsPlace() throws IOException {
        INDArray weights = Nd4j.zeros(DataType.FLOAT, 10, 3, 5, 5);
        paint(weights, 0, 0);
        paint(weights, 4, 1);
        paint(weights, 7, 2);
        BufferedImage image = draw(weights);
        Rectangle red = block(image, RED);
        Rectangle green = block(image, GREEN);
        Rectangle blue = block(image, BLUE);
        assertEquals(new Rectangle(red.x, red.y, 200, 200), red, "5×5 pixels, each enlarged to 40×40");
        // five filters in a row: number 4 is the last of the first row, number 7 in the middle of the second
        assertEquals(red.y, green.y);
        assertEquals(red.x + (green.x - red.x) / 2, blue.x);
        assertTrue(blue.y > red.y + 200);
    }

    /** Only this channel at full strength: the largest weight, the others its negative. */
    private static void paint(INDArray weights, int filter, int channel) {
        weights.get(point(filter), all(), all(), all()).assign(-0.25);
        weights.get(point(filter), point(channel), all(), all()).assign(0.25);
    }

    private static Rectangle block(BufferedImage image, int colour) {
        Rectangle block = Pixels.bounds(image, found -> found == colour);
        assertEquals(block.width * block.height, Pixels.count(image, found -> found == colour), "all of one colour");
        return block;
    }

    @Test
    void isGrayWithAnyOtherNumberOfChannels() throws IOException {
        for (int channels : new int[] {1, 2, 4}) {
            INDArray weights = Nd4j.zeros(DataType.DOUBLE, 2, channels, 1, 3);
            weights.get(point(0), all(), point(0), point(0)).assign(-2);
            weights.get(point(0), all(), point(0), point(2)).assign(1);
            BufferedImage image = draw(weights);
            Rectangle black = Pixels.bounds(image.getSubimage(0, 0, 400, 120), colour -> colour == 0);
            int x = (int) black.getCenterX();
            int y = (int) black.getCenterY();
            assertEquals(0x808080, Pixels.at(image, x + black.width, y), channels + " channels: no weight");
            assertEquals(0xBFBFBF, Pixels.at(image, x + 2 * black.width, y), channels + " channels: half of it");
            assertEquals(0, Pixels.count(image, colour -> (colour >> 8 & 255) != (colour & 255)), "colours");
        }
    }

    @Test
    void aFilterOfZerosIsMiddleGray() throws IOException {
        BufferedImage image = draw(Nd4j.zeros(DataType.FLOAT, 1, 3, 1, 1));
        // between the title and the index, whose smooth letters have all grays
        Rectangle tile = block(image.getSubimage(0, 60, image.getWidth() / 2 + 30, 210), 0x808080);
        assertEquals(new Rectangle(tile.x, tile.y, 200, 200), tile);
    }

    @Test
    void numbersTheFiltersBelowThem() throws IOException {
        INDArray weights = Nd4j.zeros(DataType.FLOAT, 4, 3, 5, 5);
        paint(weights, 0, 0);
        paint(weights, 3, 2);
        BufferedImage image = draw(weights);
        for (int colour : new int[] {RED, BLUE}) {
            Rectangle tile = block(image, colour);
            BufferedImage below = image.getSubimage(tile.x, tile.y + tile.height + 2, tile.width, 35);
            Rectangle index = Pixels.bounds(below, found -> (found & 255) < 0x50);
            assertEquals(tile.width / 2.0, index.getCenterX(), 3);
            assertEquals(Canvas.width("0", Canvas.font(22)), index.width, 5, "one digit");
        }
    }

    @Test
    void givesTheSameBytesForAView() throws IOException {
        INDArray weights = Nd4j.rand(DataType.FLOAT, 64, 3, 3, 3);
        draw(weights);
        byte[] bytes = Files.readAllBytes(folder.resolve("filters.png"));
        INDArray view = weights.permute(3, 2, 1, 0).dup('f').permute(3, 2, 1, 0);
        draw(view);
        assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("filters.png")));
    }

    @Test
    void refusesWhatAreNoFilters() {
        assertEquals("filter plot: weights [20, 10], expected (F, C, KH, KW), each at least 1",
                message(Nd4j.zeros(DataType.FLOAT, 20, 10)));
        assertEquals("filter plot: weights [0, 3, 5, 5], expected (F, C, KH, KW), each at least 1",
                message(Nd4j.empty(DataType.FLOAT).reshape(0, 3, 5, 5)));
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            INDArray weights = Nd4j.ones(DataType.FLOAT, 2, 3, 2, 2);
            weights.putScalar(new int[] {1, 2, 1, 1}, bad);
            assertEquals("filter plot: weights hold NaN or infinity, expected finite numbers", message(weights));
        }
        assertTrue(message(Nd4j.zeros(DataType.FLOAT, 100_000, 1, 1, 1)).contains("pixels, expected at most"));
    }

    private String message(INDArray weights) {
        Path png = folder.resolve("none.png");
        String message =
                assertThrows(IllegalArgumentException.class, () -> FilterPlot.write(png, weights)).getMessage();
        assertTrue(Files.notExists(png));
        return message;
    }

    private BufferedImage draw(INDArray weights) throws IOException {
        Path png = folder.resolve("filters.png");
        FilterPlot.write(png, weights);
        return Pixels.read(png);
    }
}
