package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.training.LearningRateCurve;
import io.github.backprop4j.training.LearningRateCurve.Point;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningRatePlotTest {

    private static final int LOSS = 0xA9CBE4;
    private static final int SMOOTHED = 0x0072B2;
    private static final int SUGGESTION = 0xD55E00;

    /** The axes lie above this, the legend below. */
    private static final int LEGEND = 645;

    @TempDir
    private Path folder;

    /** Rates from 1e-6 to 1, 21 of them; the smoothed loss follows the other. */
    private static LearningRateCurve curve(IntToDoubleFunction loss) {
        return new LearningRateCurve(IntStream.rangeClosed(0, 20).mapToObj(i -> new Point(
                i + 1, Math.pow(10, -6 + 0.3 * i), loss.applyAsDouble(i), loss.applyAsDouble(Math.max(0, i - 1)) + 0.1))
                .toList(), false);
    }

    private static double valley(int i) {
        return i < 12 ? 3 - i * 0.2 : 0.8 + (i - 12) * 3;
    }

    private BufferedImage draw(LearningRateCurve curve) throws IOException {
        Path png = folder.resolve("lr-find.png");
        LearningRatePlot.write(png, curve);
        return Pixels.read(png);
    }

    /** The axis of rates reaches from 1e-6 to 1 over 860 pixels or so, of which XChart leaves 2 % free on each side. */
    @Test
    void theLineStandsAtTheSuggestion() throws IOException {
        LearningRateCurve curve = curve(LearningRatePlotTest::valley);
        BufferedImage image = draw(curve);
        assertEquals(1000, image.getWidth());
        assertEquals(700, image.getHeight());
        BufferedImage axes = image.getSubimage(0, 0, 1000, LEGEND);
        Rectangle line = Pixels.bounds(axes, colour -> colour == SUGGESTION);
        double expected = 112 + 858 * (0.02 + 0.96 * (Math.log10(curve.suggestion().orElseThrow()) + 6) / 6);
        assertEquals(expected, line.getCenterX(), 8);
        assertTrue(line.width <= 4 && line.height > 400, line::toString);
        Rectangle title = Pixels.bounds(image.getSubimage(0, 0, 1000, 60), colour -> colour < 0x505050);
        assertTrue(title.width > 150, title::toString);
    }

    @Test
    void hasBothCurvesAndTheirNames() throws IOException {
        BufferedImage image = draw(curve(LearningRatePlotTest::valley));
        for (int colour : new int[] {LOSS, SMOOTHED}) {
            Rectangle bounds = Pixels.bounds(image.getSubimage(0, 0, 1000, LEGEND), found -> found == colour);
            // from 1e-6 on; steps 1 to 12 of 21 lie below the top of the axis, and what leads from it to beyond
            assertEquals(129, bounds.x, 6, () -> Integer.toHexString(colour) + " " + bounds);
            assertTrue(bounds.width > 480 && bounds.width < 620, bounds::toString);
            Rectangle legend = Pixels.bounds(image.getSubimage(0, LEGEND, 1000, 55), found -> found == colour);
            assertEquals(50, legend.width, 2);
        }
    }

    @Test
    void withoutASuggestionThereIsNoLine() throws IOException {
        BufferedImage image = draw(curve(i -> 2.3));
        assertEquals(0, Pixels.count(image, colour -> colour == SUGGESTION));
        assertTrue(Pixels.count(image, colour -> colour == SMOOTHED) > 1000);
    }

    @Test
    void endsWhateverTheLosses() {
        for (double loss : new double[] {0, Double.MIN_VALUE, 1e-9, 1e6, 1e38, 1e300}) {
            assertTimeoutPreemptively(Duration.ofMinutes(1),
                    () -> draw(curve(i -> loss * (20 - i) / 20)), () -> "loss " + loss);
        }
    }

    @Test
    void givesTheSameBytesInAnyLocale() throws IOException {
        draw(curve(LearningRatePlotTest::valley));
        byte[] bytes = Files.readAllBytes(folder.resolve("lr-find.png"));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            draw(curve(LearningRatePlotTest::valley));
        } finally {
            Locale.setDefault(before);
        }
        assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("lr-find.png")));
    }

    @Test
    void refusesASinglePoint() {
        LearningRateCurve single = new LearningRateCurve(List.of(new Point(1, 1, 1, 1)), true);
        assertEquals("learning rate plot: 1 steps, expected at least two", assertThrows(IllegalArgumentException.class,
                () -> LearningRatePlot.write(folder.resolve("none.png"), single)).getMessage());
        assertTrue(Files.notExists(folder.resolve("none.png")));
    }

    @Test
    void theNumbersAreARowEach() throws IOException {
        Path csv = folder.resolve("lr-find.csv");
        LearningRateCsv.write(csv, new LearningRateCurve(
                List.of(new Point(1, 1e-5, 2.5, 2.5), new Point(2, 0.1, 1e10, 2.25)), true));
        assertEquals("step,rate,loss,smoothed_loss\n1,1.0E-5,2.5,2.5\n2,0.1,1.0E10,2.25\n", Files.readString(csv));
    }
}
