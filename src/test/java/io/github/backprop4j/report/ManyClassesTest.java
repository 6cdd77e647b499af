package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.Evaluator.Prediction;
import io.github.backprop4j.network.Architecture;
import io.github.backprop4j.network.InputScaling;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.evaluation.classification.Evaluation;
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
    @CsvSource({"2, 8, true, false", "20, 192, true, false", "21, 8, false, true", "500, 8, false, true", "5000, 192, false, false"})
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
        EvaluationReport.write(file, "model.npz", network, new Dataset("noise", images, images),
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
    }
}
