package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.backprop4j.data.Augmentation;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.Images;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.RunDirectory;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.w3c.dom.Element;

/** A small training with names that would be markup, its page at each epoch and at its end. */
class TrainingReportTest {

    private static final String HOSTILE = "<script>alert('1')</script>";
    private static final List<String> NAMES = List.of("a & b", HOSTILE, "\"plain\"");
    private static final int EPOCHS = 3;

    @TempDir
    private static Path folder;

    private static Training training;
    private static Trainer.Result result;
    private static Evaluator.Result test;
    /** The page after each epoch, and how the epoch went. */
    private static final List<ParsedPage> PAGES = new ArrayList<>();
    private static final List<EpochMetrics> METRICS = new ArrayList<>();
    private static ParsedPage last;

    /** Noise that is brighter in each class, so that some of it is told apart. */
    private static Images images(int count, long seed, String directory) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * 3 * 8 * 8];
        int[] labels = IntStream.range(0, count).map(i -> random.nextInt(3)).toArray();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(5 * labels[i / 192], 240 + 5 * labels[i / 192]);
        }
        return new Images(3, 8, 8, NAMES, pixels, labels,
                IntStream.range(0, count).mapToObj(i -> directory + "/<b>&" + i + "</b>.png").toList());
    }

    private static TrainingSettings.Builder settings() {
        return TrainingSettings.builder().layers("conv:4:3,relu,pool:2").epochs(EPOCHS).batchSize(20).engine(Engine.IM2COL)
                .validation(0.25).augment(Augmentation.parse("flip,shift:1")).seed(5);
    }

    @BeforeAll
    static void train() throws IOException {
        Dataset dataset = new Dataset("noise", images(200, 1, "train"), images(150, 2, "test"));
        training = Training.of(settings().build(), dataset);
        Path file = folder.resolve("report.html");
        try (TrainingReport report = new TrainingReport(file, training, Optional.empty(), TrainingReportTest::fail)) {
            result = training.run(training.trainer().threads(2).listener(report).listener(new TrainingListener() {
                @Override
                public void epochDone(EpochMetrics metrics, Network network) {
                    PAGES.add(read(file));
                    METRICS.add(metrics);
                }
            }).build());
            Outcomes outcomes = new Outcomes(NAMES.size());
            test = Evaluator.evaluate(result.network(), dataset.test(), Views.ONE, outcomes);
            report.finish(result, test, outcomes);
        }
        last = read(file);
    }

    private static ParsedPage read(Path file) {
        try {
            return ParsedPage.of(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void fail(IOException e) {
        throw new AssertionError(e);
    }

    @Test
    void everyPageIsSound() throws IOException {
        Stream.concat(PAGES.stream(), Stream.of(last)).forEach(ParsedPage::requireSound);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("report.html"), files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("run")).toList());
        }
    }

    @Test
    void eachEpochHasAPageOfItsOwnThatIsReadAnew() {
        assertEquals(EPOCHS, PAGES.size());
        for (int i = 0; i < EPOCHS; i++) {
            ParsedPage page = PAGES.get(i);
            assertTrue(page.isRefreshed());
            assertEquals(i + 1 + " of " + EPOCHS, page.number("epochs"));
            assertEquals(percent(METRICS.get(i).validationAccuracy()), page.number("validation accuracy"));
            assertEquals(String.format(Locale.ROOT, "%.4f", METRICS.get(i).validationLoss()),
                    page.number("validation loss"));
            List<String> row = ParsedPage.row(page.section("Training"), Integer.toString(i + 1));
            assertEquals(percent(METRICS.get(i).trainAccuracy()), row.get(3));
            assertEquals(percent(METRICS.get(i).validationAccuracy()), row.get(5));
            int validated = (int) Math.round(0.25 * 200);
            assertEquals(validated, counts(page).stream().mapToInt(Integer::intValue).sum());
        }
        assertFalse(last.isRefreshed());
    }

    @Test
    void theNumbersAreThoseOfTheTest() {
        Evaluation evaluation = test.evaluation();
        assertEquals(percent(test.accuracy()), last.number("test accuracy"));
        assertEquals(String.format(Locale.ROOT, "%.4f", test.loss()), last.number("test loss"));
        List<Integer> counts = new ArrayList<>();
        for (int actual = 0; actual < 3; actual++) {
            for (int predicted = 0; predicted < 3; predicted++) {
                counts.add(evaluation.getConfusionMatrix().getCount(actual, predicted));
            }
            assertEquals(List.of(Integer.toString(evaluation.getConfusionMatrix().getActualTotal(actual)),
                    percent(evaluation.precision(actual)), percent(evaluation.recall(actual))),
                    ParsedPage.row(last.section("Classes"), NAMES.get(actual)));
        }
        assertEquals(counts, counts(last));
    }

    private static List<Integer> counts(ParsedPage page) {
        Element body = (Element) page.section("Confusion matrix").getElementsByTagName("tbody").item(0);
        return ParsedPage.texts(body, "td").stream().map(text -> text.isEmpty() ? 0 : Integer.parseInt(text)).toList();
    }

    @Test
    void theWrongImagesAreTheMostConfidentWithTheirFiles() {
        Images images = training.dataset().test();
        float[] pixels = new float[images.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Byte.toUnsignedInt(images.pixels()[i]);
        }
        INDArray probabilities = result.network().predictProbabilities(Nd4j.create(pixels, new long[] {150, 3, 8, 8}, 'c'));
        List<Integer> wrong = IntStream.range(0, 150).boxed()
                .filter(i -> probabilities.getRow(i).argMax().getInt(0) != images.label(i))
                .sorted(Comparator.comparingDouble(i -> -probabilities.getRow(i).maxNumber().doubleValue()))
                .limit(25).toList();
        assertEquals(25, wrong.size(), "enough to choose from");
        List<Element> shown = ParsedPage.list(last.section("Confidently wrong").getElementsByTagName("figcaption"));
        assertEquals(25, shown.size());
        for (int i = 0; i < 25; i++) {
            INDArray row = probabilities.getRow(wrong.get(i));
            assertEquals(List.of(NAMES.get(row.argMax().getInt(0)) + " "
                    + String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * row.maxNumber().doubleValue()),
                    "is " + NAMES.get(images.label(wrong.get(i))), "test/<b>&" + wrong.get(i) + "</b>.png"),
                    ParsedPage.texts(shown.get(i), "span"));
        }
    }

    @Test
    void namesAreNoMarkup() {
        assertTrue(last.html().contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
        assertFalse(last.html().contains("<script"));
        assertFalse(last.html().contains("<b>"));
    }

    @Test
    void namesWithinSentencesKeepTheirDirectionForThemselves() {
        for (String kind : List.of("Most confused", "Confidently wrong")) {
            Element section = last.section(kind);
            List<String> inSentences = Stream.of("strong", "figcaption")
                    .flatMap(name -> ParsedPage.list(section.getElementsByTagName(name)).stream())
                    .flatMap(each -> ParsedPage.texts(each, "bdi").stream()).toList();
            int expected = section.getElementsByTagName("strong").getLength()
                    + 2 * section.getElementsByTagName("figcaption").getLength();
            assertEquals(expected, inSentences.size(), kind);
            assertTrue(NAMES.containsAll(inSentences), inSentences.toString());
        }
    }

    /** Whatever a listener does after a step is time of the training, and makes its images per second fewer. */
    @Test
    void thePageIsWrittenBeforeTheFirstStepAndNotBetweenSteps() throws IOException {
        Path file = folder.resolve("run-begun.html");
        List<Long> steps = new ArrayList<>();
        try (TrainingReport report = new TrainingReport(file, training, Optional.empty(), TrainingReportTest::fail)) {
            training.run(training.trainer().listener(report).listener(new TrainingListener() {
                @Override
                public void trainingBegun(int threads, Network network) {
                    ParsedPage page = read(file).requireSound();
                    assertEquals("0 of " + EPOCHS, page.number("epochs"));
                    assertTrue(page.html().matches(
                            "(?s).*The training was going on at [0-9-]{10} [0-9:]{8} [+-]\\d\\d:\\d\\d; .*"));
                    file.toFile().delete();
                }

                @Override
                public void stepDone(long step, int examples, double loss) {
                    if (step <= training.stepsPerEpoch()) {
                        steps.add(step);
                        assertFalse(Files.exists(file), "written in step " + step);
                    }
                }
            }).build());
        }
        assertEquals(training.stepsPerEpoch(), steps.size());
    }

    @Test
    void theCardAndTheSettingsAreThoseOfTheTraining() {
        Element card = last.section("Model card");
        assertEquals(List.of(training.start().card().orElseThrow().dataDigest()),
                ParsedPage.row(card, "SHA-256 of the data"));
        assertEquals(List.of("5"), ParsedPage.row(card, "seed"));
        int all = 4 * 3 * 9 + 4 + 64 * 3 + 3;
        assertEquals(List.of(all + ", of which " + all + " are trained"), ParsedPage.row(card, "parameters"));
        assertEquals(List.of("conv:4:3:1:1,relu,pool:2:2"), ParsedPage.row(last.section("Settings"), "layers"));
        assertEquals(List.of("flip,shift:1"), ParsedPage.row(last.section("Settings"), "augment"));
        assertTrue(last.section("Filters of the first layer").getTextContent()
                .contains("conv1.weights: 4 filters of 3×3×3"));
        assertEquals(20, last.section("Training images").getElementsByTagName("img").getLength());
    }

    /** The image files of the page are decoded and compared with those that the training's batches have. */
    @Test
    void theTrainingImagesAreThoseOfTheFirstMiniBatch() throws IOException {
        var batch = training.batches().epoch(1).next();
        List<Element> shown = ParsedPage.list(last.section("Training images").getElementsByTagName("img"));
        for (int i = 0; i < shown.size(); i++) {
            var image = javax.imageio.ImageIO.read(new java.io.ByteArrayInputStream(
                    java.util.Base64.getDecoder().decode(shown.get(i).getAttribute("src").split(",")[1])));
            for (int pixel = 0; pixel < 64; pixel++) {
                int rgb = image.getRGB(pixel % 8, pixel / 8);
                for (int c = 0; c < 3; c++) {
                    assertEquals(Math.round(batch.images()[i * 192 + c * 64 + pixel]), rgb >> 16 - 8 * c & 0xff);
                }
            }
        }
    }

    @Test
    void withoutValidationThereIsNothingToJudgeUntilTheTest() throws IOException {
        Path file = folder.resolve("run-unvalidated.html");
        Training unvalidated = Training.of(settings().validation(0).epochs(1).build(), training.dataset());
        try (TrainingReport report = new TrainingReport(file, unvalidated, Optional.empty(), TrainingReportTest::fail)) {
            unvalidated.run(unvalidated.trainer().listener(report).build());
            ParsedPage page = read(file).requireSound();
            assertFalse(page.hasSection("Confusion matrix"));
            assertTrue(page.isRefreshed());
            assertTrue(page.number("training accuracy").endsWith("\u00a0%"));
        }
        ParsedPage ended = read(file).requireSound();
        assertFalse(ended.isRefreshed(), "the training has ended without a test");
        assertTrue(ended.html().contains("was stopped or has failed after 1 of 1 epoch."));
    }

    @Test
    void aResumedTrainingGoesOnWithItsPage() throws IOException {
        Path file = folder.resolve("run-resumed.html");
        TrainingSettings settings = settings().build();
        Training again = Training.of(settings, training.dataset());
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run-resumed"))) {
            int[] asked = new int[1];
            Trainer.Result stopped =
                    again.run(again.trainer().checkpoints(directory).stopWhen(() -> asked[0]++ > 12).build());
            assertTrue(stopped.stopped());
            TrainingState from = directory.latestCheckpoint().orElseThrow();
            assertEquals(1, from.history().size());
            try (TrainingReport report = new TrainingReport(file, again, Optional.of(from), TrainingReportTest::fail)) {
                again.resume(again.trainer().checkpoints(directory).listener(report).build(), from);
                ParsedPage page = read(file);
                assertEquals("3 of 3", page.number("epochs"));
                assertEquals(percent(METRICS.get(0).validationAccuracy()),
                        ParsedPage.row(page.section("Training"), "1").get(5));
                assertEquals(percent(METRICS.get(2).validationAccuracy()), page.number("validation accuracy"));
            }
        }
    }

    /** Whoever forgets to tell where it goes on has a page without what was before. */
    @Test
    void aTrainingGoesOnWhoseReportDoesNotKnowItsBeginning() throws IOException {
        Path file = folder.resolve("run-unknown.html");
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run-unknown"))) {
            int[] asked = new int[1];
            training.run(training.trainer().checkpoints(directory).stopWhen(() -> asked[0]++ > 12).build());
            TrainingState from = directory.latestCheckpoint().orElseThrow();
            assertEquals(1, from.history().size());
            try (TrainingReport report = new TrainingReport(file, training, Optional.empty(), TrainingReportTest::fail)) {
                training.resume(training.trainer().listener(report).build(), from);
            }
        }
        assertEquals(percent(METRICS.get(2).validationAccuracy()), read(file).requireSound().number("validation accuracy"));
    }

    @Test
    void aTrainingThatHasEndedHasNoRatesToCome() {
        Html page = new Html();
        new CurvesSection(List.of(), EPOCHS, 8, training.settings().schedule().of(24, 0.01), 0, 0, true).write(page);
        assertFalse(page.finished().contains("to come"));
    }

    @Test
    void aTrainingOfSmoothedLabelsSaysSo() {
        String sentence = "The training loss is that of smoothed labels (0.2), which stays above 0";
        Html page = new Html();
        new CurvesSection(List.of(), EPOCHS, 8, training.settings().schedule().of(24, 0.01), 0, 0.2, true).write(page);
        assertTrue(page.finished().contains(sentence));
        assertFalse(last.html().contains("smoothed"));
    }

    @Test
    void withoutMistakesThereIsNoLargest() {
        Outcomes outcomes = new Outcomes(3);
        outcomes.accept(new Evaluator.Prediction(0, 1, 1, 0.9));
        String right = confusion(outcomes);
        assertTrue(right.contains("none were taken for another class"), right);
        assertFalse(right.contains("strongest"), right);
        outcomes.accept(new Evaluator.Prediction(1, 1, 2, 0.9));
        String wrong = confusion(outcomes);
        assertTrue(wrong.contains("strongest for the largest of these, 50.00"), wrong);
        assertFalse(wrong.contains("none were taken"), wrong);
    }

    private static String confusion(Outcomes outcomes) {
        Html page = new Html();
        new ConfusionSection(new Judged("test", training.dataset().test(), outcomes)).write(page);
        return page.finished();
    }

    @Test
    void aPageThatCannotBeWrittenEndsNoTraining() throws IOException {
        Path file = Files.createDirectory(folder.resolve("run-in-the-way"));
        List<String> problems = new ArrayList<>();
        try (TrainingReport report = new TrainingReport(
                file, training, Optional.empty(), problem -> problems.add(problem.getMessage()))) {
            Trainer.Result anyway = training.run(training.trainer().listener(report).build());
            assertEquals(result.network().parameters().trained(), anyway.network().parameters().trained());
            assertEquals(List.of(file + ": is a directory, expected a file to write"), problems, "told once");
            Outcomes outcomes = new Outcomes(3);
            Evaluator.evaluate(anyway.network(), training.dataset().test(), Views.ONE, outcomes);
            assertThrows(IOException.class, () -> report.finish(anyway, test, outcomes));
            assertEquals("report: outcomes of 0 images, expected them of the 150 test images of noise", assertThrows(
                    IllegalArgumentException.class, () -> report.finish(anyway, test, new Outcomes(3))).getMessage());
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f\u00a0%%", 100 * share);
    }
}
