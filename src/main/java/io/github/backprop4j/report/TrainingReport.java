package io.github.backprop4j.report;

import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.network.Network;
import io.github.backprop4j.training.EpochMetrics;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingListener;
import io.github.backprop4j.training.TrainingSettings;
import io.github.backprop4j.training.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes a page about a training, anew before its first step and after each epoch, which a browser that shows it reads anew,
 * too; then once more with the test of the trained network.
 *
 * <pre>{@code
 * Training training = Training.of(settings);
 * try (TrainingReport report = new TrainingReport(Path.of("report.html"), training, Optional.empty(), problem -> {})) {
 *     Trainer.Result result = training.run(training.trainer().listener(report).build());
 *     Images images = training.dataset().test();
 *     Outcomes outcomes = new Outcomes(images.classNames().size());
 *     report.finish(result, Evaluator.evaluate(result.network(), images, settings.views(), outcomes), outcomes);
 * }
 * }</pre>
 *
 * <p>The page is one file that needs no other and no network; of images of 32×32 it takes some 400 kB, and at most 5 MB
 * whatever the images, classes and epochs. A page that cannot be written does not end the training.
 */
public final class TrainingReport implements TrainingListener, AutoCloseable {

    private final Path file;
    private final Training training;
    private final TrainingSettings settings;
    private final Consumer<IOException> failed;
    private final AugmentedSection augmented;
    private final long begin = System.nanoTime();
    private final int epochsBefore;
    private List<EpochMetrics> history;
    private Network network;
    private Outcomes validation;
    private boolean hasBegun;
    private boolean hasFailed;
    private boolean isFinished;

    /**
     * Makes ready a page; it is first written when the training begins.
     *
     * @param file replaced if it exists
     * @param training that will be run
     * @param from where the training goes on, if it was begun before
     * @param failed told, once, why the page cannot be written while the training goes on
     */
    public TrainingReport(Path file, Training training, Optional<TrainingState> from, Consumer<IOException> failed) {
        this.file = file;
        this.training = training;
        this.failed = failed;
        settings = training.settings();
        augmented = AugmentedSection.of(training.batches().epoch(1).next(),
                training.start().architecture().classNames(), settings.augment().toString());
        history = new ArrayList<>(from.map(TrainingState::history).orElse(List.of()));
        epochsBefore = history.size();
        validation = none();
    }

    private Outcomes none() {
        return new Outcomes(training.start().architecture().classNames().size());
    }

    /** Before the first step, as whatever is done between an epoch's steps counts as time of its training. */
    @Override
    public void trainingBegun(int threads, Network begun) {
        hasBegun = true;
        network = begun;
        writeProgress();
    }

    @Override
    public void validated(int epoch, Evaluator.Prediction prediction) {
        validation = prediction.index() == 0 ? none() : validation;
        validation.accept(prediction);
    }

    @Override
    public void epochDone(EpochMetrics metrics, Network trained) {
        history.add(metrics);
        network = trained;
        writeProgress();
    }

    private void writeProgress() {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("epochs", history.size() + " of " + settings.epochs());
        numbers.put("time left", Figures.time(secondsLeft()));
        numbers.putAll(numbersOfEpoch());
        String now = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT).format(OffsetDateTime.now());
        writeIfPossible(page("The training was going on at " + now + "; this page is written anew after each epoch, and a"
                + " browser reads it every few seconds.", true, numbers, ofValidation()));
    }

    /** As the epochs took so far, evaluation and all; NaN before the first. */
    private double secondsLeft() {
        double seconds = (System.nanoTime() - begin) * 1e-9;
        int done = history.size() - epochsBefore;
        return done == 0 ? Double.NaN : seconds / done * (settings.epochs() - history.size());
    }

    /** A page that cannot be written is no reason to end a training. */
    private void writeIfPossible(ReportPage page) {
        try {
            page.write(file);
        } catch (IOException e) {
            if (!hasFailed) {
                failed.accept(e);
            }
            hasFailed = true;
        }
    }

    /**
     * Writes the page as it stays, with the test of the trained network.
     *
     * @param result of the training
     * @param test of the result's network with the test images of the training's data set
     * @param outcomes which collected the predictions of that test
     * @throws IllegalArgumentException if the outcomes are not of as many images as the data set has to test with
     * @throws IOException if the page cannot be written
     */
    public void finish(Trainer.Result result, Evaluator.Result test, Outcomes outcomes) throws IOException {
        Judged judged = EvaluationReport.test(training.dataset(), outcomes);
        isFinished = true;
        history = result.history();
        network = result.network();
        Map<String, String> numbers = new LinkedHashMap<>(EvaluationReport.numbers("test", test, outcomes));
        numbers.putAll(numbersOfTraining());
        String kept = keptEpoch() == 0 ? "" : "; the network of epoch " + result.bestEpoch() + " was kept";
        String of = history.size() == settings.epochs() ? "" : " of " + settings.epochs();
        page("Trained for " + history.size() + of + (settings.epochs() == 1 ? " epoch" : " epochs") + kept
                + ". Tested with the " + Figures.count(outcomes.images(), "test image", "test images") + " of "
                + training.dataset().name() + ".", false, numbers, Optional.of(judged)).write(file);
    }

    /** Writes the page as of a training that has ended before its end, unless it is finished. */
    @Override
    public void close() {
        if (hasBegun && !isFinished) {
            isFinished = true;
            Map<String, String> numbers = new LinkedHashMap<>();
            numbers.put("epochs", history.size() + " of " + settings.epochs());
            numbers.putAll(numbersOfEpoch());
            writeIfPossible(page("The training was stopped or has failed after " + history.size() + " of "
                    + Figures.count(settings.epochs(), "epoch", "epochs") + ".", false, numbers, ofValidation()));
        }
    }

    private Optional<Judged> ofValidation() {
        return validation.images() == 0 ? Optional.empty()
                : training.validationImages().map(images -> new Judged("validation", images, validation));
    }

    private Map<String, String> numbersOfEpoch() {
        Map<String, String> numbers = new LinkedHashMap<>();
        if (history.isEmpty()) {
            return numbers;
        }
        EpochMetrics last = history.get(history.size() - 1);
        boolean isValidated = !Double.isNaN(last.validationAccuracy());
        String kind = isValidated ? "validation " : "training ";
        numbers.put(kind + "accuracy", Figures.percent(isValidated ? last.validationAccuracy() : last.trainAccuracy()));
        numbers.put(kind + "loss", Figures.number(isValidated ? last.validationLoss() : last.trainLoss()));
        numbers.put("images/s", Figures.count(last.imagesPerSecond()));
        return numbers;
    }

    private Map<String, String> numbersOfTraining() {
        double[] speeds = history.stream().mapToDouble(EpochMetrics::imagesPerSecond).sorted().toArray();
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("training time", Figures.time(history.stream().mapToDouble(EpochMetrics::seconds).sum()));
        numbers.put("images/s", speeds.length == 0 ? Figures.NONE : Figures.count(speeds[speeds.length / 2]));
        return numbers;
    }

    /** Returns the first epoch with the lowest validation loss; 0 if there is none. */
    private int keptEpoch() {
        EpochMetrics kept = null;
        for (EpochMetrics each : history) {
            if (each.validationLoss() < (kept == null ? Double.POSITIVE_INFINITY : kept.validationLoss())) {
                kept = each;
            }
        }
        return kept == null ? 0 : kept.epoch();
    }

    private ReportPage page(String status, boolean goesOn, Map<String, String> numbers, Optional<Judged> judged) {
        int perEpoch = training.stepsPerEpoch();
        List<Section> sections = new ArrayList<>();
        sections.add(new CurvesSection(history, settings.epochs(), perEpoch,
                settings.schedule().of(settings.epochs() * perEpoch, settings.learningRate()), keptEpoch(),
                settings.labelSmoothing(), !goesOn));
        judged.map(EvaluationReport::judged).ifPresent(sections::addAll);
        sections.add(augmented);
        FiltersSection.of(network).ifPresent(sections::add);
        sections.add(FactsSection.settings(settings.toJson()));
        sections.add(FactsSection.modelCard(network));
        return new ReportPage("Training on " + training.dataset().name(), status, goesOn, numbers, sections);
    }
}
