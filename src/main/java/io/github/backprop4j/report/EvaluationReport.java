package io.github.backprop4j.report;

import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.ModelCard;
import io.github.backprop4j.network.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Writes a page about how well a network does on a data set's test images: the report of a training but for its course. */
public final class EvaluationReport {

    private EvaluationReport() {}

    /**
     * Writes the page, one file that needs no other and no network; of 10,000 images of 32×32 it takes some 300 kB, and at
     * most 5 MB whatever the images and classes.
     *
     * @param file replaced if it exists; either all is written or nothing
     * @param model what the network is called
     * @param dataset whose test images were evaluated
     * @param views of each image that the network was asked about
     * @param result of {@link Evaluator#evaluate}
     * @param outcomes which collected the predictions of that evaluation
     * @throws IllegalArgumentException if the outcomes are not of as many images as the data set has to test with
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, String model, Network network, Dataset dataset, Views views,
            Evaluator.Result result, Outcomes outcomes) throws IOException {
        Map<String, String> numbers = new LinkedHashMap<>();
        List<Section> sections = new ArrayList<>();
        numbers.putAll(numbers("test", result, outcomes));
        sections.addAll(judged(test(dataset, outcomes)));
        FiltersSection.of(network).ifPresent(sections::add);
        network.card().<JsonNode>map(ModelCard::settings).map(FactsSection::settings).ifPresent(sections::add);
        sections.add(FactsSection.modelCard(network));
        String images = Figures.count(outcomes.images(), "test image", "test images");
        new ReportPage(model + " on " + dataset.name(), "Evaluated with the " + images + " of " + dataset.name() + ", "
                + Figures.count(views.count(), "view", "views") + " of each.", false, numbers, sections).write(file);
    }

    /** Returns the test images with what was said about them. */
    static Judged test(Dataset dataset, Outcomes outcomes) {
        if (outcomes.images() != dataset.test().count()) {
            throw new IllegalArgumentException("report: outcomes of " + outcomes.images() + " images, expected them of the "
                    + dataset.test().count() + " test images of " + dataset.name());
        }
        return new Judged("test", dataset.test(), outcomes);
    }

    /** Returns the most important numbers of an evaluation. */
    static Map<String, String> numbers(String kind, Evaluator.Result result, Outcomes outcomes) {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put(kind + " accuracy", Figures.percent(result.accuracy()));
        numbers.put(kind + " loss", Figures.number(result.loss()));
        numbers.put("calibration error", Figures.number(outcomes.reliability().expectedError()));
        numbers.put(kind + " images", Figures.count(outcomes.images()));
        return numbers;
    }

    /** Returns the sections about images that a network was asked about. */
    static List<Section> judged(Judged judged) {
        return List.of(new ConfusionSection(judged), new ClassesSection(judged), new PairsSection(judged),
                new WrongSection(judged), new ReliabilitySection(judged));
    }
}
