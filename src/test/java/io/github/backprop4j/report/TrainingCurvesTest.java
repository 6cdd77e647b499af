package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.training.EpochMetrics;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingCurvesTest {

    private static final int TRAINING = 0x0072B2;
    private static final int VALIDATION = 0xD55E00;

    /** The left panel's and the right panel's frame lie above this; the legend lies below. */
    private static final int LEGEND = 630;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 100, 3000})
    void drawsAnyNumberOfEpochs(int epochs) throws IOException {
        BufferedImage image = draw(IntStream.rangeClosed(1, epochs)
                .mapToObj(epoch -> epoch(epoch, 1 + 1.0 / epoch, 2 + 1.0 / epoch)).toList());
        assertEquals(1600, image.getWidth());
        assertEquals(700, image.getHeight());
        for (int panel = 0; panel < 2; panel++) {
            BufferedImage half = image.getSubimage(panel * 800, 0, 800, LEGEND);
            assertTrue(Pixels.count(half, colour -> colour == TRAINING) > 30, "training curve in panel " + panel);
            assertTrue(Pixels.count(half, colour -> colour == VALIDATION) > 30, "validation curve in panel " + panel);
        }
    }

    @Test
    void putsTheLossesWhereTheyBelong() throws IOException {
        BufferedImage image = draw(List.of(epoch(1, 2, 4), epoch(2, 1, 3)));
        BufferedImage left = image.getSubimage(0, 0, 800, LEGEND);
        Rectangle training = Pixels.bounds(left, colour -> colour == TRAINING);
        Rectangle validation = Pixels.bounds(left, colour -> colour == VALIDATION);
        assertTrue(validation.y < training.y && validation.getMaxY() < training.y, validation + " above " + training);
        assertEquals(training.height, validation.height, 3, "both fall by 1");
        assertEquals(2.0, (training.getCenterY() - validation.getCenterY()) / training.height, 0.2, "and are 2 apart");
    }

    @Test
    void leavesOutTheValidationThatIsNotThere() throws IOException {
        BufferedImage image = draw(List.of(
                new EpochMetrics(1, 10, 0.1, 2.3, 0.1, Double.NaN, Double.NaN, 1, 100),
                new EpochMetrics(2, 20, 0.1, 2.2, 0.2, Double.NaN, Double.NaN, 1, 100)));
        assertEquals(0, Pixels.count(image, colour -> colour == VALIDATION));
        assertTrue(Pixels.count(image, colour -> colour == TRAINING) > 1000);
    }

    @Test
    void skipsLossesThatAreNotFinite() throws IOException {
        List<EpochMetrics> finite = List.of(epoch(1, 2, 2.5), epoch(2, 1.5, 2));
        List<EpochMetrics> diverging = List.of(epoch(1, 2, 2.5), epoch(2, 1.5, 2),
                epoch(3, Double.POSITIVE_INFINITY, 1e30), epoch(4, Double.NaN, Double.NaN));
        Rectangle before = Pixels.bounds(draw(finite).getSubimage(0, 0, 800, LEGEND), colour -> colour == TRAINING);
        Rectangle after = Pixels.bounds(draw(diverging).getSubimage(0, 0, 800, LEGEND), colour -> colour == TRAINING);
        assertEquals(before.y, after.y, "the scale is that of the finite losses");
        assertEquals(before.height, after.height);
        assertTrue(after.getMaxX() < 450, "the curve ends in the middle: " + after);
        draw(List.of(epoch(1, Double.NaN, Double.NaN)));
    }

    /** XChart's search for ticks did not end at 1e38. */
    @Test
    void endsWhateverTheLosses() {
        for (double loss : new double[] {0, Double.MIN_VALUE, 1e-14, 1e-9, 1e-4, 1e6, 2e6, 1e38, Double.MAX_VALUE}) {
            assertTimeoutPreemptively(Duration.ofSeconds(20),
                    () -> draw(List.of(epoch(1, loss, loss), epoch(2, loss / 2, 0))), () -> "loss " + loss);
        }
    }

    @Test
    void givesTheSameBytesInAnyLocale() throws IOException {
        List<EpochMetrics> epochs = List.of(epoch(1, 2.3, 2.4), epoch(2, 1.1, 1.3));
        draw(epochs);
        byte[] bytes = Files.readAllBytes(folder.resolve("curves.png"));
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            draw(epochs);
        } finally {
            Locale.setDefault(before);
        }
        assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("curves.png")));
    }

    @Test
    void refusesNoEpochs() {
        Path png = folder.resolve("none.png");
        assertEquals("training curves: no epochs, expected at least one",
                assertThrows(IllegalArgumentException.class, () -> TrainingCurves.write(png, List.of())).getMessage());
        assertTrue(Files.notExists(png));
    }

    private static EpochMetrics epoch(int epoch, double trainLoss, double validationLoss) {
        return new EpochMetrics(epoch, 10L * epoch, 0.1, trainLoss, 0.6, validationLoss, 0.4, 1, 100);
    }

    private BufferedImage draw(List<EpochMetrics> epochs) throws IOException {
        Path png = folder.resolve("curves.png");
        TrainingCurves.write(png, epochs);
        return Pixels.read(png);
    }
}
