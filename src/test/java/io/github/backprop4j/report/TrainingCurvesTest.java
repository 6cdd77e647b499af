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
    @ValueSource(ints = {1, 2, 15, 3000})
    void drawsAnyNumberOfEpochs(int epochs) throws IOException {
        BufferedImage image = draw(IntStream.rangeClosed(1, epochs)
                .mapToObj(epoch -> epoch(epoch, 1 + 1.0 / epoch, 2 + 1.0 / epoch)).toList());
        for (int panel = 0; panel < 2; panel++) {
            BufferedImage half = image.getSubimage(panel * 800, 0, 800, LEGEND);
            for (int colour : new int[] {TRAINING, VALIDATION}) {
                Rectangle curve = Pixels.bounds(half, found -> found == colour);
                // the epochs lie between 0.6 before the first and 0.7 behind the last, from x = 130 to x = 750 or so
                double share = (epochs - 1) / (epochs + 0.3);
                assertEquals(620 * share, curve.width, 25, () -> curve + " in panel");
                assertEquals(130 + 620 * 0.6 / (epochs + 0.3), curve.x, 25, () -> curve + " in panel");
            }
        }
    }

    /** The accuracies are 0.6 and 0.4 in each epoch; the axis ends just above 1. */
    @Test
    void putsTheAccuraciesWhereTheyBelong() throws IOException {
        BufferedImage right = draw(List.of(epoch(1, 2, 4), epoch(2, 1, 3))).getSubimage(800, 0, 800, LEGEND);
        Rectangle training = Pixels.bounds(right, colour -> colour == TRAINING);
        Rectangle validation = Pixels.bounds(right, colour -> colour == VALIDATION);
        assertTrue(training.height <= 12 && validation.height <= 12, "both are level");
        assertEquals(0.2 * 446, validation.getCenterY() - training.getCenterY(), 4, "446 pixels are 1");
    }

    @Test
    void theLegendHasBothCurves() throws IOException {
        BufferedImage image = draw(List.of(epoch(1, 2, 4)));
        BufferedImage legend = image.getSubimage(0, LEGEND, 1600, 70);
        Rectangle training = Pixels.bounds(legend, colour -> colour == TRAINING);
        Rectangle validation = Pixels.bounds(legend, colour -> colour == VALIDATION);
        assertEquals(50, training.width, 2);
        assertEquals(50, validation.width, 2);
        assertTrue(training.getMaxX() < validation.x);
        // the names stand behind the lines
        assertTrue(Pixels.count(legend.getSubimage(training.x + 60, 0, 100, 70), colour -> colour < 0x505050) > 100);
        assertTrue(Pixels.count(legend.getSubimage(validation.x + 60, 0, 100, 70), colour -> colour < 0x505050) > 100);
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
        int title = title(draw(finite)).width;
        assertTrue(title(draw(diverging)).width > 4 * title, "the panel says in how many epochs the loss diverged");

        BufferedImage nothing = draw(List.of(epoch(1, Double.NaN, Double.NaN)));
        assertEquals(0, Pixels.count(nothing.getSubimage(0, 0, 800, LEGEND), colour -> colour == TRAINING));
        assertTrue(Pixels.count(nothing.getSubimage(800, 0, 800, LEGEND), colour -> colour == TRAINING) > 30);
    }

    /** Where the text above the left panel is. */
    private static Rectangle title(BufferedImage image) {
        return Pixels.bounds(image.getSubimage(0, 0, 800, 60), colour -> colour < 0x505050);
    }

    @Test
    void anAccuracyOfZeroHasAnAxisLikeOthers() throws IOException {
        BufferedImage zero = draw(List.of(new EpochMetrics(1, 10, 0.1, 2, 0, 2, 0, 1, 100)));
        BufferedImage labels = zero.getSubimage(860, 60, 50, 520);
        long lines = IntStream.range(1, 520).filter(y -> hasInk(labels, y) && !hasInk(labels, y - 1)).count();
        assertEquals(11, lines, "0.0, 0.1, ..., 1.0");
    }

    private static boolean hasInk(BufferedImage image, int y) {
        return Pixels.count(image.getSubimage(0, y, image.getWidth(), 1), colour -> colour < 0x505050) > 0;
    }

    /** XChart's search for ticks did not end at 1e38. */
    @Test
    void endsWhateverTheLosses() {
        for (double loss : new double[] {0, Double.MIN_VALUE, 1e-14, 1e-9, 1e-4, 1e6, 2e6, 1e38, Double.MAX_VALUE}) {
            assertTimeoutPreemptively(Duration.ofMinutes(1),
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
