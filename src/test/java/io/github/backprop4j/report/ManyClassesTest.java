package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.Evaluator.Prediction;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.w3c.dom.Element;

/** Pages stay readable and of bounded size with as many classes as a folder may have, and with images of any size. */
class ManyClassesTest {

    @TempDir
    private Path folder;

    /** Noise, which a PNG cannot make smaller, in classes with names of 240 letters. */
    private static Images noise(int count, int side, int classes) {
        byte[] pixels = new byte[count * 3 * side * side];
        SplittableRandom random = new SplittableRandom(1);
        random.nextBytes(pixels);
        List<String> names = IntStream.range(0, classes).mapToObj(k -> "%0240d".formatted(k)).toList();
        return new Images(3, side, side, names, pixels, IntStream.range(0, count).map(i -> i % classes).toArray());
    }

    @ParameterizedTest
    @CsvSource({"2, 8, true, false", "20, 192, true, false", "21, 8, false, true", "500, 8, false, true",
        "5000, 192, false, false"})
    void aPageHasWhatCanBeRead(int classes, int side, boolean hasTable, boolean hasPicture) throws IOException {
        Images images = noise(300, side, classes);
        Network network = Network.initialize(Architecture.parse("conv:4:3,relu,globalmaxpool", 3, side, side,
                images.classNames()), InputScaling.none(3, side, side), 1);
        Outcomes outcomes = new Outcomes(classes);
        Evaluation evaluation = new Evaluation(images.classNames());
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < images.count(); i++) {
            int predicted = random.nextInt(4) == 0 ? images.label(i) : random.nextInt(Math.min(classes, 40));
            outcomes.accept(new Prediction(i, images.label(i), predicted, random.nextDouble()));
            evaluation.eval(predicted, images.label(i));
        }
        Path file = folder.resolve("page.html");
        EvaluationReport.write(file, "model.npz", network, new Dataset("noise", images, images), new Views(2),
                new Evaluator.Result(1.5, evaluation), outcomes);

        assertTrue(Files.size(file) < 4_000_000, Files.size(file) + " bytes");
        ParsedPage page = ParsedPage.of(Files.readString(file)).requireSound();
        Element matrix = page.section("Confusion matrix");
        assertEquals(hasTable ? classes * classes : 0, Math.max(0, matrix.getElementsByTagName("td").getLength() - 1));
        assertEquals(hasPicture ? 1 : 0, matrix.getElementsByTagName("img").getLength());
        int rows = page.section("Classes").getElementsByTagName("tr").getLength() - 1;
        assertEquals(classes > 100 ? 50 : classes, rows);
        assertEquals(25, page.section("Confidently wrong").getElementsByTagName("img").getLength());
        assertEquals(Math.min(10, outcomes.mostConfused(10).size()),
                page.section("Most confused").getElementsByTagName("li").getLength());
        assertTrue(page.section("Confidently wrong").getTextContent().matches("(?s).*test image \\d+.*"));
        assertTrue(page.html().contains("Evaluated with the 300 test images of noise, 2 views of each."));
    }

    /** As many are drawn as the page has room for, and each number of them is looked at once to find their scale. */
    @Test
    void ofLargeFiltersThereAreFew() throws IOException {
        Network network = Network.initialize(Architecture.parse("conv:256:64:1:0,relu", 3, 64, 64, List.of("a", "b")),
                InputScaling.none(3, 64, 64), 1);
        INDArray weights = network.parameters().get("conv1.weights");
        Html page = new Html().open("section");
        FiltersSection.of(network).orElseThrow().write(page);
        ParsedPage parsed = ParsedPage.of(page.close().finished());
        assertTrue(parsed.elements("p").get(0).getTextContent().endsWith("all have one scale. The first 16 are shown."));
        Element image = parsed.elements("img").get(0);
        assertTrue(image.getAttribute("src").length() < 400_000, image.getAttribute("src").length() + " characters");
        BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(
                Base64.getDecoder().decode(image.getAttribute("src").split(",")[1])));
        assertEquals(8 * 65 - 1, sheet.getWidth());
        assertEquals(2 * 65 - 1, sheet.getHeight());
        double largest = weights.amaxNumber().doubleValue();
        for (int filter = 0; filter < 16; filter++) {
            int rgb = sheet.getRGB(filter % 8 * 65 + 5, filter / 8 * 65 + 7);
            for (int c = 0; c < 3; c++) {
                assertEquals(127.5 + 127.5 * weights.getDouble(filter, c, 7, 5) / largest, rgb >> 16 - 8 * c & 0xff, 0.51);
            }
        }
    }
}
